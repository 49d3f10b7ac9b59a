//! Every route of the API, and which scope of an API key it takes.

/// API keys with one scope each.
pub(super) const SCOPES: [&str; 4] = ["booking", "record", "media", "metrics"];

/// The same for them. No key manages keys or accounts.
#[rustfmt::skip]
pub(super) const TABLE_OF_SCOPES: &[(&str, &str, &str)] = &[
    //                                                        b r m x
    ("GET",    "/metrics",                                   "f f f y"),
    ("GET",    "/api/v1/account",                            "f f f f"),
    ("POST",   "/api/v1/account/password",                   "f f f f"),
    ("POST",   "/api/v1/account/language",                   "f f f f"),
    ("GET",    "/api/v1/account/sessions",                   "f f f f"),
    ("DELETE", "/api/v1/account/sessions",                   "f f f f"),
    ("DELETE", "/api/v1/account/sessions/{id}",              "f f f f"),
    ("GET",    "/api/v1/practice",                           "y y f f"),
    ("GET",    "/api/v1/users",                              "y y f f"),
    ("POST",   "/api/v1/users",                              "y f f f"),
    ("POST",   "/api/v1/users/{id}/role",                    "f f f f"),
    ("POST",   "/api/v1/users/{id}/deactivation",            "f f f f"),
    ("DELETE", "/api/v1/users/{id}/deactivation",            "f f f f"),
    ("POST",   "/api/v1/users/{id}/handover",                "f f f f"),
    ("POST",   "/api/v1/users/{id}/password-links",          "f f f f"),
    ("DELETE", "/api/v1/users/{id}/sessions",                "f f f f"),
    ("GET",    "/api/v1/keys",                               "f f f f"),
    ("POST",   "/api/v1/keys",                               "f f f f"),
    ("DELETE", "/api/v1/keys/{id}",                          "f f f f"),
    ("GET",    "/api/v1/appointments",                       "y y f f"),
    ("POST",   "/api/v1/appointments",                       "y f f f"),
    ("GET",    "/api/v1/appointments/{id}",                  "y y f f"),
    ("POST",   "/api/v1/appointments/{id}/confirmation",     "y f f f"),
    ("POST",   "/api/v1/appointments/{id}/cancellation",     "y f f f"),
    ("PUT",    "/api/v1/appointments/{id}/outcome",          "r f f f"),
    ("POST",   "/api/v1/appointments/{id}/host",             "f f f f"),
    ("POST",   "/api/v1/appointments/{id}/invitations",      "y f f f"),
    ("GET",    "/api/v1/appointments/{id}/messages",         "y y f f"),
    ("GET",    "/api/v1/consultations/{id}/state",           "f y y f"),
    ("GET",    "/api/v1/consultations/{id}/live",            "f y y f"),
    ("POST",   "/api/v1/consultations/{id}/entry",           "f f f f"),
    ("DELETE", "/api/v1/consultations/{id}/entry",           "f f f f"),
    ("POST",   "/api/v1/consultations/{id}/opening",         "f f y f"),
    ("POST",   "/api/v1/consultations/{id}/admissions",      "f f r f"),
    ("POST",   "/api/v1/consultations/{id}/refusals",        "f f r f"),
    ("POST",   "/api/v1/consultations/{id}/expulsions",      "f f y f"),
    ("POST",   "/api/v1/consultations/{id}/still-there",     "f f r f"),
    ("POST",   "/api/v1/consultations/{id}/closure",         "f f r f"),
    ("POST",   "/api/v1/consultations/{id}/tickets",         "f f r f"),
];

/// Public, or with another credential than a scope.
pub(super) const WITHOUT_SCOPE: [&str; 4] =
    ["/api/v1/openapi.json", "/api/v1/sessions", "/api/v1/password-links", "/api/v1/consultations/{id}/presence"];
