# One's own account, and setting a password with a link. $browser, $system: names such as "Firefox" and "Windows".

account-title = Your account
account-password-changed = Your password is changed. All other devices are logged out.
account-sessions = Where you are logged in
account-session = Logged in { $opened }. Last used { $used }.
account-this-device = This device
account-log-out = Log out
account-log-out-device = Log out { $device }
account-device = { $browser } on { $system }
account-other-browser = Another browser
account-unknown-device = A program, or an older login
account-password = Change your password
account-current-password = Current password
account-new-password = New password
account-password-submit = Change the password
account-language = Language
account-language-label = Your pages and messages are in
account-language-of-browser = As in the browser
account-language-submit = Save
account-language-changed = Your language is saved.
account-device-lost = Lost a device?
account-device-lost-hint = Log it out here, and change your password if somebody could have seen it.
account-log-out-others = Log out all other devices
account-log-out-everywhere = Log out everywhere, here too

password-title = Set your password
password-welcome = Welcome, { $name }. You will log in as { $email }.
password-submit = Set the password
password-once = This link works once. All devices that are logged in now are logged out.
