"""A charge that the bank would not make without its customer, on the page from where they confirm it."""

from portal.actions.collection_confirming import Asked
from portal.views.collection_letters import what_for
from portal.views.declines import why_declined
from portal.views.methods import called
from portal.wording import Words


def asked(found: Asked, words: Words) -> dict[str, object]:
    """What is to be confirmed, or why nothing is any more."""
    facts = found.facts
    return {
        "amount": words.money(facts.last_cents),
        "what": what_for(facts, words),
        "method": called(facts.method, words),
        "due": words.date(facts.row.next_on),
        "is_waiting": found.attempt is not None,
        "story": "" if found.attempt is not None else _story(found, words),
    }


def _story(found: Asked, words: Words) -> str:
    row = found.facts.row
    if row.state == "done":
        return words.text("This is paid. There is nothing to confirm.")
    if row.state == "stopped":
        return words.text(
            "%(why)s It is not charged by itself any more: please pay it by hand.", why=why_declined(row.why, words)
        )
    if row.state == "trying":
        return words.text("This payment is under way. There is nothing to confirm.")
    return words.text("There is nothing to confirm. It is charged on %(date)s.", date=words.date(row.next_on))
