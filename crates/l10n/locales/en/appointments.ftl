# The page of an appointment and the booking form, for staff. $name: of a person; $time, $from, $to: times of day.

contact-email = E-mail
contact-phone = Phone

appointment-link-title = A personal link for { $name }
appointment-link-only = All earlier links have ended. Anyone who was connected with one has left the room.
appointment-link-hint = Give it to nobody else: anyone who has it can enter the waiting room of this appointment. It is shown only now.
appointment-link = Personal link
copy-link = Copy link

appointment-tab = Appointment: { $day }, { $time }
appointment-facts = The appointment
appointment-times = { $from } to { $to }
# Before the same time in the zone of the guest
appointment-time-for = For { $name }:
# $when: Friday 20 November 2026, 12:00; $zone: Berlin time
agreed-time = Agreed: { $when } ({ $zone })
agreed-time-changed = Rules of this time zone have changed since it was booked. Ask { $name } which time is meant, cancel this appointment and book it again.
appointment-how = Kind of appointment
appointment-host = { -host(capital: "yes") }
appointment-companions = Comes with

record-title = Record
record-ended-by = Ended by
record-ended-by-key = An API client
record-ended-by-server = The server, after everybody had left
record-ended-by-practice = Somebody of the practice
record-ended-without-answer = The server, because nobody answered whether they were still there
record-period = { $from } to { $to }

outcome-title = What became of it
outcome-unknown = Nobody has recorded it yet.
# $name: who recorded it; $when: Friday 20 November 2026, 12:00 (Berlin time)
outcome-recorded-by = Recorded by { $name }, { $when }
outcome-record = Record something else
outcome-submit = Record
outcome-took-place = Took place
outcome-guest-did-not-come = { -guest(capital: "yes") } did not come
outcome-host-did-not-come = { -host(capital: "yes") } did not come
outcome-technical-failure = Technical failure
outcome-did-not-take-place = Did not take place

messages-title = Messages
message-to = to { $name }
message-confirmation = Confirmation
message-host-changed = Change of { -host }
message-cancellation = Cancellation
message-sent = Sent, { $when }
message-no-server = Not sent: no mail server is set up
message-sending = Being sent
message-retrying = Not sent yet
message-retrying-hint = The mail server did not take it. We keep trying.
message-failed = Not delivered
message-expired = Not sent: the appointment was over
message-outdated = Not sent: no longer true
message-remedy-guest = Check the address. Get a link on this page and give it to { $name } another way.
message-remedy-others = Check the address. { $name } has a link of their own; those on this page are only for the people who come.
message-remedy-cancelled = Check the address, and tell { $name } another way.
# Before what the server has answered
message-answer = The mail server’s answer:

confirm-title = Confirm this appointment?
confirm-nobody-told = Nobody has been told yet.
confirm-without-mail = No mail server is set up: confirming sends nothing.
confirm-link-afterwards = Get the personal link here afterwards.
confirm-sends-link = Confirming sends everybody with an e-mail address a message with a personal link.
confirm-sends-details = Confirming sends everybody with an e-mail address a message with the details.
confirm-submit = Confirm the appointment

room-title = The room
room-opens = { -the-guest(capital: "yes") } can come in from { $time }. You will see and hear when somebody waits.

invite-title = Message lost?
invite-hint = Get a fresh link and send it any way you like. Earlier ones keep working.
invite-submit = Get a link for { -the-guest }
invite-submit-for = Get a link for { $name }
replace-title = A link is in the wrong hands
replace-hint = A new link ends all earlier ones at once, the one in the message too. Anyone who is connected with one leaves the room.
replace-hint-return = A new link ends all earlier ones at once, the one in the message too. Anyone who is connected with one leaves the room, and comes back only with the new link.
replace-guest = New link for { -the-guest }, end the others
replace-for = New link for { $name }, end the others
replace-own = New link for yourself, end the others

# Administrators give an appointment to another host
handover-title = Hand over to another { -host }
handover-hint = Date and time stay. The present one gets no message.
handover-ends-link = Their personal link ends.
handover-sends = The new one gets a message, and so does everybody else with an e-mail address if the name changes.
handover-to = Hand over to
handover-submit = Hand over

cancel-title = Cancel this appointment
cancel-final = It cannot be undone.
cancel-without-mail = Nobody gets a message.
cancel-sends = Everybody who got a message about the appointment gets one.
cancel-without-email = Who has no e-mail address must be told by other means.
cancel-frees-time = The time is free again.
cancel-submit = Yes, cancel it

booking-back = Back to the day
booking-who = Who
booking-guest-name = Name of { -the-guest }
booking-email-hint = The personal link goes here.
booking-phone-hint = From another country with its code, such as +49 30 123456.
booking-guest-zone = Their time zone
booking-guest-zone-hint = Times in their messages are in this zone.
booking-host = With

# People who come with the guest, in the booking form and on the page of the appointment
companion-add = Add another person
companion-title = Companion { $number }
companion-hint = Such as a relative or an interpreter. Each gets a personal link of their own and is let in singly.
companion-name = Name
companion-email-hint = The personal link of this person goes here.
companion-phone-hint = Enough without an e-mail: you pass the link on.
companion-remove = Remove companion { $number }
companion-without-email = No e-mail: pass the link on.

booking-when = When
booking-date = Date
booking-time = Time
booking-minutes = Minutes
booking-zone = In the time zone
booking-video-hint = In a room of this server
booking-in-person-hint = At your practice
booking-submit = Book the appointment
booking-then = What happens then
booking-then-taken = The time is taken. Nobody is told yet.
booking-then-confirm = You look at it once more and confirm.
booking-then-messages = Everybody with an e-mail address gets a message.
booking-then-link = You get a personal link to pass on: no mail server is set up.
booking-then-no-account = { -the-guest(capital: "yes") } needs no account.
