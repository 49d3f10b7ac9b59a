# Psychologists and therapists.

-host = { $capital ->
    [yes] Therapist
   *[no] therapist
}
-a-host = { $capital ->
    [yes] A therapist
   *[no] a therapist
}
-guest = { $capital ->
    [yes] Client
   *[no] client
}
-guests = clients
-consultation = { $capital ->
    [yes] Session
   *[no] session
}
