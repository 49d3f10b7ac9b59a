# Pages without login: logging in, setting the practice up. Parts of forms that staff pages use too.

login-title = Log in
login-email = E-mail
login-password = Password
login-submit = Log in
login-for-guests = Here for an appointment? You need no account: open the link in your message.

form-optional = optional
form-please-choose = Please choose
form-nothing-saved = { $count ->
    [one] Nothing was saved yet. One field needs another look.
   *[other] Nothing was saved yet. { $count } fields need another look.
}

setup-title = Set up your practice
setup-welcome = Welcome. Let us set up your practice.
setup-lead = A few facts, then you can book the first appointment.
setup-your-practice = Your practice
setup-practice-name = Name of the practice
setup-practice-name-hint = As your { -guests } will read it.
setup-how-you-speak = How you speak
setup-how-you-speak-hint = Pages and messages use these words. You can change it later.
setup-language = Language
setup-language-hint = Messages are in it, and pages for people whose browser asks for no language of ours.
setup-zone = Time zone
setup-you = You
setup-you-hint = You will be the administrator. Others can be added afterwards.
setup-your-name = Your name
setup-email = E-mail
setup-password = Password
setup-password-hint = Three or four unrelated words work well.
setup-submit = Set up the practice

pack-general = Any trade
pack-beauty = Beauty and style
pack-therapy = Therapy and counselling
pack-clinic = Medicine
# The nouns of the pack, as an example of it.
pack-nouns = { -host(capital: "yes") }, { -guest }, { -consultation }
