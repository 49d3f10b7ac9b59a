# Dates, times of day and lengths. $date, $time and $weekday already have the form of the language.

date-and-time = { $date }, { $time } Uhr
time-and-zone = { $time } Uhr ({ $zone })
date-and-time-in-zone = { $date }, { $time } Uhr ({ $zone })
weekday-and-date = { $weekday }, { $date }
short-date-and-time = { $date }, { $time } Uhr
unknown-zone = UTC, unbekannte Zeitzone { $zone }
zone-of-place = Ortszeit { $place }

length-minutes = { $minutes ->
    [one] 1 Minute
   *[other] { $minutes } Minuten
}
length-hours = { $hours ->
    [one] 1 Stunde
   *[other] { $hours } Stunden
}
length-both = { $hours } { $minutes }

duration-seconds = { $seconds } s
duration-minutes = { $minutes } min
duration-minutes-seconds = { $minutes } min { $seconds } s
duration-hours-minutes = { $hours } h { $minutes } min
waiting-just-now = gerade eben

# Regions of the list of time zones
region-europe = Europa
region-africa = Afrika
region-america = Amerika
region-asia = Asien
region-australia = Australien
region-pacific = Pazifik
region-atlantic = Atlantik
region-indian = Indischer Ozean
region-antarctica = Antarktis
region-arctic = Arktis
region-universal = Weltzeit
