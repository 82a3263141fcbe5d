"""Stripe against the ledger: what should be posted by Stripe's word, what is, and each difference by name.

Both sides are amounts by the source of a movement (money.md 2): `stripe:<charge>`, `fee:<balance transaction>` …
"""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from portal.rules.money import plain

Kind = Literal["payment", "currency", "unknown", "not_at_stripe", "refund", "dispute", "fee", "booking"]

_REPAIRS: Mapping[Kind, str] = {
    "payment": "Run portal reconcile again; if it stays, look at the payment in Stripe.",
    "currency": "Give the money back in Stripe: an account is in one currency only.",
    "unknown": "Find out in Stripe who made this payment; it names an attempt that this portal does not have.",
    "not_at_stripe": "Check that the key is of the same Stripe account as when the payment was made.",
    "refund": "Run portal reconcile again; if it stays, look at the refund in Stripe.",
    "dispute": "Run portal reconcile again; if it stays, look at the dispute in Stripe.",
    "fee": "Run portal reconcile again; if it stays, look at the balance transaction in Stripe.",
    "booking": "Ask Stripe's support: its books and the payment differ. Nothing here is changed for it.",
}


class Expected(NamedTuple):
    """By Stripe's word this source is posted over that amount; None: it is not to be posted, or no longer.

    `payment` is the intent that the repair reads again.
    """

    source: str
    amount_cents: int | None
    kind: Kind
    subject: str
    currency: str
    payment: str


class Break(NamedTuple):
    """A difference with both sides in words, and what to do about it."""

    kind: Kind
    subject: str
    ours: str
    theirs: str
    repair: str

    @property
    def key(self) -> str:
        """The same difference found again has the same key."""
        return f"{self.kind}:{self.subject}"


def differing(expected: Iterable[Expected], posted: Mapping[str, int]) -> list[Expected]:
    """What is not posted as Stripe says. A booking says what a source is worth where it is posted, not that it is."""
    return [
        each
        for each in expected
        if posted.get(each.source) != each.amount_cents and not (each.kind == "booking" and each.source not in posted)
    ]


def named(differences: Iterable[Expected], posted: Mapping[str, int]) -> list[Break]:
    """The differences as breaks."""
    return [
        made(
            each.kind,
            each.subject,
            ours=_words(posted.get(each.source), each.currency),
            theirs=_words(each.amount_cents, each.currency),
        )
        for each in differences
    ]


def made(kind: Kind, subject: str, *, ours: str, theirs: str) -> Break:
    """A break with the repair of its kind."""
    return Break(kind, subject, ours, theirs, _REPAIRS[kind])


def _words(cents: int | None, currency: str) -> str:
    return "nothing posted" if cents is None else f"{plain(cents, currency)} {currency.upper()}"
