# Pages without login: logging in, setting the practice up. Parts of forms that staff pages use too.

login-title = Anmelden
login-email = E-Mail
login-password = Passwort
login-submit = Anmelden
login-for-guests = Sie haben einen Termin? Dann brauchen Sie kein Konto: Öffnen Sie den Link in Ihrer Nachricht.

form-optional = freiwillig
form-please-choose = Bitte wählen
form-nothing-saved = { $count ->
    [one] Es wurde noch nichts gespeichert. Bitte sehen Sie ein Feld noch einmal an.
   *[other] Es wurde noch nichts gespeichert. Bitte sehen Sie { $count } Felder noch einmal an.
}

setup-title = Praxis einrichten
setup-welcome = Willkommen. Richten wir Ihre Praxis ein.
setup-lead = Ein paar Angaben, dann können Sie den ersten Termin eintragen.
setup-your-practice = Ihre Praxis
setup-practice-name = Name der Praxis
setup-practice-name-hint = So, wie Ihre { -guests } ihn lesen.
setup-how-you-speak = Ihre Wortwahl
setup-how-you-speak-hint = Seiten und Nachrichten verwenden diese Wörter. Sie können das später ändern.
setup-language = Sprache
setup-language-hint = Für Nachrichten, und für Seiten, wenn ein Browser keine unserer Sprachen verlangt.
setup-zone = Zeitzone
setup-you = Sie
setup-you-hint = Sie verwalten die Praxis. Andere können Sie danach hinzufügen.
setup-your-name = Ihr Name
setup-email = E-Mail
setup-password = Passwort
setup-password-hint = Gut sind drei oder vier Wörter, die nichts miteinander zu tun haben.
setup-submit = Praxis einrichten

pack-general = Jedes Gewerbe
pack-beauty = Schönheit und Stil
pack-therapy = Therapie und Beratung
pack-clinic = Medizin
# The nouns of the pack, as an example of it.
pack-nouns = { -host }, { -guest }, { -consultation }
