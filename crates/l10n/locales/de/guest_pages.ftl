# Pages of a personal link, and the error pages. $with: name of the other participant.

layout-skip = Zum Inhalt springen
layout-own-server = Läuft auf dem eigenen Server dieser Praxis. Von anderswo wird nichts geladen.
# $time: the end of an appointment, after its start
time-until = bis { $time } Uhr

join-title = { -your-consultation(capital: "yes") } mit { $with }
join-tab = { -your-consultation(capital: "yes") }, { $time } · { $practice }
join-room-opens = Der Raum öffnet um { $time }.
join-come-back = Kommen Sie dann auf diese Seite zurück, mit Kamera und Mikrofon.
join-needs-script = Damit Sie einander sehen und hören, braucht diese Seite JavaScript. Bitte schalten Sie es ein, oder öffnen Sie denselben Link in einem anderen Browser: Safari, Chrome, Firefox und Edge funktionieren.
join-back = Zurück zum Termin

closed-facts = { -consultation } mit { $with }
closed-ended = { -your-consultation(capital: "yes") } ist beendet
closed-ended-guest = Danke, dass Sie da waren.
closed-ended-host = Das Protokoll steht unten.
closed-may-close = Sie können diese Seite schließen.
closed-contact = Für einen neuen Termin oder eine Frage wenden Sie sich bitte an { $practice }.
closed-cancelled = Dieser Termin wurde abgesagt
closed-cancelled-detail = { -the-consultation(capital: "yes") } findet zu dieser Zeit nicht statt.
closed-too-late = Die Zeit für diesen Termin ist vorbei
closed-too-late-detail = Der Raum wurde um { $time } geschlossen.
closed-in-person = Dieser Termin ist vor Ort
closed-in-person-detail = Dafür gibt es keinen Videoraum. Sie werden hier erwartet: { $practice }.
closed-not-open = Dieser Raum ist nicht geöffnet
record-started = Begonnen
record-ended = Beendet
record-duration = Dauer
# $zone: Berlin time
record-zone = Alle Zeiten: { $zone }. Dauer: Zeit, in der beide Seiten da waren.

error-home = Zur Startseite
error-unknown-link = Dieser Link ist nicht gültig
error-unknown-link-advice = Bitte öffnen Sie ihn noch einmal aus Ihrer neuesten Nachricht: Links können beim Kopieren unvollständig werden. Wenn es dann noch nicht geht, bitten Sie um einen neuen Link, wo Sie eingeladen wurden.
error-not-found = Diese Seite haben wir nicht gefunden
error-not-found-advice = Vielleicht ist sie umgezogen, oder in der Adresse ist ein Fehler.
error-foreign-origin = Es wurde nichts getan
error-foreign-origin-advice = Bitte gehen Sie zurück, öffnen Sie die Seite neu und versuchen Sie es von dort noch einmal.
error-not-set-up = Dieser Server ist noch nicht eingerichtet
error-not-set-up-advice = Wenn Sie ihn betreiben, öffnen Sie den Link zum Einrichten, den er beim Start ausgegeben hat: im Terminal oder in seinem Protokoll. Jeder Start gibt einen neuen aus.
error-forbidden = Das ist für Sie nicht zugänglich
error-forbidden-advice = Wenn Sie das können sollten, fragen Sie die Verwaltung Ihrer Praxis.
error-over-advice = Für einen neuen Termin oder eine Frage wenden Sie sich bitte an die Praxis, die Sie eingeladen hat.
error-too-large = Das war zu viel auf einmal
error-too-large-advice = Bitte gehen Sie zurück, kürzen Sie Ihre Eingabe und senden Sie sie noch einmal.
error-too-many = Einen Moment, bitte
error-too-many-advice = Warten Sie kurz, dann laden Sie diese Seite neu. Es geht nichts verloren.
error-busy-advice = Bitte gehen Sie zurück, laden Sie die Seite neu und sehen Sie nach, wie es steht.
error-internal = Bei uns ist etwas schiefgegangen
error-internal-advice = Es wurde für die Betreiber dieses Servers festgehalten. Bitte versuchen Sie es gleich noch einmal. Wenn Sie wegen eines Termins hier sind und es nicht besser wird, rufen Sie dort an, wo Sie eingeladen wurden.
error-other-advice = Bitte gehen Sie zurück und versuchen Sie es noch einmal.
