# Messages to people. A subject is shown on locked phones, so it names neither a person nor a trade.
# $starts: date and time with zone; $length: "25 minutes"; $other: the name of the other participant.

mail-subject-confirmed = Your appointment on { $starts }
mail-subject-cancelled = Cancelled: your appointment on { $starts }
mail-subject-host-changed = Changed: your appointment on { $starts }
mail-preview-confirmed = { $length }. All details are inside.
mail-preview-cancelled = It will not take place.
mail-title-confirmed = { -your-consultation(capital: "yes") } is confirmed
mail-title-host-changed = { -your-consultation(capital: "yes") } is with another person
mail-title-cancelled = { -your-consultation(capital: "yes") } is cancelled
mail-hello = Hello
mail-lead-confirmed-guest = Everything is arranged. Here is what you need to know.
mail-lead-confirmed-host = { -your-guest(capital: "yes") } is sent a message of their own.
mail-lead-host-changed = Date and time stay as they are. Here is who expects you now.
mail-lead-cancelled-guest = { -this-consultation(capital: "yes") } will not take place.
mail-lead-cancelled-host = { -this-consultation(capital: "yes") } will not take place. The time is free again.

mail-when = When
mail-when-for-host = For { -your-host(case: "accusative") }: { $starts }
mail-when-for-guest = For { -your-guest(case: "accusative") }: { $starts }
mail-how-long = How long
mail-with = With
mail-with-host = { -your-host }
mail-with-guest = { -your-guest }
mail-where = Where
mail-by-video = By video
mail-by-video-note = In the browser of your phone or computer. There is nothing to install.
mail-in-person = In person
mail-in-person-note = At { $practice }

mail-join-button = Go to { -your-consultation(case: "dative") }
mail-join-instead = If the button does not work, open this address:
mail-join-keep = This link is yours alone, so please do not pass it on. Until the end you can open it as often as you like, on any device.
mail-room-opens = { $minutes ->
    [0] The room opens at the start.
    [one] The room opens 1 minute before.
   *[other] The room opens { $minutes } minutes before.
}
mail-early-host = You will see and hear when { -your-guest } is waiting.
mail-early-guest = Please come 5 minutes early: then there is time to try your camera and microphone.
mail-early-guest-short = Please come as soon as it does, and have camera and microphone ready.

mail-link-closed = Your personal link no longer opens a room.
mail-calendar-add = The attached file puts this appointment into your calendar.
mail-calendar-remove = The attached file takes this appointment out of your calendar.
mail-cannot-come-reply = Cannot come, or is something wrong? Just answer this e-mail.
mail-cannot-come-contact = Cannot come, or is something wrong? Please tell { -your-host(case: "dative") }.
mail-another-time-reply = Would you like another time? Just answer this e-mail.
mail-another-time-contact = Would you like another time? Please tell { -your-host(case: "dative") }.

# Calendars are synchronised and shared more widely than mail: the title only says that there is an appointment.
calendar-title-video = Video appointment
calendar-title = Appointment
calendar-cancelled = This appointment will not take place.
calendar-with = With { $other }, { $practice }.
calendar-at = { $practice }.
calendar-link = Your personal link, for nobody else: { $link }
