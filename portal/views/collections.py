"""Charges of saved methods on pages: what is announced, and one that its customer is asked to confirm."""

from collections.abc import Sequence
from datetime import date

from portal.actions.collection_confirming import Asked
from portal.actions.collection_facts import CollectionFacts
from portal.records.collections import CollectionRow
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


def announced(found: Sequence[CollectionFacts], words: Words, *, base: str) -> list[dict[str, str]]:
    """What is about to be charged: day, amount, with what, and for what, with its address."""
    return [
        {
            "date": words.date(_day(facts.row, words)),
            "amount": words.money(facts.row.noticed_cents),
            "method": called(facts.method, words),
            "what": what_for(facts, words),
            "href": f"{base}/plans/{facts.plan.public_id}" if facts.plan
            else f"{base}/invoices/{facts.charge.public_id}" if facts.charge
            else base,
        }
        for facts in found
    ]  # fmt: skip


def automatic(following: CollectionRow | None, words: Words) -> str:
    """That automatic payments are on, and what is charged next if that is announced. With what is not said: who has
    only the link may read it."""
    on = words.text("Automatic payments are on.")
    if following is None:
        return on
    announced = words.text(
        "The next charge is up to %(amount)s on %(date)s.",
        amount=words.money(following.noticed_cents),
        date=words.date(_day(following, words)),
    )
    return f"{on} {announced}"


def _day(row: CollectionRow, words: Words) -> date:
    """When it is charged: what has piled up is charged today."""
    return max(row.next_on, words.today)


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
