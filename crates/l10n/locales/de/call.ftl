# The call page, in the browser: ui/call/messages.ts has a function for each.

call-title = { -your-consultation(capital: "yes") } mit { $other ->
    [unnamed-host] { -your-host(case: "dative") }
    [unnamed] { -your-guest(case: "dative") }
   *[named] { $other }
}
call-facts = { $length } · per Video · { $zone }
call-opens-in = Der Raum öffnet in
call-starts-in = Beginnt in { $left }
call-starts-now = Beginnt jetzt gleich
call-late = Geplant für { $time } Uhr, vor { $minutes } min

guest-preview = Kamera und Ton testen
guest-preview-hint = Sehen Sie sich selbst, bevor andere Sie sehen. Noch wird nichts übertragen.
guest-join = Ich bin da
guest-join-hint = { $host ->
    [unnamed-host] { -your-host(capital: "yes") }
   *[named] { $host }
} sieht dann, dass Sie warten.
guest-not-seen-yet = { $host ->
    [unnamed-host] { -your-host(capital: "yes") }
   *[named] { $host }
} kann noch nicht sehen, dass Sie da sind. Tippen Sie auf „Ich bin da“, wenn Sie bereit sind.
guest-host-inside = { $host ->
    [unnamed-host] { -your-host(capital: "yes") }
   *[named] { $host }
} ist schon im Raum.
guest-join-early-hint = Tippen Sie einmal, dann kommen Sie hinein, sobald der Raum öffnet.
guest-joins-when-open = Alles bereit
guest-joins-when-open-hint = Mehr ist nicht zu tun. Lassen Sie diese Seite offen, um { $time } Uhr kommen Sie hinein.
guest-cancel-join = Doch noch nicht
guest-joining = Einen Moment…
guest-rejoin = Hier teilnehmen
guest-rejoin-hint = { -your-consultation(capital: "yes") } läuft schon. Wenn Sie auf einem anderen Gerät dabei sind, geht es hier weiter.
guest-rejoin-title = { $other ->
    [unnamed-host] { -your-host(capital: "yes") }
    [unnamed] { -your-guest(capital: "yes") }
   *[named] { $other }
} erwartet Sie
guest-resume = Hier warten
guest-resume-hint = Sie haben einen Platz im Warteraum. Er zieht auf dieses Gerät um.
guest-inside-app = Sie haben die Seite in einer anderen App geöffnet. Wenn Ihre Kamera nicht erscheint, öffnen Sie die Seite in Ihrem Browser:
guest-copy-link = Link kopieren
guest-link-copied = Link kopiert

waiting-badge = Warteraum
waiting-title = Warten auf { $host ->
    [unnamed-host] { -your-host(case: "accusative") }
   *[named] { $host }
}
waiting-running = { -your-consultation(capital: "yes") } hat begonnen
waiting-hint = Sie sind hier richtig. Lassen Sie diese Seite offen: Es geht von selbst los, mit einem Signalton.
waiting-host-there = { $host ->
    [unnamed-host] { -your-host(capital: "yes") }
   *[named] { $host }
} ist da und lässt Sie gleich herein.
waiting-late = { $host ->
    [unnamed-host] { -your-host(capital: "yes") }
   *[named] { $host }
} hat noch nicht begonnen. Ihr Platz bleibt erhalten.
waiting-leave = Warteraum verlassen
waiting-notify = Benachrichtigen, wenn es losgeht
waiting-notifying = Wir benachrichtigen Sie

joining-title = Wir verbinden Sie mit { $other ->
    [unnamed-host] { -your-host(case: "dative") }
    [unnamed] { -your-guest(case: "dative") }
   *[named] { $other }
}
joining-hint = Das dauert einen Moment.
joining-retry-hint = Wir versuchen es weiter. Ihr Platz bleibt erhalten.

host-title = { -consultation } mit { $guest ->
    [unnamed] { -your-guest(case: "dative") }
   *[named] { $guest }
}
host-guest-waiting = { $name } wartet
host-arrived-just-now = Gerade angekommen
host-waiting-for = Wartet seit { $minutes } min
host-guest-not-here = { $guest ->
    [unnamed] { -your-guest(capital: "yes") }
   *[named] { $guest }
} ist noch nicht da
host-guest-not-here-hint = Sie hören einen Signalton, wenn jemand kommt.
host-may-start-hint = Sie hören einen Signalton, wenn jemand kommt. Sie können jetzt beginnen.
host-hidden = die Seite ist im Hintergrund
host-guest-opened = { $name } hat den Link geöffnet
host-guest-opened-hint = Noch nicht im Warteraum, vielleicht beim Testen von Kamera und Ton.
host-guest-gone = { $name } war bis { $time } Uhr hier ({ $zone })
host-guest-gone-hint = Der Platz bleibt erhalten. Sie hören einen Signalton bei der Rückkehr.
host-guest-left = { $name } war hier und ist gegangen
host-guest-in-room = { $name } ist im Raum
host-start = { -consultation } beginnen
host-start-early = Jetzt beginnen und warten
host-join = An { -the-consultation(case: "dative") } teilnehmen
host-has-started = Läuft schon
host-not-open = Sie können beginnen, wenn der Raum öffnet.
host-checklist = Bevor Sie beginnen
host-camera = Kamera
host-microphone = Mikrofon
host-connection = Verbindung
host-guest = { -guest(capital: "yes") }
host-state-ready = Bereit
host-state-reached = Praxis erreicht
host-state-off = Aus
host-state-asking = Wird angefragt…
host-state-unchecked = Nicht geprüft
host-state-problem = Bitte prüfen
host-state-here = Da
host-state-here-of = { $here } von { $expected } da
host-state-away = Seite im Hintergrund
host-state-not-here = Noch nicht da
host-state-gone = Seite geschlossen
host-state-lost = Verbindet neu…
host-sound-off = Ihr Browser schaltet diese Seite stumm, bis Sie einmal klicken.
host-sound-on = Signalton einschalten

live-title = { -consultation } mit { $other ->
    [unnamed-host] { -your-host(case: "dative") }
    [unnamed] { -your-guest(case: "dative") }
   *[named] { $other }
}
live-guest-not-in-room = { $guest ->
    [unnamed] { -your-guest(capital: "yes") }
   *[named] { $guest }
} ist nicht im Raum
live-host-on-the-way = { $host ->
    [unnamed-host] { -your-host(capital: "yes") }
   *[named] { $host }
} ist unterwegs
live-host-gone = { $host ->
    [unnamed-host] { -your-host(capital: "yes") }
   *[named] { $host }
} ist nicht mehr im Raum
live-guest-gone = { $guest ->
    [unnamed] { -your-guest(capital: "yes") }
   *[named] { $guest }
} ist nicht mehr im Raum
live-gone-hint-guest = Bei einer Rückkehr erscheint das Bild von selbst. Wenn Sie fertig waren, können Sie diese Seite schließen.
live-alone-hint-host = Sie können hier warten. Wer beitritt, erscheint sofort.
live-alone-hint-guest = Bleiben Sie hier. Das Bild erscheint von selbst.
live-camera-off = Kamera ist aus
live-mic-off = Mikrofon ist aus
live-you = Sie
live-reconnecting = Verbindung unterbrochen. Verbindet neu…
live-quality-good = Gute Verbindung
live-quality-weak = Schwache Verbindung
live-quality-lost = Kein Bild und kein Ton
live-quality-weak-of = { $name }: schwache Verbindung
live-quality-lost-of = { $name }: kein Bild und kein Ton
live-interrupted-of = Die Verbindung zu { $name } ist unterbrochen
live-interrupted = Ihre Verbindung ist unterbrochen
live-nothing-from = Von { $name } kommen weder Bild noch Ton
live-still-of = Das Bild von { $name } steht. Der Ton geht weiter.
live-paused-of = Angehalten: Die Verbindung ist zu langsam für das Bild von { $name }.
live-soundless-of = Von { $name } kommt kein Ton
live-unsent-of = { $what ->
    [camera] Das Bild von { $name } kommt nicht durch.
    [microphone] Der Ton von { $name } kommt nicht durch.
   *[both] Bild und Ton von { $name } kommen nicht durch.
}
live-unsent = { $what ->
    [camera] Ihr Bild wird nicht übertragen.
    [microphone] Ihr Ton wird nicht übertragen.
   *[both] Ihr Bild und Ihr Ton werden nicht übertragen.
}
live-fill = Bildschirm füllen
live-whole = Ganzes Bild zeigen
live-enlarge = Vergrößern
live-whole-screen = Ganzen Bildschirm zeigen
live-screen-paused = Angehalten: Die Verbindung ist zu langsam für diesen Bildschirm.
live-you-movable = Sie. Mit den Pfeiltasten kommt Ihr Bild in eine andere Ecke.
live-connect-again = Neu verbinden
live-weak-hint = Ihre Verbindung ist schwach. Ohne Kamera wird der Ton besser.
live-weak-action = Kamera ausschalten
live-enable-sound = Tippen, um zu hören
live-sharing = Sie teilen Ihren Bildschirm
live-stop-sharing = Nicht mehr teilen
live-screen-of = Bildschirm von { $name }
# $time: time of day, in $zone: Berlin time
live-still-there = Noch da? Ohne Antwort endet dieses Gespräch um { $time } ({ $zone }).
live-still-there-yes = Wir sind noch da
live-guest-waiting = { $name } wartet
live-moved = { $name } macht auf einem anderen Gerät weiter. Ist das noch { $name }?
live-moved-yes = Ja
live-put-out = Entfernen
live-let-in = Hereinlassen
live-decline = Ablehnen

# The part after "|" is only for screen readers.
controls-mute = Stumm
controls-unmute = Ton an
controls-camera-off = Kamera aus
controls-camera-on = Kamera an
controls-flip = Wechseln|, andere Kamera
controls-share = Teilen|, Bildschirm
controls-unshare = Beenden|, Bildschirm nicht mehr teilen
controls-settings = Geräte
controls-leave = Verlassen
controls-end = Beenden| für alle
controls-end-whole = Für alle beenden

devices-title = Kamera und Ton
devices-camera = Kamera
devices-microphone = Mikrofon
devices-speaker = Lautsprecher
devices-test = Testton abspielen
devices-shortcuts = Tastenkürzel: M für Mikrofon, V für Kamera
devices-done = Fertig
devices-level = Mikrofonpegel
devices-preview = Ihre Kamera

dialog-leave-title = Jetzt verlassen?
dialog-leave-guest = { $host ->
    [unnamed-host] { -your-host(capital: "yes") }
   *[named] { $host }
} bleibt da. Sie können zurückkommen, solange { -the-consultation } dauert.
dialog-leave-waiting = Sie geben Ihren Platz im Warteraum auf. Mit demselben Link können Sie zurückkommen.
dialog-leave-host = { -the-consultation(capital: "yes") } geht ohne Sie weiter, und Sie können zurückkommen. Zum Abschließen beenden Sie für alle.
dialog-end-title = Für alle beenden?
dialog-end-explanation = { -the-consultation(capital: "yes") } wird endgültig geschlossen, für alle.
dialog-expel-title = { $name } entfernen?
dialog-expel-explanation = Das gilt sofort, und alle bisherigen Links dieser Person werden ungültig. Einen neuen Link für { $name } erstellen Sie auf der Seite des Termins.
dialog-expel-keep = Bleiben lassen
dialog-remain = Bleiben
dialog-leave = Verlassen
dialog-end = Für alle beenden

ended-title = { -your-consultation(capital: "yes") } ist beendet
ended-guest = Danke, dass Sie da waren. Sie können diese Seite schließen. Bei Fragen wenden Sie sich an { $practice }.
ended-host = Die Zeiten sind beim Termin gespeichert.
ended-unanswered = Auf die Frage, ob noch jemand da ist, kam keine Antwort. Daher wurde es beendet.
ended-never-started = Vor dem Beginn geschlossen.
ended-started = Begonnen
ended-end = Beendet
ended-lasted = Dauer
ended-back-to-day = Zurück zu Ihrem Tag
ended-left = Sie haben den Raum verlassen
ended-left-guest = { -the-consultation(capital: "yes") } läuft vielleicht noch. Sie können wieder hineingehen.
ended-left-waiting = Ihr Platz im Warteraum ist wieder frei. Kommen Sie zurück, wenn Sie bereit sind.
ended-left-host = { -the-consultation(capital: "yes") } geht weiter. Sie können wieder hineingehen oder für alle beenden.
ended-go-back = Wieder hineingehen
ended-declined = Jetzt gerade nicht
ended-declined-hint = { $host ->
    [unnamed-host] { -your-host(capital: "yes") }
   *[named] { $host }
} kann Sie im Moment nicht hereinlassen. Wenn das ein Irrtum ist, wenden Sie sich an { $practice }.
ended-ask-again = Noch einmal anfragen
ended-replaced = Auf einem anderen Gerät fortgesetzt
ended-replaced-hint = Dieses Gerät ist nicht mehr im Gespräch. Kamera und Mikrofon sind hier aus. Waren das nicht Sie? Dann verwenden Sie dieses Gerät und geben { $host ->
    [unnamed-host] der Praxis
   *[named] { $host }
} Bescheid.
ended-replaced-hint-waiting = Ihr Platz im Warteraum ist jetzt dort. Waren das nicht Sie? Dann verwenden Sie dieses Gerät und geben { $host ->
    [unnamed-host] der Praxis
   *[named] { $host }
} Bescheid.
ended-replaced-hint-host = Dieses Gerät ist nicht mehr im Gespräch. Kamera und Mikrofon sind hier aus.
ended-use-here = Dieses Gerät verwenden
ended-failed = Wir konnten Sie nicht verbinden
ended-failed-hint = Ihr Platz bleibt erhalten. Prüfen Sie, ob Sie online sind. Manche Netze, zum Beispiel in Firmen, sperren Videogespräche. Oft helfen mobile Daten.
ended-try-again = Noch einmal versuchen
ended-reload = Seite neu laden
ended-link-gone = Dieser Link gilt nicht mehr
ended-link-gone-hint = Vielleicht hat Ihnen Ihre Praxis einen neueren geschickt. Bei Fragen wenden Sie sich an { $practice }.
ended-cancelled = Dieser Termin wurde abgesagt
ended-cancelled-hint = Wenn Sie das überrascht, wenden Sie sich an { $practice }.
ended-not-open = Dieser Raum ist nicht geöffnet
ended-contact = Bei Fragen wenden Sie sich an { $practice }.
ended-too-late = Dieser Termin ist vorbei
ended-too-late-hint = Der Raum ist geschlossen. Für einen neuen Termin wenden Sie sich an { $practice }.

# $what: "camera", "microphone" or "both"
device-blocked = { $what ->
    [camera] Kamera gesperrt
    [microphone] Mikrofon gesperrt
   *[both] Kamera und Mikrofon gesperrt
}
device-missing = { $what ->
    [camera] Keine Kamera gefunden
    [microphone] Kein Mikrofon gefunden
   *[both] Keine Kamera und kein Mikrofon gefunden
}
device-busy = { $what ->
    [camera] Kamera anderswo in Gebrauch
    [microphone] Mikrofon anderswo in Gebrauch
   *[both] Kamera und Mikrofon anderswo in Gebrauch
}
device-unavailable = { $what ->
    [camera] Kamera hier nicht verfügbar
    [microphone] Mikrofon hier nicht verfügbar
   *[both] Kamera und Mikrofon hier nicht verfügbar
}
device-stopped = { $what ->
    [camera] Ihre Kamera ist ausgefallen
    [microphone] Ihr Mikrofon ist ausgefallen
   *[both] Kamera und Mikrofon sind ausgefallen
}
device-silent = { $what ->
    [camera] Kamera antwortet nicht
    [microphone] Mikrofon antwortet nicht
   *[both] Kamera und Mikrofon antworten nicht
}
device-blocked-advice = Tippen Sie neben der Adresse auf das Schloss oder die Kamera, wählen Sie „Zulassen“ und versuchen Sie es noch einmal.
device-missing-advice = Schließen Sie das Gerät an oder schalten Sie es ein. Dann versuchen Sie es noch einmal.
device-busy-advice = Schließen Sie andere Programme und Tabs, die das Gerät verwenden könnten. Dann versuchen Sie es noch einmal.
device-unsuitable-advice = Wählen Sie unter „Geräte“ ein anderes. Dann versuchen Sie es noch einmal.
device-insecure-advice = Diese Seite braucht eine sichere Adresse, die mit https:// beginnt.
device-unsupported-advice = Öffnen Sie diese Seite in Safari, Chrome, Firefox oder Edge.
device-unknown-advice = Stecken Sie das Gerät aus und wieder ein, oder starten Sie den Browser neu. Dann versuchen Sie es noch einmal.
device-retry = Noch einmal versuchen
device-continue-without = Ohne weitermachen

request-refused = Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.
request-unreachable = Wir erreichen die Praxis gerade nicht. Prüfen Sie, ob Sie online sind. Wir versuchen es weiter.
request-media-blocked = { $paths ->
    [none] Wir erreichen die Praxis, aber Bild und Ton kommen nicht durch.
   *[tried] Wir erreichen die Praxis, aber Bild und Ton kommen in diesem Netz nicht durch: WebSocket geht, über { $paths } kommt keine Antwort.
} Ein anderes Netz, etwa mobile Daten, hilft oft.
stream-down = Verbindung zur Praxis unterbrochen. Verbindet neu… Prüfen Sie, ob Sie online sind.
stream-down-host = Verbindung unterbrochen: Sie sehen nicht, wer ankommt. Verbindet neu…
stream-superseded = Sie haben diese Seite in mehreren Fenstern geöffnet. Dieses wird nur alle paar Sekunden aktualisiert. Sie können es schließen.
logged-out = Sie wurden abgemeldet. Das Gespräch geht weiter.
log-in-again = Neu anmelden
close = Schließen

notification-starting = { -your-consultation(capital: "yes") } beginnt
notification-join-now = Jetzt teilnehmen
notification-waiting = { -your-guest(capital: "yes") } wartet
notification-open = Warteraum öffnen
notification-still-there = Noch da?
notification-ends-soon = Ohne Antwort endet das Gespräch bald.
notification-ask = Benachrichtigen
notification-on = Benachrichtigungen sind an

tab-page = { -your-consultation(capital: "yes") }, { $time } · { $practice }
tab-waiting = ({ $count }) wartet jetzt
tab-in-call = Im Gespräch
tab-starting = Geht gleich los
tab-still-there = Noch da?
tab-your-turn = Sie sind im Warteraum

reader-joined = { $name } ist beigetreten
reader-left = { $name } ist gegangen
reader-guest-waiting = { $name } wartet
reader-muted = Mikrofon aus
reader-unmuted = Mikrofon an
reader-camera-off = Kamera aus
reader-camera-on = Kamera an
reader-back = Wieder verbunden
reader-back-of = { $name } ist wieder verbunden
reader-shares = { $name } teilt den Bildschirm

# Lengths of time
time-seconds = { $seconds ->
    [one] 1 Sekunde
   *[other] { $seconds } Sekunden
}
time-minutes = { $minutes ->
    [one] 1 Minute
   *[other] { $minutes } Minuten
}
time-hours = { $hours } h
time-hours-minutes = { $hours } h { $minutes } min
time-days = { $days ->
    [one] 1 Tag
   *[other] { $days } Tagen
}
time-days-hours = { $days ->
    [one] 1 Tag { $hours } h
   *[other] { $days } Tagen { $hours } h
}
