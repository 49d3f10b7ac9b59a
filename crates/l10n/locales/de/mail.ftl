# Messages to people, in the formal "Sie": short sentences, nothing that sounds like a machine.

mail-subject-confirmed = Ihr Termin am { $starts }
mail-subject-cancelled = Abgesagt: Ihr Termin am { $starts }
mail-subject-host-changed = Geändert: Ihr Termin am { $starts }
mail-preview-confirmed = { $length }. Alles Weitere steht in dieser E-Mail.
mail-preview-cancelled = Er findet nicht statt.
mail-title-confirmed = { -your-consultation(capital: "yes") } ist bestätigt
mail-title-host-changed = { -your-consultation(capital: "yes") } ist jetzt bei einer anderen Person
mail-title-cancelled = { -your-consultation(capital: "yes") } ist abgesagt
mail-hello = Guten Tag
mail-lead-confirmed-guest = Alles ist vorbereitet. Hier steht, was Sie wissen müssen.
mail-lead-confirmed-host = { -your-guest(capital: "yes") } erhält eine eigene Nachricht.
mail-lead-host-changed = Tag und Uhrzeit bleiben. Hier steht, wer Sie jetzt erwartet.
mail-lead-cancelled-guest = { -this-consultation(capital: "yes") } findet nicht statt.
mail-lead-cancelled-host = { -this-consultation(capital: "yes") } findet nicht statt. Die Zeit ist wieder frei.

mail-when = Wann
mail-when-for-host = Für { -your-host(case: "accusative") }: { $starts }
mail-when-for-guest = Für { -your-guest(case: "accusative") }: { $starts }
mail-how-long = Dauer
mail-with = Mit
mail-with-host = { -your-host }
mail-with-guest = { -your-guest }
mail-where = Wo
mail-by-video = Per Video
mail-by-video-note = Im Browser Ihres Telefons oder Computers. Sie müssen nichts installieren.
mail-in-person = Vor Ort
mail-in-person-note = { $practice }

mail-join-button = Zu { -your-consultation(case: "dative") }
mail-join-instead = Wenn die Schaltfläche nicht funktioniert, öffnen Sie diese Adresse:
mail-join-keep = Dieser Link ist nur für Sie. Bitte geben Sie ihn nicht weiter. Bis zum Ende können Sie ihn so oft öffnen, wie Sie möchten, auf jedem Gerät.
mail-room-opens = { $minutes ->
    [0] Der Raum öffnet zum Beginn.
    [one] Der Raum öffnet 1 Minute vorher.
   *[other] Der Raum öffnet { $minutes } Minuten vorher.
}
mail-early-host = Sie sehen und hören, wenn { -your-guest } wartet.
mail-early-guest = Kommen Sie gern 5 Minuten früher: Dann bleibt Zeit, Kamera und Mikrofon auszuprobieren.
mail-early-guest-short = Kommen Sie bitte gleich dann, und halten Sie Kamera und Mikrofon bereit.

mail-link-closed = Ihr persönlicher Link öffnet keinen Raum mehr.
mail-calendar-add = Die angehängte Datei trägt den Termin in Ihren Kalender ein.
mail-calendar-remove = Die angehängte Datei entfernt den Termin aus Ihrem Kalender.
mail-cannot-come-reply = Sie können nicht kommen, oder etwas stimmt nicht? Antworten Sie einfach auf diese E-Mail.
mail-cannot-come-contact = Sie können nicht kommen, oder etwas stimmt nicht? Bitte sagen Sie { -your-host(case: "dative") } Bescheid.
mail-another-time-reply = Möchten Sie einen anderen Termin? Antworten Sie einfach auf diese E-Mail.
mail-another-time-contact = Möchten Sie einen anderen Termin? Bitte sagen Sie { -your-host(case: "dative") } Bescheid.

# Calendars are shared more widely than mail: the title only says that there is an appointment.
calendar-title-video = Videotermin
calendar-title = Termin
calendar-cancelled = Dieser Termin findet nicht statt.
calendar-with = Mit { $other }, { $practice }.
calendar-at = { $practice }.
calendar-link = Ihr persönlicher Link, nur für Sie: { $link }
