# What surrounds the pages of staff.

# Of a page about a person. $name: theirs; $page: a day, or the practice
page-title = { $name } · { $page }
layout-navigation = Hauptmenü
layout-day = Tagesplan
layout-staff = Team
layout-practice = Praxis
layout-account = Konto
layout-log-out = Abmelden
no-mail-title = Es ist kein Mailserver eingerichtet, deshalb erhält niemand eine Nachricht.
no-mail-detail = Nachrichten warten, bis ein Mailserver eingerichtet ist. Geben Sie den Link bis dahin selbst weiter: Er steht auf der Seite des Termins.
no-mail-setting = Die Einstellung heißt
webhooks-lost-title = Ein anderes Programm hat Meldungen über Gespräche (Webhooks) verpasst.
# $host: the program's server; $at: date, time and zone; $cause: as in the log, in English
webhooks-lost-detail = { $count ->
    [one] { $host } hat eine Meldung nicht angenommen: { $at }.
   *[other] { $host } hat { $count } Meldungen nicht angenommen, die letzte: { $at }.
} Der Grund: { $cause }.
webhooks-lost-remedy = Sie werden nicht noch einmal gesendet. Prüfen Sie das Programm und was es verpasst hat. Dieser Hinweis verschwindet einen Tag nach der letzten Meldung.
