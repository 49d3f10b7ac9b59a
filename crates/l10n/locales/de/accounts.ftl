# One's own account, and setting a password with a link. $browser, $system: names such as "Firefox" and "Windows".

account-title = Ihr Konto
account-password-changed = Ihr Passwort ist geändert. Alle anderen Geräte sind abgemeldet.
account-sessions = Wo Sie angemeldet sind
account-session = Angemeldet: { $opened }. Zuletzt verwendet: { $used }.
account-this-device = Dieses Gerät
account-log-out = Abmelden
account-log-out-device = { $device } abmelden
account-device = { $browser } unter { $system }
account-other-browser = Ein anderer Browser
account-unknown-device = Ein Programm oder eine ältere Anmeldung
account-password = Passwort ändern
account-current-password = Aktuelles Passwort
account-new-password = Neues Passwort
account-password-submit = Passwort ändern
account-language = Sprache
account-language-label = Sprache Ihrer Seiten und Nachrichten
account-language-of-browser = Wie im Browser
account-language-submit = Speichern
account-language-changed = Ihre Sprache ist gespeichert.
account-device-lost = Ein Gerät verloren?
account-device-lost-hint = Melden Sie es hier ab. Ändern Sie auch Ihr Passwort, wenn jemand es gesehen haben könnte.
account-log-out-others = Alle anderen Geräte abmelden
account-log-out-everywhere = Überall abmelden, auch hier

password-title = Passwort festlegen
password-welcome = Willkommen, { $name }. Sie melden sich als { $email } an.
password-submit = Passwort festlegen
password-once = Dieser Link funktioniert einmal. Alle Geräte, die jetzt angemeldet sind, werden abgemeldet.
