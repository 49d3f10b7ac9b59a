# Pages of administrators: practice, staff, one person, API keys. $name: of a person or of a program.

practice-title = Practice
practice-saved = Saved.
practice-appearance = How you appear
practice-rooms = When rooms are open
practice-opens-before = Opens before the start
practice-opens-before-hint = Minutes, 0 to 120.
practice-closes-after = Closes after the planned end
practice-closes-after-hint = Minutes, 0 to 240. A running call stays open.
practice-who-may-end = Who may end a call for everyone
practice-only-host-ends = Only the { -host }
practice-either-ends = The { -host } or the { -guest }
practice-save = Save
practice-keys-hint = Programs that may use this server.

staff-title = Staff
staff-people = People of the practice
staff-add = Add somebody
staff-name = Name
staff-name-hint = As { -guests } will read it.
staff-email-hint = For logging in, and for their messages.
staff-link-hint = You get a link with which the person sets a password.
staff-submit = Add { -a-host }
staff-deactivated = Deactivated
role-admin = Administrator
role-host = { -host(capital: "yes") }
role-may = May do
role-host-may = Hold their own consultations
role-admin-may = Everything: see all days, add people, change the practice

person-role-changed = The role is changed.
person-deactivated = The account is deactivated and logged out everywhere.
person-reactivated = The account is active again.
person-logged-out = Logged out everywhere.
person-link-title = A password link for { $name }
person-link-hint = Give it to nobody else: the first one who opens it and sets a password has the account. It works once, until { $until }, and is shown only now.
person-link = Password link
person-inactive = This account is deactivated
person-inactive-since = Since { $since }. { $name } cannot log in, and personal links of { $name } open no room.
person-inactive-upcoming = { $count ->
    [0] No appointment is still to come.
    [one] One appointment is still to come: hand it over, or cancel it.
   *[other] { $count } appointments are still to come: hand them over, or cancel them.
}
person-reactivate = Reactivate the account
person-role = Role
person-role-submit = Change the role
person-password-lost = Password lost?
person-password-lost-hint = With a link, { $name } sets a new one. Earlier links end. Until it is used, the password stays as it is.
person-link-submit = Get a password link
person-device-lost-own = You are logged out too.
person-device-lost-hint = { $name } has to log in again.
person-log-out = Log out everywhere
person-deactivate = Deactivate this account
person-deactivate-hint = { $name } is logged out at once, leaves a running call, and cannot log in until you reactivate the account.
person-deactivate-upcoming = { $count ->
    [0] No appointment is still to come.
    [one] One appointment is still to come.
   *[other] { $count } appointments are still to come.
}
person-handover-hint = All that are still to come, in one step. Those at a time when this person is not free stay here.
person-handover-nobody = Nobody: they stay as they are
person-handover-submit = { $count ->
    [one] Hand over 1 appointment
   *[other] Hand over { $count } appointments
}
person-handed-over = { $count ->
    [0] No appointment was handed over.
    [one] 1 appointment was handed over.
   *[other] { $count } appointments were handed over.
}
person-not-handed-over = { $count ->
    [one] 1 stays here: it has started, or the other person is not free at that time or comes to it as a guest.
   *[other] { $count } stay here: they have started, or the other person is not free at that time or comes to them as a guest.
}
person-deactivate-submit = Yes, deactivate it

keys-title = API keys
keys-new = The new key
keys-new-hint = Copy it into the settings of the program now: it cannot be shown again.
keys-key = API key
keys-copy = Copy key
keys-of-practice = Keys of the practice
keys-none = No program has a key yet.
keys-created-by-person = Created { $when } by { $name }.
keys-created-by-command = Created { $when } on the command line.
keys-created-by-earlier-version = Created { $when } by an earlier version.
keys-used = Last used { $when }.
keys-never-used = Never used.
keys-revoked = Revoked
keys-revoke = Revoke
keys-revoke-key = Revoke { $name }
keys-create = Create a key
keys-name-hint = The program that will use it.
keys-scopes = What it may do
keys-submit = Create the key
scope-booking = Book, confirm and cancel appointments, get links for { -guests }, add hosts
scope-record = Read appointments and consultations
scope-media = Act as the { -host }: start and end calls, let { -guests } in, join
scope-metrics = Read the metrics of the server
