# The call page, in the browser: ui/call/messages.ts has a function for each. Short and kind; a problem says what to try,
# not which error was thrown.
# $host, $guest, $name, $other: a name. Where there is none, or more than one: "unnamed-host" or "unnamed".
# $zone: "Berlin time"
# $time: a time of day; $left, $length: a length of time in words.

call-title = { -your-consultation(capital: "yes") } with { $other ->
    [unnamed-host] { -your-host }
    [unnamed] { -your-guest }
   *[named] { $other }
}
call-facts = { $length } · by video · { $zone }
call-opens-in = The room opens in
call-starts-in = Starts in { $left }
call-starts-now = Starting about now
call-late = Planned for { $time }, { $minutes } min ago

guest-preview = Test camera and sound
guest-preview-hint = See yourself before anyone else does. Nothing is sent yet.
guest-join = I’m here
guest-join-hint = { $host ->
    [unnamed-host] { -your-host(capital: "yes") }
   *[named] { $host }
} will see that you are waiting.
guest-not-seen-yet = { $host ->
    [unnamed-host] { -your-host(capital: "yes") }
   *[named] { $host }
} cannot see that you are here. Tap “I’m here” when you are ready.
guest-host-inside = { $host ->
    [unnamed-host] { -your-host(capital: "yes") }
   *[named] { $host }
} is already in the room.
guest-join-early-hint = Tap once, and we bring you in when the room opens.
guest-joins-when-open = You’re all set
guest-joins-when-open-hint = Nothing else to do. Keep this page open and we bring you in at { $time }.
guest-cancel-join = Not ready yet
guest-joining = One moment…
guest-rejoin = Join here
guest-rejoin-hint = { -your-consultation(capital: "yes") } is under way. If you are in it on another device, it moves here.
guest-rejoin-title = { $other ->
    [unnamed-host] { -your-host(capital: "yes") }
    [unnamed] { -your-guest(capital: "yes") }
   *[named] { $other }
} is expecting you
guest-resume = Wait here
guest-resume-hint = You have a place in the waiting room. It moves to this device.
guest-inside-app = You opened this inside another app. If your camera does not appear, open the page in your browser:
guest-copy-link = Copy link
guest-link-copied = Link copied

waiting-badge = Waiting room
waiting-title = Waiting for { $host ->
    [unnamed-host] { -your-host }
   *[named] { $host }
}
waiting-running = { -your-consultation(capital: "yes") } has begun
waiting-hint = You are in the right place. Keep this page open: the call starts by itself, with a chime.
waiting-host-there = { $host ->
    [unnamed-host] { -your-host(capital: "yes") }
   *[named] { $host }
} is here and will let you in soon.
waiting-late = { $host ->
    [unnamed-host] { -your-host(capital: "yes") }
   *[named] { $host }
} has not started yet. Your place is kept.
waiting-leave = Leave the waiting room
waiting-notify = Notify me when it starts
waiting-notifying = We will notify you

joining-title = Connecting you with { $other ->
    [unnamed-host] { -your-host }
    [unnamed] { -your-guest }
   *[named] { $other }
}
joining-hint = This takes a moment.
joining-retry-hint = Still trying to connect. Your place is kept.

host-title = { -consultation(capital: "yes") } with { $guest ->
    [unnamed] { -your-guest }
   *[named] { $guest }
}
host-guest-waiting = { $name } is waiting
host-arrived-just-now = Arrived just now
host-waiting-for = Waiting for { $minutes } min
host-guest-not-here = { $guest ->
    [unnamed] { -your-guest(capital: "yes") }
   *[named] { $guest }
} is not here yet
host-guest-not-here-hint = You will hear a chime when they arrive.
host-may-start-hint = You will hear a chime when they arrive. You can start now.
host-hidden = the page is in the background
host-guest-opened = { $name } has opened the link
host-guest-opened-hint = Not in the waiting room yet, perhaps testing camera and sound.
host-guest-gone = { $name } was here until { $time } ({ $zone })
host-guest-gone-hint = Their place is kept. You will hear a chime when they are back.
host-guest-left = { $name } was here and left
host-guest-in-room = { $name } is in the room
host-start = Start { -the-consultation }
host-start-early = Start now and wait
host-join = Join { -the-consultation }
host-has-started = It has already started
host-not-open = You can start when the room opens.
host-checklist = Before you start
host-camera = Camera
host-microphone = Microphone
host-connection = Connection
host-guest = { -guest(capital: "yes") }
host-state-ready = Ready
host-state-reached = Practice reached
host-state-off = Off
host-state-asking = Asking…
host-state-unchecked = Not checked
host-state-problem = Needs attention
host-state-here = Here
host-state-here-of = { $here } of { $expected } here
host-state-away = Page in the background
host-state-not-here = Not here yet
host-state-gone = Page closed
host-state-lost = Reconnecting…
host-sound-off = Your browser mutes this page until you click once.
host-sound-on = Turn the chime on

live-title = { -consultation(capital: "yes") } with { $other ->
    [unnamed-host] { -your-host }
    [unnamed] { -your-guest }
   *[named] { $other }
}
live-guest-not-in-room = { $guest ->
    [unnamed] { -your-guest(capital: "yes") }
   *[named] { $guest }
} is not in the room
live-host-on-the-way = { $host ->
    [unnamed-host] { -your-host(capital: "yes") }
   *[named] { $host }
} is on the way
live-host-gone = { $host ->
    [unnamed-host] { -your-host(capital: "yes") }
   *[named] { $host }
} is not in the room any more
live-guest-gone = { $guest ->
    [unnamed] { -your-guest(capital: "yes") }
   *[named] { $guest }
} is not in the room any more
live-gone-hint-guest = They may come back: then the video appears by itself. If you had finished, you can close this page.
live-alone-hint-host = You can wait here. They appear as soon as they join.
live-alone-hint-guest = Stay here. The video appears by itself.
live-camera-off = Camera is off
live-mic-off = Microphone is off
live-you = You
live-reconnecting = Connection lost. Reconnecting…
live-quality-good = Good connection
live-quality-weak = Weak connection
live-quality-lost = No video or sound
live-quality-weak-of = { $name }: weak connection
live-quality-lost-of = { $name }: no video or sound
live-interrupted-of = { $name }’s connection is interrupted
live-interrupted = Your connection is interrupted
live-nothing-from = No picture or sound arrives from { $name }
live-still-of = { $name }’s picture has stopped. The sound goes on.
live-paused-of = Paused: the connection is too slow for { $name }’s picture.
live-soundless-of = No sound arrives from { $name }
live-unsent-of = { $what ->
    [camera] { $name }’s picture does not get through.
    [microphone] { $name }’s sound does not get through.
   *[both] { $name }’s picture and sound do not get through.
}
live-unsent = { $what ->
    [camera] Your picture is not being sent.
    [microphone] Your sound is not being sent.
   *[both] Your picture and sound are not being sent.
}
live-fill = Fill the screen
live-whole = Show the whole picture
live-enlarge = Enlarge
live-whole-screen = Show the whole screen
live-screen-paused = Paused: the connection is too slow for this screen.
live-you-movable = You. The arrow keys move your picture to another corner.
live-connect-again = Connect again
live-weak-hint = Your connection is weak. Turn your camera off for better sound.
live-weak-action = Turn camera off
live-enable-sound = Tap to hear
live-sharing = You are sharing your screen
live-stop-sharing = Stop sharing
live-screen-of = { $name }’s screen
# $time: time of day, in $zone: Berlin time
live-still-there = Still there? Without an answer this call ends at { $time } ({ $zone }).
live-still-there-yes = We are still here
live-guest-waiting = { $name } is waiting
live-moved = { $name } continues on another device. Is it still { $name }?
live-moved-yes = Yes
live-put-out = Remove
live-let-in = Let in
live-decline = Decline

# The part after "|" is only for screen readers.
controls-mute = Mute
controls-unmute = Unmute
controls-camera-off = Camera off
controls-camera-on = Camera on
controls-flip = Flip| camera
controls-share = Share| screen
controls-unshare = Stop| sharing
controls-settings = Devices
controls-leave = Leave
controls-end = End| for everyone
controls-end-whole = End for everyone

devices-title = Camera and sound
devices-camera = Camera
devices-microphone = Microphone
devices-speaker = Speaker
devices-test = Play a test sound
devices-shortcuts = Keyboard shortcuts: M for microphone, V for camera
devices-done = Done
devices-level = Microphone level
devices-preview = Your camera

dialog-leave-title = Leave now?
dialog-leave-guest = { $host ->
    [unnamed-host] { -your-host(capital: "yes") }
   *[named] { $host }
} stays, and you can go back in while { -the-consultation } lasts.
dialog-leave-waiting = You give up your place in the waiting room. You can come back with the same link.
dialog-leave-host = { -the-consultation(capital: "yes") } goes on without you, and you can come back. To finish it, end it for everyone.
dialog-end-title = End for everyone?
dialog-end-explanation = { -the-consultation(capital: "yes") } is closed for good, for everyone.
dialog-expel-title = Remove { $name }?
dialog-expel-explanation = They are out at once, and none of their links works any more. You can make a new link for { $name } on the page of the appointment.
dialog-expel-keep = Let them stay
dialog-remain = Stay
dialog-leave = Leave
dialog-end = End for everyone

ended-title = { -your-consultation(capital: "yes") } has ended
ended-guest = Thank you for coming. You can close this page. For a question, contact { $practice }.
ended-host = The times are saved with the appointment.
ended-unanswered = Nobody answered whether they were still there, so it was ended.
ended-never-started = It was closed before it started.
ended-started = Started
ended-end = Ended
ended-lasted = Length
ended-back-to-day = Back to your day
ended-left = You have left
ended-left-guest = { -the-consultation(capital: "yes") } may still be going on. You can go back in.
ended-left-waiting = Your place in the waiting room was given up. Come back whenever you are ready.
ended-left-host = { -the-consultation(capital: "yes") } goes on. You can go back in, or end it for everyone.
ended-go-back = Go back in
ended-declined = Not right now
ended-declined-hint = { $host ->
    [unnamed-host] { -your-host(capital: "yes") }
   *[named] { $host }
} cannot let you in at the moment. If you think this is a mistake, contact { $practice }.
ended-ask-again = Ask again
ended-replaced = Continued on another device
ended-replaced-hint = This device is no longer in the call. Its camera and microphone are off. Was that not you? Use this device, and tell { $host ->
    [unnamed-host] { -your-host }
   *[named] { $host }
}.
ended-replaced-hint-waiting = Your place in the waiting room is there now. Was that not you? Use this device, and tell { $host ->
    [unnamed-host] { -your-host }
   *[named] { $host }
}.
ended-replaced-hint-host = This device is no longer in the call. Its camera and microphone are off.
ended-use-here = Use this device
ended-failed = We could not connect you
ended-failed-hint = Your place is kept. Check that you are online. Some networks, such as a company’s, block video calls; mobile data often helps.
ended-try-again = Try again
ended-reload = Reload the page
ended-link-gone = This link no longer works
ended-link-gone-hint = Your practice may have sent you a newer one. For a question, contact { $practice }.
ended-cancelled = This appointment was cancelled
ended-cancelled-hint = If you did not expect this, contact { $practice }.
ended-not-open = This room is not open
ended-contact = For a question, contact { $practice }.
ended-too-late = This appointment is over
ended-too-late-hint = Its room has closed. To find a new time, contact { $practice }.

# $what: "camera", "microphone" or "both"
device-blocked = { $what ->
    [camera] Camera blocked
    [microphone] Microphone blocked
   *[both] Camera and microphone blocked
}
device-missing = { $what ->
    [camera] No camera found
    [microphone] No microphone found
   *[both] No camera and microphone found
}
device-busy = { $what ->
    [camera] Camera in use elsewhere
    [microphone] Microphone in use elsewhere
   *[both] Camera and microphone in use elsewhere
}
device-unavailable = { $what ->
    [camera] Camera not available here
    [microphone] Microphone not available here
   *[both] Camera and microphone not available here
}
device-stopped = { $what ->
    [camera] Your camera has stopped
    [microphone] Your microphone has stopped
   *[both] Your camera and microphone have stopped
}
device-silent = { $what ->
    [camera] Camera not responding
    [microphone] Microphone not responding
   *[both] Camera and microphone not responding
}
device-blocked-advice = Tap the lock or camera icon beside the address, choose Allow, then try again.
device-missing-advice = Plug it in or switch it on, then try again.
device-busy-advice = Close other programs and tabs that may be using it, then try again.
device-unsuitable-advice = Choose another one under Devices, then try again.
device-insecure-advice = This page needs a secure address, one that begins with https://.
device-unsupported-advice = Open this page in Safari, Chrome, Firefox or Edge.
device-unknown-advice = Unplug it and plug it in again, or restart the browser, then try again.
device-retry = Try again
device-continue-without = Go on without

request-refused = That did not work. Please try again.
request-unreachable = We cannot reach the practice right now. Check that you are online; we keep trying.
request-media-blocked = { $paths ->
    [none] We reach the practice, but picture and sound do not get through.
   *[tried] We reach the practice, but picture and sound do not get through this network: WebSocket works, no answer over { $paths }.
} Another network, such as mobile data, often helps.
stream-down = Connection to the practice lost. Reconnecting… Check that you are online.
stream-down-host = Connection lost: you are not shown who arrives. Reconnecting…
stream-superseded = You have this page open in several windows. This one is updated every few seconds only; you can close it.
logged-out = You were logged out. The call goes on.
log-in-again = Log in again
close = Close

notification-starting = { -your-consultation(capital: "yes") } is starting
notification-join-now = Join now
notification-waiting = { -your-guest(capital: "yes") } is waiting
notification-open = Open the waiting room
notification-still-there = Still there?
notification-ends-soon = Without an answer the call ends soon.
notification-ask = Notify me
notification-on = Notifications are on

tab-page = { -your-consultation(capital: "yes") }, { $time } · { $practice }
tab-waiting = ({ $count }) Waiting now
tab-in-call = In session
tab-starting = Starting now
tab-still-there = Still there?
tab-your-turn = You are in the waiting room

reader-joined = { $name } joined
reader-left = { $name } left
reader-guest-waiting = { $name } is waiting
reader-muted = Microphone off
reader-unmuted = Microphone on
reader-camera-off = Camera off
reader-camera-on = Camera on
reader-back = Connected again
reader-back-of = { $name } is back
reader-shares = { $name } is sharing their screen

# Lengths of time
time-seconds = { $seconds ->
    [one] 1 second
   *[other] { $seconds } seconds
}
time-minutes = { $minutes ->
    [one] 1 minute
   *[other] { $minutes } minutes
}
time-hours = { $hours } h
time-hours-minutes = { $hours } h { $minutes } min
time-days = { $days ->
    [one] 1 day
   *[other] { $days } days
}
time-days-hours = { $days ->
    [one] 1 day { $hours } h
   *[other] { $days } days { $hours } h
}
