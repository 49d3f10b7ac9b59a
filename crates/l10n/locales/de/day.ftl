# The page of a day for staff, and the status of an appointment. $name: of the guest or the host.

day-today = Heute
day-steps = Tage
day-before = Tag davor
day-after = Tag danach
day-jump = Datum wählen
day-jump-go = Anzeigen
day-new = Neuer Termin
day-notify = Mich benachrichtigen
day-sound-on = Signalton an
day-sound-off = Signalton aus
day-offline = Keine Verbindung
day-offline-detail = Wer jetzt kommt, wird hier nicht angezeigt, und es ertönt kein Signalton. Wir versuchen es weiter. Prüfen Sie, ob dieser Computer online ist, oder laden Sie die Seite neu.
day-offline-reload = Neu laden

day-appointments = { $count ->
    [one] 1 Termin
   *[other] { $count } Termine
}
day-appointments-waiting = { $waiting ->
    [one] { $appointments }, 1 Person wartet
   *[other] { $appointments }, { $waiting } Personen warten
}
day-waiting-elsewhere = Wartende in einem anderen Teil der Liste
day-undelivered = Eine Nachricht ist nicht angekommen
day-undelivered-detail = Mindestens eine Person weiß nicht Bescheid. Im Termin steht, wer und warum; dort gibt es auch einen Link zum Weitergeben.
day-undelivered-more = In den nächsten zwei Wochen gibt es noch mehr davon.
day-free = Ein freier Tag
day-free-detail = Hier ist noch nichts eingetragen.
day-parts = Teile dieses Tages
day-part-earlier = Früher
day-part-later = Später
day-part-shown = { $from } bis { $to } von { $total }
day-coming-up = Demnächst
day-coming-up-more = { $count ->
    [one] 1 weiterer Termin bis { $date }
   *[other] { $count } weitere Termine bis { $date }
}

day-person-waits = { $name } wartet
day-with = mit { $name }
day-open-room = Raum öffnen
day-go-back-in = Wieder hinein
kind-video = Video
kind-in-person = Vor Ort

status-cancelled = Abgesagt
status-completed = Abgeschlossen
status-completed-after = Abgeschlossen, { $duration }
status-not-confirmed = Zu bestätigen
status-confirmed = Bestätigt
status-over = Vorbei
status-waiting = Wartet
status-waiting-away = Wartet, gerade abwesend
status-gone = War bis { $time } Uhr hier
status-live = Im Gespräch
status-live-alone = Im Gespräch, allein
status-link-opened = Hat den Link geöffnet
