# Scripts of the pages for staff (ui/site/). $names: of one or more people.

site-tab-waiting = { $count ->
    [one] (1) wartet
   *[other] ({ $count }) warten
}
site-tab-offline = Keine Verbindung
site-arrived = { $count ->
    [one] { $names } wartet
   *[other] { $names } warten
}
site-notification = { $count ->
    [one] 1 Person wartet
   *[other] { $count } Personen warten
}
site-notification-open = Tagesplan öffnen
site-copied = Kopiert
site-copy-by-hand = Strg+C oder ⌘C drücken
