"""Letters to staff in words: what was done to an account, and what to do if it was not them."""

from collections.abc import Callable, Mapping

from portal.actions.staff_letters import StaffNews
from portal.templating import render_letter
from portal.views.letters import Draft, seller
from portal.wording import Words


def compose_to_staff(found: StaffNews) -> Draft:
    """The letter in words, to the address they log in with."""
    policy, act = found.policy, found.act
    words = policy.words(policy.currency)
    address = act.detail.get("address")
    facts = [
        (words.text("Account"), found.about),
        (words.text("When"), words.moment(act.at)),
        (words.text("From"), address if isinstance(address, str) else ""),
    ]
    context = {
        "seller": seller(policy),
        "customer": "",
        "title": _TITLES[act.action](words),
        "said": words.text("If that was meant, there is nothing to do."),
        "facts": [{"name": name, "value": value} for name, value in facts if value],
        "reopened": [],
        "breaks": [],
        "steps": [
            {
                "text": words.text(
                    "If it was not, change the password under “Your account”, log out everywhere else there, "
                    "and tell an owner, who can remove the account at once."
                ),
                "command": "",
            }
        ],
        "foot": words.text("Sent by your payment portal to the address that you log in with."),
    }
    return Draft(
        to_name=found.reader.name,
        to_email=found.reader.email,
        message_id=found.letter.message_id,
        reply_to="",
        words=render_letter("seller", context, policy.locale),
    )


_TITLES: Mapping[str, Callable[[Words], str]] = {
    "staff.added": lambda words: words.text("Somebody new can log in"),
    "staff.logged_in": lambda words: words.text("A log-in to your account"),
    "staff.password_changed": lambda words: words.text("Your password was changed"),
    "staff.codes_enrolled": lambda words: words.text("A phone was set up for the codes of your account"),
    "staff.recovery_codes_made": lambda words: words.text("New recovery codes were made for your account"),
    "staff.passkey_added": lambda words: words.text("A passkey was added to your account"),
    "staff.passkey_removed": lambda words: words.text("A passkey was removed from your account"),
    "staff.second_factor_reset": lambda words: words.text("A second factor was reset"),
}
