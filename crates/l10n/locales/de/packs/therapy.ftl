# Psychologists and therapists.

-host = Therapeutin oder Therapeut
-a-host = { $capital ->
    [yes] { $case ->
        [dative] Einer Therapeutin oder einem Therapeuten
        [accusative] Eine Therapeutin oder einen Therapeuten
       *[nominative] Eine Therapeutin oder ein Therapeut
    }
   *[no] { $case ->
        [dative] einer Therapeutin oder einem Therapeuten
        [accusative] eine Therapeutin oder einen Therapeuten
       *[nominative] eine Therapeutin oder ein Therapeut
    }
}
-your-host = { $case ->
    [dative] Ihrer Therapeutin oder Ihrem Therapeuten
    [accusative] Ihre Therapeutin oder Ihren Therapeuten
   *[nominative] Ihre Therapeutin oder Ihr Therapeut
}
-guest = Klientin oder Klient
-guests = Klientinnen und Klienten
-your-guest = { $case ->
    [dative] Ihrer Klientin oder Ihrem Klienten
    [accusative] Ihre Klientin oder Ihren Klienten
   *[nominative] Ihre Klientin oder Ihr Klient
}
-the-guest = { $capital ->
    [yes] { $case ->
        [dative] Der Klientin oder dem Klienten
        [accusative] Die Klientin oder den Klienten
       *[nominative] Die Klientin oder der Klient
    }
   *[no] { $case ->
        [dative] der Klientin oder dem Klienten
        [accusative] die Klientin oder den Klienten
       *[nominative] die Klientin oder der Klient
    }
}
-consultation = Sitzung
-your-consultation = { $case ->
    [dative] Ihrer Sitzung
   *[nominative] Ihre Sitzung
}
-the-consultation = { $capital ->
    [yes] { $case ->
        [dative] Der Sitzung
       *[nominative] Die Sitzung
    }
   *[no] { $case ->
        [dative] der Sitzung
       *[nominative] die Sitzung
    }
}
-this-consultation = { $capital ->
    [yes] { $case ->
        [dative] Dieser Sitzung
       *[nominative] Diese Sitzung
    }
   *[no] { $case ->
        [dative] dieser Sitzung
       *[nominative] diese Sitzung
    }
}
