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
-guests = Patientinnen und Patienten
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
-consultation = Termin
-your-consultation = { $case ->
    [dative] Ihrem Termin
    [accusative] Ihren Termin
   *[nominative] Ihr Termin
}
-the-consultation = { $capital ->
    [yes] { $case ->
        [dative] Dem Termin
        [accusative] Den Termin
       *[nominative] Der Termin
    }
   *[no] { $case ->
        [dative] dem Termin
        [accusative] den Termin
       *[nominative] der Termin
    }
}
-this-consultation = { $capital ->
    [yes] { $case ->
        [dative] Diesem Termin
        [accusative] Diesen Termin
       *[nominative] Dieser Termin
    }
   *[no] { $case ->
        [dative] diesem Termin
        [accusative] diesen Termin
       *[nominative] dieser Termin
    }
}
