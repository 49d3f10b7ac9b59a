# What surrounds the pages of staff.

layout-navigation = Hauptmenü
layout-day = Tag
layout-staff = Team
layout-practice = Praxis
layout-account = Konto
layout-log-out = Abmelden
no-mail-title = Es ist kein Mailserver eingerichtet, deshalb erhält niemand eine Nachricht.
no-mail-detail = Was fällig ist, wartet und wird gesendet, sobald es einen gibt. Geben Sie den Link bis dahin selbst weiter: Er steht auf der Seite des Termins.
no-mail-setting = Die Einstellung heißt
