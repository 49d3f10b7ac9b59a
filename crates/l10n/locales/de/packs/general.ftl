# The nouns of any trade. Every pack has the same terms.
# $case: "dative" or "accusative", otherwise nominative. $capital: "yes" at the beginning of a sentence.

-host = Ansprechperson
-a-host = { $capital ->
    [yes] { $case ->
        [dative] Einer Ansprechperson
       *[nominative] Eine Ansprechperson
    }
   *[no] { $case ->
        [dative] einer Ansprechperson
       *[nominative] eine Ansprechperson
    }
}
-your-host = { $case ->
    [dative] Ihrer Ansprechperson
   *[nominative] Ihre Ansprechperson
}
-guest = Gast
-guests = Gäste
-your-guest = { $case ->
    [dative] Ihrem Gast
    [accusative] Ihren Gast
   *[nominative] Ihr Gast
}
-the-guest = { $capital ->
    [yes] { $case ->
        [dative] Dem Gast
        [accusative] Den Gast
       *[nominative] Der Gast
    }
   *[no] { $case ->
        [dative] dem Gast
        [accusative] den Gast
       *[nominative] der Gast
    }
}
-consultation = Gespräch
-your-consultation = { $case ->
    [dative] Ihrem Gespräch
   *[nominative] Ihr Gespräch
}
-the-consultation = { $capital ->
    [yes] { $case ->
        [dative] Dem Gespräch
       *[nominative] Das Gespräch
    }
   *[no] { $case ->
        [dative] dem Gespräch
       *[nominative] das Gespräch
    }
}
-this-consultation = { $capital ->
    [yes] { $case ->
        [dative] Diesem Gespräch
       *[nominative] Dieses Gespräch
    }
   *[no] { $case ->
        [dative] diesem Gespräch
       *[nominative] dieses Gespräch
    }
}
