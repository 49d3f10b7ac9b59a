# Refusals by a rule. The id is the code of the enum Refusal in the crate domain.

refusal-too-early = Der Raum ist noch nicht geöffnet.
refusal-too-late = Die Zeit für diesen Termin ist vorbei.
refusal-cancelled = Dieser Termin wurde abgesagt.
refusal-ended = { -this-consultation(capital: "yes") } ist beendet.
refusal-not-confirmed = Dieser Termin ist noch nicht bestätigt.
refusal-in-person = Dieser Termin findet vor Ort statt.
refusal-not-started = { -the-consultation(capital: "yes") } hat noch nicht begonnen.
refusal-already-started = { -the-consultation(capital: "yes") } hat schon begonnen.
refusal-not-admitted = Sie wurden noch nicht hereingebeten.
refusal-declined = Sie konnten gerade nicht hereingebeten werden.
refusal-no-longer-waiting = Diese Person wartet nicht mehr.
refusal-superseded = Sie sind jetzt auf einem anderen Gerät dabei.
refusal-host-only = Das kann nur, wer den Termin leitet.
refusal-guest-only = Das können nur { -guests }.
refusal-double-booked = Zu dieser Zeit gibt es schon einen Termin.
refusal-already-set-up = Dieser Server ist schon eingerichtet.
refusal-wrong-login = E-Mail-Adresse und Passwort passen nicht zusammen.
refusal-login-queue-full = Gerade melden sich viele gleichzeitig an. Bitte versuchen Sie es in ein paar Sekunden noch einmal.
refusal-too-many-writes = Mit dieser Anmeldung, diesem Link oder diesem API-Schlüssel werden gerade zu viele Änderungen vorgenommen. Bitte versuchen Sie es in ein paar Sekunden noch einmal.
refusal-wrong-password = Das ist nicht Ihr aktuelles Passwort.
refusal-own-password = Ihr eigenes Passwort ändern Sie auf der Seite „Konto“, mit dem aktuellen.
refusal-last-admin = Das ist die einzige Person in der Verwaltung. Bitte geben Sie diese Rolle zuerst einer weiteren.
refusal-deactivated = Dieses Konto ist deaktiviert.
refusal-scope-missing = Dieser API-Schlüssel hat nicht die Berechtigung, die dafür nötig ist.
refusal-person-only = Ein API-Schlüssel kann das nicht. Dafür muss sich ein Mensch anmelden.
