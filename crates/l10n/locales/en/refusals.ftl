# Refusals by a rule. The id is the code of the enum Refusal in the crate domain.

refusal-too-early = The room is not open yet.
refusal-too-late = The time for this appointment has passed.
refusal-cancelled = This appointment was cancelled.
refusal-ended = This session has ended.
refusal-not-confirmed = This appointment is not confirmed yet.
refusal-in-person = This appointment takes place in person.
refusal-not-started = The session has not started yet.
refusal-already-started = The session has already started.
refusal-not-admitted = You have not been let in yet.
refusal-declined = The host did not let you in.
refusal-no-longer-waiting = This person is no longer waiting.
refusal-superseded = You have continued on another device.
refusal-host-only = Only the host can do this.
refusal-guest-only = Only { -guests } can do this.
refusal-double-booked = There is already an appointment at that time.
refusal-already-set-up = This server is already set up.
refusal-wrong-login = E-mail address and password do not match.
refusal-login-queue-full = Many people are logging in at this moment. Please try again in a few seconds.
refusal-too-many-writes = Too many changes are being made with this login, link or API key at this moment. Please try again in a few seconds.
refusal-wrong-password = This is not your current password.
refusal-own-password = Your own password is changed on the page Account, with the current one.
refusal-last-admin = This is the only administrator. Make another person an administrator first.
refusal-deactivated = This account is deactivated.
refusal-scope-missing = This API key does not have the scope that this needs.
refusal-person-only = An API key cannot do this. A person has to log in for it.
