# Dates, times of day and lengths. $date, $time and $weekday are already in the form of the language.

date-and-time = { $date }, { $time }
time-and-zone = { $time } ({ $zone })
date-and-time-in-zone = { $date }, { $time } ({ $zone })
weekday-and-date = { $weekday } { $date }
short-date-and-time = { $date }, { $time }
unknown-zone = UTC, unknown zone { $zone }
# $place: the city of a time zone, such as "Berlin"
zone-of-place = { $place } time

length-minutes = { $minutes ->
    [one] 1 minute
   *[other] { $minutes } minutes
}
length-hours = { $hours ->
    [one] 1 hour
   *[other] { $hours } hours
}
length-both = { $hours } { $minutes }

duration-seconds = { $seconds } s
duration-minutes = { $minutes } min
duration-minutes-seconds = { $minutes } min { $seconds } s
duration-hours-minutes = { $hours } h { $minutes } min
waiting-just-now = just now

# Regions of the list of time zones
region-europe = Europe
region-africa = Africa
region-america = America
region-asia = Asia
region-australia = Australia
region-pacific = Pacific
region-atlantic = Atlantic
region-indian = Indian
region-antarctica = Antarctica
region-arctic = Arctic
region-universal = Universal
