# Doctors.

-host = Ärztin oder Arzt
-a-host = { $capital ->
    [yes] { $case ->
        [dative] Einer Ärztin oder einem Arzt
        [accusative] Eine Ärztin oder einen Arzt
       *[nominative] Eine Ärztin oder ein Arzt
    }
   *[no] { $case ->
        [dative] einer Ärztin oder einem Arzt
        [accusative] eine Ärztin oder einen Arzt
       *[nominative] eine Ärztin oder ein Arzt
    }
}
-your-host = { $case ->
    [dative] Ihrer Ärztin oder Ihrem Arzt
    [accusative] Ihre Ärztin oder Ihren Arzt
   *[nominative] Ihre Ärztin oder Ihr Arzt
}
-guest = Patientin oder Patient
-your-guest = { $case ->
    [dative] Ihrer Patientin oder Ihrem Patienten
    [accusative] Ihre Patientin oder Ihren Patienten
   *[nominative] Ihre Patientin oder Ihr Patient
}
-the-guest = { $capital ->
    [yes] { $case ->
        [dative] Der Patientin oder dem Patienten
        [accusative] Die Patientin oder den Patienten
       *[nominative] Die Patientin oder der Patient
    }
   *[no] { $case ->
        [dative] der Patientin oder dem Patienten
        [accusative] die Patientin oder den Patienten
       *[nominative] die Patientin oder der Patient
    }
}
-consultation = Sprechstunde
-your-consultation = { $case ->
    [dative] Ihrer Sprechstunde
   *[nominative] Ihre Sprechstunde
}
-the-consultation = { $capital ->
    [yes] { $case ->
        [dative] Der Sprechstunde
       *[nominative] Die Sprechstunde
    }
   *[no] { $case ->
        [dative] der Sprechstunde
       *[nominative] die Sprechstunde
    }
}
-this-consultation = { $capital ->
    [yes] { $case ->
        [dative] Dieser Sprechstunde
       *[nominative] Diese Sprechstunde
    }
   *[no] { $case ->
        [dative] dieser Sprechstunde
       *[nominative] diese Sprechstunde
    }
}
