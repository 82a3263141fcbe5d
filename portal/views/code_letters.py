"""The letter with a code that confirms a browser. It opens nothing; mail servers log its subject, which has no code."""

from portal.actions.step_up import CodeLetter
from portal.rules.step_up import LASTS
from portal.templating import render_letter
from portal.views.letters import Draft, seller


def compose_code(found: CodeLetter) -> Draft:
    """The letter in words, to the contact's own address."""
    policy, letter = found.policy, found.letter
    context = {
        "seller": seller(policy),
        "customer": found.account.name,
        "name": found.contact.name,
        "code": found.code,
        "minutes": int(LASTS.total_seconds()) // 60,
    }
    return Draft(
        to_name=found.contact.name,
        to_email=found.contact.email,
        message_id=_message_id(letter.message_id, letter.tries),
        reply_to=policy.seller_email,
        words=render_letter("code", context, policy.locale),
    )


def _message_id(first: str, tries: int) -> str:
    """Sent again it has another code: a mailbox must not take it for the same letter."""
    return first if tries <= 1 else first.replace("<", f"<{tries}.", 1)
