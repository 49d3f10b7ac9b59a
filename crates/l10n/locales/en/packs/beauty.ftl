# Make-up artists and stylists.

-host = { $capital ->
    [yes] Artist
   *[no] artist
}
-a-host = { $capital ->
    [yes] An artist
   *[no] an artist
}
-guest = { $capital ->
    [yes] Client
   *[no] client
}
-guests = clients
-consultation = { $capital ->
    [yes] Consultation
   *[no] consultation
}
