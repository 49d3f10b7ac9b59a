# The nouns of any trade. Every pack has the same terms.
# $capital: "yes" at the beginning of a sentence and alone on a label.

-host = { $capital ->
    [yes] Host
   *[no] host
}
-a-host = { $capital ->
    [yes] A host
   *[no] a host
}
-guest = { $capital ->
    [yes] Guest
   *[no] guest
}
-guests = guests
-consultation = { $capital ->
    [yes] Consultation
   *[no] consultation
}
