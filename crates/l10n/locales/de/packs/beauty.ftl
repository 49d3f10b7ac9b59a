# Make-up artists and stylists.

-host = Stylistin oder Stylist
-a-host = { $capital ->
    [yes] { $case ->
        [dative] Einer Stylistin oder einem Stylisten
        [accusative] Eine Stylistin oder einen Stylisten
       *[nominative] Eine Stylistin oder ein Stylist
    }
   *[no] { $case ->
        [dative] einer Stylistin oder einem Stylisten
        [accusative] eine Stylistin oder einen Stylisten
       *[nominative] eine Stylistin oder ein Stylist
    }
}
-your-host = { $case ->
    [dative] Ihrer Stylistin oder Ihrem Stylisten
    [accusative] Ihre Stylistin oder Ihren Stylisten
   *[nominative] Ihre Stylistin oder Ihr Stylist
}
-guest = Kundin oder Kunde
-guests = Kundinnen und Kunden
-your-guest = { $case ->
    [dative] Ihrer Kundin oder Ihrem Kunden
    [accusative] Ihre Kundin oder Ihren Kunden
   *[nominative] Ihre Kundin oder Ihr Kunde
}
-the-guest = { $capital ->
    [yes] { $case ->
        [dative] Der Kundin oder dem Kunden
        [accusative] Die Kundin oder den Kunden
       *[nominative] Die Kundin oder der Kunde
    }
   *[no] { $case ->
        [dative] der Kundin oder dem Kunden
        [accusative] die Kundin oder den Kunden
       *[nominative] die Kundin oder der Kunde
    }
}
-consultation = Beratung
-your-consultation = { $case ->
    [dative] Ihrer Beratung
   *[nominative] Ihre Beratung
}
-the-consultation = { $capital ->
    [yes] { $case ->
        [dative] Der Beratung
       *[nominative] Die Beratung
    }
   *[no] { $case ->
        [dative] der Beratung
       *[nominative] die Beratung
    }
}
-this-consultation = { $capital ->
    [yes] { $case ->
        [dative] Dieser Beratung
       *[nominative] Diese Beratung
    }
   *[no] { $case ->
        [dative] dieser Beratung
       *[nominative] diese Beratung
    }
}
