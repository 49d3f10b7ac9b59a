# Scripts of the pages for staff (ui/site/). $names: of one or more people.

site-tab-waiting = ({ $count }) waiting
site-tab-offline = Not connected
site-arrived = { $count ->
    [one] { $names } is waiting
   *[other] { $names } are waiting
}
# A notification is read by others too, so it names nobody.
site-notification = { $count ->
    [one] 1 person is waiting
   *[other] { $count } people are waiting
}
site-notification-open = Open your day
site-copied = Copied
site-copy-by-hand = Press Ctrl+C or ⌘C
