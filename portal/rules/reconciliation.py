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
# https://docs.stripe.com/api/disputes/object#dispute_object-status; with any other word, known or not, no money waits.
_UNDECIDED = frozenset({"warning_needs_response", "warning_under_review", "needs_response", "under_review"})
_HELD = "held:"


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


def nothing_held(dispute: str, status: str, *, currency: str, payment: str) -> Expected | None:
    """Money is held apart for a dispute only while Stripe says that it is undecided."""
    if status in _UNDECIDED:
        return None
    return Expected(f"{_HELD}{dispute}", None, "dispute", f"dispute {dispute}", currency, payment)


def still_held(dispute: str, transactions: Iterable[str], held: Mapping[str, int]) -> dict[str, int]:
    """What of the dispute's money is held apart, as `nothing_held` looks for it; empty where there is none.

    `held` is what each movement put there, by its source; `transactions` are the dispute's own.
    """
    own = {f"stripe:{each}" for each in transactions}
    verdicts = (f"stripe:{dispute}/lost/", f"stripe:{dispute}/reinstated/")
    cents = sum(amount for source, amount in held.items() if source in own or source.startswith(verdicts))
    return {f"{_HELD}{dispute}": cents} if cents else {}


def object_of(source: str) -> str:
    """The source without how often a dispute was decided: what Stripe must have for it to be right."""
    return source.partition("/lost/")[0].partition("/reinstated/")[0]


def subject_of(source: str, charge_id: str, *, is_held: bool) -> tuple[Kind, str]:
    """What a posted movement of a Stripe payment is about, in the words of a break."""
    start, _, rest = object_of(source).partition(":")
    stripe_id = rest.removesuffix("/failed")
    if start == "fee":
        return "fee", f"fee {stripe_id}"
    if stripe_id == charge_id:
        return "payment", f"payment {stripe_id}"
    if not is_held:
        return "refund", f"refund {stripe_id}"
    # A dispute's own movement is named after its balance transaction, its verdict after the dispute.
    return "dispute", f"dispute {stripe_id}" if object_of(source) != source else f"dispute booking {stripe_id}"


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
            ours=_ours(each, posted.get(each.source)),
            theirs="nothing" if each.amount_cents is None else words(each.amount_cents, each.currency),
        )
        for each in differences
    ]


def made(kind: Kind, subject: str, *, ours: str, theirs: str) -> Break:
    """A break with the repair of its kind."""
    return Break(kind, subject, ours, theirs, _REPAIRS[kind])


def words(cents: int, currency: str) -> str:
    """An amount as a break tells it: `981.60 USD`."""
    return f"{plain(cents, currency)} {currency.upper()}"


def _ours(expected: Expected, cents: int | None) -> str:
    if cents is None:
        return "nothing posted"
    return words(cents, expected.currency) + (" held" if expected.source.startswith(_HELD) else "")
