# The page of an appointment and the booking form, for staff. $name: of a person; $time, $from, $to: times of day.

contact-email = E-Mail
contact-phone = Telefon

appointment-link-title = Ein persönlicher Link für { $name }
appointment-link-only = Alle früheren Links sind jetzt ungültig. Wer damit verbunden war, hat den Raum verlassen.
appointment-link-hint = Geben Sie ihn sonst niemandem: Wer ihn hat, kommt in den Warteraum dieses Termins. Er wird nur jetzt angezeigt.
appointment-link = Persönlicher Link
copy-link = Link kopieren

appointment-tab = Termin: { $day }, { $time }
appointment-facts = Der Termin
appointment-times = { $from } bis { $to } Uhr
# Before the same time in the zone of the guest
appointment-time-for = Für { $name }:
# $when: Friday 20 November 2026, 12:00; $zone: Berlin time
agreed-time = Vereinbart: { $when } ({ $zone })
agreed-time-changed = Die Regeln dieser Zeitzone haben sich seit der Buchung geändert. Fragen Sie { $name }, welche Zeit gemeint ist, sagen Sie den Termin ab und buchen Sie ihn neu.
appointment-how = Art des Termins
appointment-host = { -host(capital: "yes") }
appointment-companions = In Begleitung von

record-title = Protokoll
record-ended-by = Beendet durch
record-ended-by-key = Ein Programm über die API
record-ended-by-server = Server, nachdem alle gegangen waren
record-ended-by-practice = Jemand aus der Praxis
record-ended-without-answer = Server, weil niemand auf die Nachfrage geantwortet hat
record-period = { $from } bis { $to }

outcome-title = Was daraus wurde
outcome-unknown = Noch nicht eingetragen.
# $name: who recorded it; $when: Friday 20 November 2026, 12:00 (Berlin time)
outcome-recorded-by = Eingetragen von { $name }, { $when }
outcome-record = Etwas anderes eintragen
outcome-submit = Eintragen
outcome-took-place = Hat stattgefunden
outcome-guest-did-not-come = { -the-guest(capital: "yes") } kam nicht
outcome-host-did-not-come = { -host(capital: "yes") } kam nicht
outcome-technical-failure = Technischer Fehler
outcome-did-not-take-place = Hat nicht stattgefunden

messages-title = Nachrichten
message-to = an { $name }
message-confirmation = Bestätigung
message-host-changed = Wechsel der Person
message-cancellation = Absage
message-sent = Gesendet, { $when }
message-no-server = Nicht gesendet: Es ist kein Mailserver eingerichtet
message-sending = Wird gesendet
message-retrying = Noch nicht gesendet
message-retrying-hint = Der Mailserver hat sie nicht angenommen. Wir versuchen es weiter.
message-failed = Nicht zugestellt
message-expired = Nicht gesendet: Der Termin war vorbei
message-outdated = Nicht gesendet: nicht mehr gültig
message-remedy-guest = Prüfen Sie die Adresse. Holen Sie auf dieser Seite einen Link und geben Sie ihn { $name } auf anderem Weg.
message-remedy-others = Prüfen Sie die Adresse. { $name } hat einen eigenen Link. Die auf dieser Seite sind nur für die Personen, die kommen.
message-remedy-cancelled = Prüfen Sie die Adresse, und sagen Sie { $name } auf anderem Weg Bescheid.
# Before what the server has answered
message-answer = Antwort des Mailservers:

confirm-title = Soll der Termin stattfinden?
confirm-nobody-told = Noch wurde niemand benachrichtigt.
confirm-without-mail = Es ist kein Mailserver eingerichtet: Beim Bestätigen wird nichts gesendet.
confirm-link-afterwards = Den persönlichen Link erhalten Sie danach hier.
confirm-sends-link = Beim Bestätigen erhalten alle mit E-Mail-Adresse eine Nachricht mit einem persönlichen Link.
confirm-sends-details = Beim Bestätigen erhalten alle mit E-Mail-Adresse eine Nachricht mit den Einzelheiten.
confirm-submit = Termin bestätigen

room-title = Der Raum
room-opens = { -the-guest(capital: "yes") } kann ab { $time } hereinkommen. Sie sehen und hören, wenn jemand wartet.

invite-title = Nachricht nicht angekommen?
invite-hint = Holen Sie einen neuen Link und senden Sie ihn, wie Sie möchten. Frühere gelten weiter.
invite-submit = Link für { -the-guest(case: "accusative") } holen
invite-submit-for = Link für { $name } holen
replace-title = Ein Link ist in falschen Händen
replace-hint = Ein neuer Link macht alle früheren sofort ungültig, auch den in der Nachricht. Wer damit verbunden ist, verlässt den Raum.
replace-hint-return = Ein neuer Link macht alle früheren sofort ungültig, auch den in der Nachricht. Wer damit verbunden ist, verlässt den Raum und kommt nur mit dem neuen Link zurück.
replace-guest = Neuer Link für { -the-guest(case: "accusative") }, alle anderen ungültig machen
replace-for = Neuer Link für { $name }, alle anderen ungültig machen
replace-own = Neuer Link für Sie selbst, alle anderen ungültig machen

# Administrators give an appointment to another host
handover-title = An eine andere Person übergeben
handover-hint = Tag und Uhrzeit bleiben. Die bisherige Person erhält keine Nachricht.
handover-ends-link = Ihr persönlicher Link wird ungültig.
handover-sends = Die neue erhält eine Nachricht, und alle anderen mit E-Mail-Adresse auch, wenn sich der Name ändert.
handover-to = Übergeben an
handover-submit = Übergeben

cancel-title = Diesen Termin absagen
cancel-final = Das lässt sich nicht rückgängig machen.
cancel-without-mail = Niemand erhält eine Nachricht.
cancel-sends = Wer eine Nachricht zum Termin erhalten hat, erhält auch darüber eine.
cancel-without-email = Wer keine E-Mail-Adresse hat, muss auf anderem Weg Bescheid bekommen.
cancel-frees-time = Die Zeit ist wieder frei.
cancel-submit = Ja, absagen

booking-back = Zurück zum Tagesplan
booking-who = { -guest(capital: "yes") }
booking-guest-name = Name
booking-email-hint = An diese Adresse geht der persönliche Link.
booking-phone-hint = Aus einem anderen Land mit Landesvorwahl, zum Beispiel +41 44 123 45 67.
booking-guest-zone = Zeitzone dieser Person
booking-guest-zone-hint = Die Uhrzeiten in ihren Nachrichten sind in dieser Zone.
booking-host = Bei

# People who come with the guest, in the booking form and on the page of the appointment
companion-add = Weitere Person hinzufügen
companion-title = Begleitperson { $number }
companion-hint = Zum Beispiel Angehörige oder Dolmetschende. Jede Person erhält einen eigenen Link und wird einzeln eingelassen.
companion-name = Name
companion-email-hint = An diese Adresse geht der persönliche Link dieser Person.
companion-phone-hint = Genügt ohne E-Mail: Sie geben den Link weiter.
companion-remove = Begleitperson { $number } entfernen
companion-without-email = Ohne E-Mail: Geben Sie den Link weiter.

booking-when = Wann
booking-date = Datum
booking-time = Uhrzeit
booking-minutes = Minuten
booking-zone = In der Zeitzone
booking-video-hint = In einem Raum dieses Servers
booking-in-person-hint = In Ihrer Praxis
booking-submit = Termin eintragen
booking-then = Wie es weitergeht
booking-then-taken = Die Zeit ist belegt. Noch wird niemand benachrichtigt.
booking-then-confirm = Sie sehen sich alles noch einmal an und bestätigen.
booking-then-messages = Alle mit E-Mail-Adresse erhalten eine Nachricht.
booking-then-link = Sie erhalten einen persönlichen Link zum Weitergeben: Es ist kein Mailserver eingerichtet.
booking-then-no-account = { -the-guest(capital: "yes") } braucht kein Konto.
