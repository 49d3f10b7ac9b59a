//! Every route, and which actor may use it.

/// The columns of the table, in order. `stranger` has no credentials, `other` is the guest of another appointment, `key`
/// has an API key.
pub(super) const ACTORS: [&str; 7] = ["stranger", "guest", "other", "host", "colleague", "admin", "key"];

/// For a confirmed appointment inside its join window. One letter per actor: `y` allowed, `l` redirected to login or 401,
/// `h` 404, `f` 403, `r` refused by a rule (409), `-` not applicable.
#[rustfmt::skip]
pub(super) const TABLE: &[(&str, &str, &str)] = &[
    //                                                        s g o h c a k
    ("GET",    "/",                                          "l l l y y y l"),
    ("GET",    "/setup",                                     "l l l l l l l"),
    ("POST",   "/setup",                                     "l l l l l l l"),
    ("GET",    "/login",                                     "y y y y y y y"),
    ("POST",   "/login",                                     "l l l l l l l"),
    ("POST",   "/logout",                                    "l l l l l l l"),
    ("GET",    "/day",                                       "l l l y y y l"),
    ("GET",    "/day/live",                                  "l l l y y y l"),
    ("GET",    "/appointments/new",                          "l l l y y y l"),
    ("POST",   "/appointments",                              "l l l y y y l"),
    ("GET",    "/appointments/{id}",                         "l l l y h y l"),
    ("POST",   "/appointments/{id}/confirmation",            "l l l y h y l"),
    ("POST",   "/appointments/{id}/cancellation",            "l l l y h y l"),
    ("POST",   "/appointments/{id}/outcome",                 "l l l r h r l"),
    ("POST",   "/appointments/{id}/host",                    "l l l f f y l"),
    ("POST",   "/appointments/{id}/invitations",             "l l l y h y l"),
    ("GET",    "/password/{secret}",                         "y y y y y y y"), // the link is the credential
    ("POST",   "/password/{secret}",                         "y y y y y y y"),
    ("GET",    "/account",                                   "l l l y y y l"),
    ("POST",   "/account/password",                          "l l l y y y l"),
    ("POST",   "/account/language",                          "l l l y y y l"),
    ("POST",   "/account/sessions/revocation",               "l l l y y y l"),
    ("POST",   "/account/sessions/{id}/revocation",          "l l l y y y l"),
    ("GET",    "/staff",                                     "l l l f f y l"),
    ("POST",   "/staff",                                     "l l l f f y l"),
    ("GET",    "/staff/{id}",                                "l l l f f y l"),
    ("POST",   "/staff/{id}/role",                           "l l l f f y l"),
    ("POST",   "/staff/{id}/deactivation",                   "l l l f f y l"),
    ("POST",   "/staff/{id}/reactivation",                   "l l l f f y l"),
    ("POST",   "/staff/{id}/handover",                       "l l l f f y l"),
    ("POST",   "/staff/{id}/password-links",                 "l l l f f y l"),
    ("POST",   "/staff/{id}/sessions/revocation",            "l l l f f y l"),
    ("GET",    "/keys",                                      "l l l f f y l"),
    ("POST",   "/keys",                                      "l l l f f y l"),
    ("POST",   "/keys/{id}/revocation",                      "l l l f f y l"),
    ("GET",    "/practice",                                  "l l l f f y l"),
    ("POST",   "/practice",                                  "l l l f f y l"),
    ("GET",    "/healthz",                                   "y y y y y y y"),
    ("GET",    "/metrics",                                   "l l l l l l y"),
    ("GET",    "/favicon.svg",                               "y y y y y y y"),
    ("GET",    "/favicon.ico",                               "y y y y y y y"),
    ("GET",    "/assets/{*file}",                            "h h h h h h h"), // a missing file; files are public

    // The personal link is the only credential; actors without one use a wrong one.
    ("GET",    "/join/{secret}",                             "h y - y - - -"),
    ("GET",    "/join/{secret}/state",                       "h y - y - - -"),
    ("GET",    "/join/{secret}/live",                        "h y - y - - -"),
    ("POST",   "/join/{secret}/presence",                    "h h - h - - -"), // needs the token of an open stream
    ("POST",   "/join/{secret}/entry",                       "h y - f - - -"),
    ("DELETE", "/join/{secret}/entry",                       "h y - f - - -"),
    ("POST",   "/join/{secret}/opening",                     "h f - y - - -"),
    ("POST",   "/join/{secret}/admissions",                  "h f - r - - -"),
    ("POST",   "/join/{secret}/refusals",                    "h f - r - - -"),
    ("POST",   "/join/{secret}/expulsions",                  "h f - y - - -"),
    ("POST",   "/join/{secret}/still-there",                 "h r - r - - -"),
    ("POST",   "/join/{secret}/closure",                     "h f - r - - -"),
    ("POST",   "/join/{secret}/tickets",                     "h r - r - - -"),

    // The host's page. An administrator does not take part in other hosts' consultations.
    ("GET",    "/appointments/{id}/consultation",            "l l l y h h l"),
    ("GET",    "/appointments/{id}/consultation/state",      "l l l y h h l"),
    ("GET",    "/appointments/{id}/consultation/live",       "l l l y h h l"),
    ("POST",   "/appointments/{id}/consultation/presence",   "h h h h h h h"), // needs the token of an open stream
    ("POST",   "/appointments/{id}/consultation/entry",      "l l l f h h l"),
    ("DELETE", "/appointments/{id}/consultation/entry",      "l l l f h h l"),
    ("POST",   "/appointments/{id}/consultation/opening",    "l l l y h h l"),
    ("POST",   "/appointments/{id}/consultation/admissions", "l l l r h h l"),
    ("POST",   "/appointments/{id}/consultation/refusals",   "l l l r h h l"),
    ("POST",   "/appointments/{id}/consultation/expulsions", "l l l y h h l"),
    ("POST",   "/appointments/{id}/consultation/still-there", "l l l r h h l"),
    ("POST",   "/appointments/{id}/consultation/closure",    "l l l r h h l"),
    ("POST",   "/appointments/{id}/consultation/tickets",    "l l l r h h l"),

    // The API. A guest's token is the secret of their link: valid for their consultation only.
    ("GET",    "/api/v1/openapi.json",                       "y y y y y y y"),
    ("POST",   "/api/v1/sessions",                           "l l l l l l l"),
    ("DELETE", "/api/v1/sessions",                           "l y y y y y y"),
    ("GET",    "/api/v1/account",                            "l f f y y y f"),
    ("POST",   "/api/v1/account/password",                   "l f f y y y f"),
    ("POST",   "/api/v1/account/language",                   "l f f y y y f"),
    ("GET",    "/api/v1/account/sessions",                   "l f f y y y f"),
    ("DELETE", "/api/v1/account/sessions",                   "l f f y y y f"),
    ("DELETE", "/api/v1/account/sessions/{id}",              "l f f y y y f"),
    ("GET",    "/api/v1/practice",                           "l f f y y y y"),
    ("GET",    "/api/v1/users",                              "l f f y y y y"),
    ("POST",   "/api/v1/users",                              "l f f f f y y"),
    ("POST",   "/api/v1/users/{id}/role",                    "l f f f f y f"), // nor accounts
    ("POST",   "/api/v1/users/{id}/deactivation",            "l f f f f y f"),
    ("DELETE", "/api/v1/users/{id}/deactivation",            "l f f f f y f"),
    ("POST",   "/api/v1/users/{id}/handover",                "l f f f f y f"),
    ("POST",   "/api/v1/users/{id}/password-links",          "l f f f f y f"),
    ("POST",   "/api/v1/password-links",                     "y y y y y y y"), // the link is the credential
    ("DELETE", "/api/v1/users/{id}/sessions",                "l f f f f y f"),
    ("GET",    "/api/v1/keys",                               "l f f f f y f"), // no key manages keys
    ("POST",   "/api/v1/keys",                               "l f f f f y f"),
    ("DELETE", "/api/v1/keys/{id}",                          "l f f f f y f"),
    ("GET",    "/api/v1/appointments",                       "l f f y y y y"),
    ("POST",   "/api/v1/appointments",                       "l f f y y y y"),
    ("GET",    "/api/v1/appointments/{id}",                  "l f f y h y y"),
    ("POST",   "/api/v1/appointments/{id}/confirmation",     "l f f y h y y"),
    ("POST",   "/api/v1/appointments/{id}/cancellation",     "l f f y h y y"),
    ("PUT",    "/api/v1/appointments/{id}/outcome",          "l f f r h r r"),
    ("POST",   "/api/v1/appointments/{id}/host",             "l f f f f y f"), // nor who holds an appointment
    ("POST",   "/api/v1/appointments/{id}/invitations",      "l f f y h y y"),
    ("GET",    "/api/v1/appointments/{id}/messages",         "l f f y h y y"),
    ("GET",    "/api/v1/consultations/{id}/state",           "l y h y h h y"),
    ("GET",    "/api/v1/consultations/{id}/live",            "l y h y h h y"),
    ("POST",   "/api/v1/consultations/{id}/presence",        "h h h h h h h"), // needs the token of an open stream
    ("POST",   "/api/v1/consultations/{id}/entry",           "l y h f h h f"),
    ("DELETE", "/api/v1/consultations/{id}/entry",           "l y h f h h f"),
    ("POST",   "/api/v1/consultations/{id}/opening",         "l f h y h h y"),
    ("POST",   "/api/v1/consultations/{id}/admissions",      "l f h r h h r"),
    ("POST",   "/api/v1/consultations/{id}/refusals",        "l f h r h h r"),
    ("POST",   "/api/v1/consultations/{id}/expulsions",      "l f h y h h y"),
    ("POST",   "/api/v1/consultations/{id}/still-there",     "l r h r h h r"),
    ("POST",   "/api/v1/consultations/{id}/closure",         "l f h r h h r"),
    ("POST",   "/api/v1/consultations/{id}/tickets",         "l r h r h h r"),
];
