"""What happens to a payment after it was received, from its movements: money that goes back, and that comes again."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal, NamedTuple

from portal.rules.ledger import LedgerAccount, Movement, unapplied_cents

Kind = Literal["refund", "refund_failed", "returned", "restored", "charged_again"]

_UNAPPLIED = LedgerAccount.UNAPPLIED
_OUT: dict[LedgerAccount, Kind] = {LedgerAccount.CLEARING: "refund", LedgerAccount.CHARGEBACKS_HELD: "returned"}


class Turn(NamedTuple):
    """One event: cents below zero left the payment, above zero came back to it. `source` is its movement's."""

    kind: Kind
    source: str
    cents: int
    on: date


def turns(movements: Iterable[Movement]) -> tuple[Turn, ...]:
    """The events of a payment, in the order of its movements; its receipt is none.

    received + the sum of the turns = what stands on charges + what is unapplied.
    """
    return tuple(
        Turn(kind, movement.source, unapplied_cents(movement), movement.effective_on)
        for movement in movements
        for kind in _kinds(movement)
    )


def _kinds(movement: Movement) -> Iterator[Kind]:
    """None or one."""
    if movement.debit is _UNAPPLIED and movement.credit is LedgerAccount.BANK:
        yield "returned" if movement.source.startswith("return:") else "refund"
    elif movement.debit is _UNAPPLIED and movement.credit in _OUT:
        yield _OUT[movement.credit]
    elif movement.credit is _UNAPPLIED and movement.debit is LedgerAccount.CHARGEBACKS_HELD:
        yield "restored"
    elif movement.credit is _UNAPPLIED and movement.source.endswith("/failed"):
        yield "refund_failed"
    elif movement.source.startswith("charge:"):
        yield "charged_again"
