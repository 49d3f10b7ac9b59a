# Pages of administrators: practice, staff, one person, API keys. $name: of a person or of a program.

practice-title = Praxis
practice-saved = Gespeichert.
practice-appearance = Ihr Auftritt
practice-rooms = Wann Räume geöffnet sind
practice-opens-before = Öffnet vor dem Beginn
practice-opens-before-hint = Minuten, 0 bis 120.
practice-closes-after = Schließt nach dem geplanten Ende
practice-closes-after-hint = Minuten, 0 bis 240. Ein laufendes Gespräch bleibt offen.
practice-who-may-end = Wer ein Gespräch für alle beenden darf
practice-only-host-ends = Nur die Praxis
practice-either-ends = Beide Seiten
practice-save = Speichern
practice-keys-hint = Programme, die diesen Server verwenden dürfen.

staff-title = Team
staff-people = Personen der Praxis
staff-add = Person hinzufügen
staff-name = Name
staff-name-hint = So, wie { -guests } ihn lesen.
staff-email-hint = Zum Anmelden und für Nachrichten an diese Person.
staff-link-hint = Sie erhalten einen Link, mit dem die Person ein Passwort festlegt.
staff-submit = Hinzufügen
staff-deactivated = Deaktiviert
role-admin = Verwaltung
role-host = { -host(capital: "yes") }
role-may = Darf
role-host-may = Eigene Termine durchführen
role-admin-may = Alles: alle Tage sehen, Personen hinzufügen, die Praxis ändern

person-role-changed = Die Rolle ist geändert.
person-deactivated = Das Konto ist deaktiviert und überall abgemeldet.
person-reactivated = Das Konto ist wieder aktiv.
person-logged-out = Überall abgemeldet.
person-link-title = Ein Passwort-Link für { $name }
person-link-hint = Geben Sie ihn sonst niemandem: Wer ihn als Erstes öffnet und ein Passwort festlegt, hat das Konto. Er funktioniert einmal, bis { $until }, und wird nur jetzt angezeigt.
person-link = Passwort-Link
person-inactive = Dieses Konto ist deaktiviert
person-inactive-since = Seit { $since }. { $name } kann sich nicht anmelden, und persönliche Links dieser Person öffnen keinen Raum mehr.
person-inactive-upcoming = { $count ->
    [0] Es stehen keine Termine mehr an.
    [one] Ein Termin steht noch an: Übergeben Sie ihn, oder sagen Sie ihn ab.
   *[other] { $count } Termine stehen noch an: Übergeben Sie sie, oder sagen Sie sie ab.
}
person-reactivate = Konto wieder aktivieren
person-role = Rolle
person-role-submit = Rolle ändern
person-password-lost = Passwort vergessen?
person-password-lost-hint = Mit einem Link legt { $name } ein neues fest. Frühere Links sind dann ungültig. Bis der Link verwendet wird, bleibt das Passwort, wie es ist.
person-link-submit = Passwort-Link holen
person-device-lost-own = Auch Sie werden hier abgemeldet.
person-device-lost-hint = { $name } muss sich neu anmelden.
person-log-out = Überall abmelden
person-deactivate = Dieses Konto deaktivieren
person-deactivate-hint = { $name } wird sofort abgemeldet, verlässt ein laufendes Gespräch und kann sich nicht anmelden, bis Sie das Konto wieder aktivieren.
person-deactivate-upcoming = { $count ->
    [0] Es stehen keine Termine mehr an.
    [one] Ein Termin steht noch an.
   *[other] { $count } Termine stehen noch an.
}
person-handover-hint = Alle, die noch anstehen, in einem Schritt. Zeiten, zu denen diese Person nicht frei ist, bleiben hier.
person-handover-nobody = Niemanden: Sie bleiben, wie sie sind
person-handover-submit = { $count ->
    [one] 1 Termin übergeben
   *[other] { $count } Termine übergeben
}
person-handed-over = { $count ->
    [0] Es wurde kein Termin übergeben.
    [one] 1 Termin wurde übergeben.
   *[other] { $count } Termine wurden übergeben.
}
person-not-handed-over = { $count ->
    [one] 1 bleibt hier: Er hat begonnen, oder die andere Person ist zu dieser Zeit nicht frei oder kommt selbst als Gast.
   *[other] { $count } bleiben hier: Sie haben begonnen, oder die andere Person ist zu diesen Zeiten nicht frei oder kommt selbst als Gast.
}
person-deactivate-submit = Ja, deaktivieren

keys-title = API-Schlüssel
keys-new = Der neue Schlüssel
keys-new-hint = Kopieren Sie ihn jetzt in die Einstellungen des Programms: Er kann nicht noch einmal angezeigt werden.
keys-key = API-Schlüssel
keys-copy = Schlüssel kopieren
keys-of-practice = Schlüssel der Praxis
keys-none = Noch hat kein Programm einen Schlüssel.
keys-created-by-person = Erstellt: { $when }, von { $name }.
keys-created-by-command = Erstellt: { $when }, über die Befehlszeile.
keys-created-by-earlier-version = Erstellt: { $when }, von einer früheren Version.
keys-used = Zuletzt verwendet: { $when }.
keys-never-used = Nie verwendet.
keys-revoked = Nicht mehr gültig
keys-revoke = Widerrufen
keys-revoke-key = { $name } widerrufen
keys-create = Schlüssel erstellen
keys-name-hint = Das Programm, das ihn verwenden wird.
keys-scopes = Was er darf
keys-submit = Schlüssel erstellen
scope-booking = Termine eintragen, bestätigen und absagen, Links für { -guests } holen, Personen hinzufügen
scope-record = Termine und Gespräche lesen
scope-media = Anstelle der Ansprechperson handeln: Gespräche beginnen und beenden, { -guests } hereinlassen, teilnehmen
scope-metrics = Die Messwerte des Servers lesen
