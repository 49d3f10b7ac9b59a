# Pages of a personal link, and the error pages. $with: name of the other participant.

layout-skip = Skip to the content
layout-own-server = Runs on this practice’s own server. Nothing is loaded from anywhere else.
# $time: the end of an appointment, after its start
time-until = to { $time }

join-title = { -your-consultation(capital: "yes") } with { $with }
# The tab of the browser: others may see it, so it has no name of a person.
join-tab = { -your-consultation(capital: "yes") }, { $time } · { $practice }
join-room-opens = The room opens at { $time }.
join-come-back = Come back to this page then, with your camera and microphone at hand.
join-needs-script = To see and hear each other, this page needs JavaScript. Please switch it on, or open the same link in another browser: Safari, Chrome, Firefox and Edge all work.
join-back = Back to the appointment

closed-facts = { -consultation(capital: "yes") } with { $with }
closed-ended = { -your-consultation(capital: "yes") } has ended
closed-ended-guest = Thank you for coming.
closed-ended-host = The record is below.
closed-may-close = You can close this page.
closed-contact = For a new appointment or a question, please contact { $practice }.
closed-cancelled = This appointment was cancelled
closed-cancelled-detail = { -the-consultation(capital: "yes") } will not take place at this time.
closed-too-late = The time for this appointment has passed
closed-too-late-detail = The room closed at { $time }.
closed-in-person = This appointment is in person
closed-in-person-detail = There is no video room for it. You are expected at { $practice }.
closed-not-open = This room is not open
record-started = Started
record-ended = Ended
record-duration = Duration
# $zone: Berlin time
record-zone = All times: { $zone }. Duration: time in which both sides were there.

error-home = Go to the start page
error-unknown-link = This link does not open anything
error-unknown-link-advice = Please open it once more from your most recent message: links can break when they are copied in parts. If it still does not work, ask whoever invited you to send you a new one.
error-not-found = We could not find this page
error-not-found-advice = It may have moved, or the address has a mistake in it.
error-foreign-origin = Nothing was done
error-foreign-origin-advice = Please go back, open the page anew and try it once more from there.
error-not-set-up = This server is not set up yet
error-not-set-up-advice = If you run it, open the setup link that it printed when it started: in the terminal, or in its log. Each start prints a new one.
error-forbidden = This is not open to you
error-forbidden-advice = If you should be able to do this, ask an administrator of your practice.
error-over-advice = For a new appointment or a question, please contact the practice that invited you.
error-too-large = That was too much at once
error-too-large-advice = Please go back, shorten what you entered and send it again.
error-too-many = One moment, please
error-too-many-advice = Wait a little, then load this page again. Nothing is lost.
error-busy-advice = Please go back, load the page again and see how it stands.
error-internal = Something went wrong on our side
error-internal-advice = It was written down for the people who run this server. Please try again in a moment. If you are here for an appointment and it keeps happening, call whoever invited you.
error-other-advice = Please go back and try it once more.
