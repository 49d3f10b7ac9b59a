# Doctors.

-host = { $capital ->
    [yes] Doctor
   *[no] doctor
}
-a-host = { $capital ->
    [yes] A doctor
   *[no] a doctor
}
-guest = { $capital ->
    [yes] Patient
   *[no] patient
}
-guests = patients
-consultation = { $capital ->
    [yes] Consultation
   *[no] consultation
}
