# What all wording packs share: English nouns have no case and no gender.

-your-host = { $capital ->
    [yes] Your
   *[no] your
} { -host }
-your-guest = { $capital ->
    [yes] Your
   *[no] your
} { -guest }
-the-guest = { $capital ->
    [yes] The
   *[no] the
} { -guest }
-your-consultation = { $capital ->
    [yes] Your
   *[no] your
} { -consultation }
-the-consultation = { $capital ->
    [yes] The
   *[no] the
} { -consultation }
-this-consultation = { $capital ->
    [yes] This
   *[no] this
} { -consultation }
