"""Finding what a move names: by its place among what there is, so that a step can be left out without harm."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import select

from e2e.machine.town import Town
from e2e.stripe.state import Wire
from portal.actions import policies, statements
from portal.records import attempts as attempt_records
from portal.records import charges, ledger
from portal.records.attempts import AttemptRow
from portal.records.charges import ChargeRow
from portal.records.ledger import PaymentRow
from portal.records.tables import attempts, payments

Thing = TypeVar("Thing")
SESSION = "checkout.session"


def where(things: Sequence[Thing], place: int) -> Thing:
    """The place counts from 1, and round again where there are fewer."""
    return things[(place - 1) % len(things)]


def newest(things: Sequence[Thing], place: int, fits: Callable[[Thing], bool] = bool) -> Thing | None:
    """The newest that fits is 1, the one before it 2, and round again; None where none fits."""
    found = [each for each in reversed(things) if fits(each)]
    return where(found, place) if found else None


def attempts_of(town: Town, account_id: int) -> Sequence[AttemptRow]:
    """Oldest first."""
    with town.resources.reading() as session:
        asked = select(attempts.c.id).where(attempts.c.account_id == account_id).order_by(attempts.c.id)
        return [attempt_records.by_id(session, found) for found in session.execute(asked).scalars().all()]


def open_charges(town: Town, account_id: int) -> Sequence[ChargeRow]:
    """What is open of the account today, oldest due first."""
    with town.resources.reading() as session:
        today = policies.load(session, now=town.clock.now()).today
        return charges.open_on(session, account_id, today)


def payable_cents(town: Town, account_id: int) -> int:
    """What could be paid now, without any discount."""
    with town.resources.reading() as session:
        policy = policies.load(session, now=town.clock.now())
        account = next(each for each in town.accounts if each.id == account_id)
        standing = statements.load(session, account, on=policy.today, policy=policy)
    return sum(item.payable_cents for item in standing.items)


def charges_paid(town: Town, kind: str) -> list[Wire]:
    """Stripe's charges that succeeded, oldest first; `kind` is card, bank or any."""
    return [
        each for each in town.world.all("charge") if each["status"] == "succeeded" and kind in ("any", _kind_of(each))
    ]


def posted_payments(town: Town) -> Sequence[PaymentRow]:
    """The house's payments, oldest first."""
    with town.resources.reading() as session:
        ids = session.execute(select(payments.c.id).order_by(payments.c.id)).scalars().all()
        return [ledger.payment_by_id(session, found) for found in ids]


def _kind_of(charge: Wire) -> str:
    return "card" if charge["payment_method_details"]["type"] == "card" else "bank"
