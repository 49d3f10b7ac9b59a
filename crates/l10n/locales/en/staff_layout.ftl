# What surrounds the pages of staff.

# Of a page about a person. $name: theirs; $page: a day, or the practice
page-title = { $name } · { $page }
layout-navigation = Main
layout-day = Day
layout-staff = Staff
layout-practice = Practice
layout-account = Account
layout-log-out = Log out
no-mail-title = No mail server is set up, so nobody gets a message.
no-mail-detail = Messages wait until a mail server is set up. Until then, give people their link yourself: it is on the page of each appointment.
# Before the name of the setting
no-mail-setting = The setting is
webhooks-lost-title = Another program has missed reports about calls (webhooks).
# $host: the program's server; $at: date, time and zone; $cause: as in the log, in English
webhooks-lost-detail = { $count ->
    [one] { $host } did not take one report, on { $at }.
   *[other] { $host } did not take { $count } reports, the last on { $at }.
} The reason: { $cause }.
webhooks-lost-remedy = They are not sent again. Check that program, and what it has missed. This notice goes a day after the last one.
