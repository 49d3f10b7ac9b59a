# The page of a day for staff, and the status of an appointment. $name: of the guest or the host.

day-today = Today
day-steps = Days
day-before = Day before
day-after = Day after
day-jump = Go to a date
day-jump-go = Go
day-new = New appointment
day-notify = Notify me
day-sound-on = Sound on
day-sound-off = Sound off
day-offline = Not connected
day-offline-detail = Anyone who arrives now is not shown here, and there is no chime. We keep trying. Check that this computer is online, or reload the page.
day-offline-reload = Reload

day-appointments = { $count ->
    [one] 1 appointment
   *[other] { $count } appointments
}
# $appointments: "6 appointments"
day-appointments-waiting = { $waiting ->
    [one] { $appointments }, 1 person is waiting
   *[other] { $appointments }, { $waiting } people are waiting
}
day-waiting-elsewhere = Waiting, in another part of this list
day-undelivered = A message did not arrive
day-undelivered-detail = At least one person does not know about it. Open the appointment to see who, and why, and for a link to pass on.
day-undelivered-more = There are more in the next two weeks.
day-free = A free day
day-free-detail = Nothing is booked here yet.
day-parts = Parts of this day
day-part-earlier = Earlier
day-part-later = Later
day-part-shown = { $from } to { $to } of { $total }
day-coming-up = Coming up
# Before the date of the next one
day-coming-up-more = { $count } more until { $date }

day-person-waits = { $name } is waiting
day-with = with { $name }
day-open-room = Open the room
day-go-back-in = Go back in
kind-video = Video
kind-in-person = In person

status-cancelled = Cancelled
status-completed = Completed
status-completed-after = Completed, { $duration }
status-not-confirmed = Not confirmed yet
status-confirmed = Confirmed
status-over = Over
status-waiting = Waiting
status-waiting-away = Waiting, away
status-gone = Was here until { $time }
status-live = In session
status-live-alone = In session, alone
status-link-opened = Has opened the link
