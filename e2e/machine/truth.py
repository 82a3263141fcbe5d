"""Stripe's truth against the ledger, to the cent, once nothing is on its way any more."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, case, func, or_, select

from e2e.machine.finding import charges_paid
from e2e.machine.town import Town
from portal.records import Session
from portal.records.tables import attempts, collections, inbox, movements, payments

_UNDECIDED = ("needs_response", "under_review")
_MAY_WAIT = ("waiting", "confirming")


def unsettled(*columns: Any) -> Select[Any]:
    """Attempts that must come to their end by themselves: not what waits for its next try, or for its customer."""
    is_put_off = (attempts.c.state == "open") & attempts.c.collection_id.in_(
        select(collections.c.id).where(collections.c.state.in_(_MAY_WAIT))
    )
    begun = attempts.c.state.in_(("created", "open", "processing"))
    return select(*columns).where(begun, or_(attempts.c.collection_id.is_(None), ~is_put_off))


def differences(town: Town) -> list[str]:
    """Where the two do not agree, in sentences."""
    with town.resources.reading() as session:
        net = _net_by_source(session)
        return [
            *_left_over(session),
            *_payments(town, session),
            *_refunds(town, net),
            *_disputes(town, net),
            *_clearing(town, session),
            *_held(town, session),
            *_balances(town, session),
        ]


def _left_over(session: Session) -> Iterator[str]:
    asked = select(inbox.c.type, inbox.c.state, inbox.c.error).where(inbox.c.state.in_(("new", "dead")))
    for kind, state, error in session.execute(asked):
        yield f"an event {kind} is {state}: {error}"
    for attempt, state in session.execute(unsettled(attempts.c.public_id, attempts.c.state)):
        yield f"attempt {attempt} is still {state}"


def _payments(town: Town, session: Session) -> Iterator[str]:
    """Each of Stripe's payments is posted once, for what was received."""
    taken = {each["id"]: each["amount_captured"] for each in charges_paid(town, "any")}
    asked = select(payments.c.stripe_charge_id, payments.c.amount_cents).where(payments.c.method.in_(_STRIPES))
    posted = session.execute(asked).all()
    for charge_id, count in Counter(row[0] for row in posted).items():
        if charge_id not in taken or count > 1:
            yield f"{charge_id} is posted {count} times, and Stripe has it {int(charge_id in taken)} times"
    amounts: dict[str, int] = dict(posted)
    for charge_id, cents in taken.items():
        if amounts.get(charge_id) != cents:
            yield f"{charge_id}: {cents} were received, {amounts.get(charge_id)} are posted"


_STRIPES = ("card", "us_bank_account")


def _refunds(town: Town, net: Counter[str]) -> Iterator[str]:
    """What is live has left, what failed or was called off is back."""
    for refund in town.world.all("refund"):
        gone = net[f"stripe:{refund['id']}"] - net[f"stripe:{refund['id']}/failed"]
        wanted = refund["amount"] if refund["status"] in ("pending", "succeeded") else 0
        if gone != wanted:
            yield f"{refund['id']} of {refund['amount']} is {refund['status']}, and {gone} of it is posted"


def _disputes(town: Town, net: Counter[str]) -> Iterator[str]:
    """Lost is what Stripe keeps of a lost one; an appeal changes nothing until it is won."""
    for dispute in town.world.all("dispute"):
        stripe_id, status = dispute["id"], dispute["status"]
        lost = sum(cents for source, cents in net.items() if source.startswith(f"stripe:{stripe_id}/lost/"))
        lost -= sum(cents for source, cents in net.items() if source.startswith(f"stripe:{stripe_id}/reinstated/"))
        away = -sum(each["amount"] for each in dispute["balance_transactions"])
        wanted = away if status == "lost" or status.startswith("appeal_") else 0
        if lost != wanted:
            yield f"{stripe_id} is {status}, {away} are away, and {lost} are posted as lost"


def _clearing(town: Town, session: Session) -> Iterator[str]:
    """Stripe's balance is our clearing account, fees and chargebacks included."""
    balance: Counter[str] = Counter()
    for each in town.world.all("balance_transaction"):
        balance[each["currency"]] += each["net"]
    ours = _of_account(session, "clearing")
    for currency in sorted(balance.keys() | ours.keys()):
        if balance[currency] != ours[currency]:
            yield f"Stripe's balance is {balance[currency]} {currency}, clearing is {ours[currency]}"


def _held(town: Town, session: Session) -> Iterator[str]:
    """What is held are the chargebacks that nobody has decided."""
    held: Counter[str] = Counter()
    for dispute in town.world.all("dispute"):
        if dispute["status"] in _UNDECIDED:
            held[dispute["currency"]] -= sum(each["amount"] for each in dispute["balance_transactions"])
    ours = _of_account(session, "chargebacks_held")
    for currency in sorted(held.keys() | ours.keys()):
        if held[currency] != ours[currency]:
            yield f"{held[currency]} {currency} are held by banks, chargebacks_held is {ours[currency]}"


def _balances(town: Town, session: Session) -> Iterator[str]:
    """A customer owes what was billed, less discounts, write-offs and credit memos, less what Stripe says is ours."""
    brought: Counter[int] = Counter()
    whose = dict(session.execute(_WHOSE).all())
    for charge in town.world.all("charge"):
        brought[whose[charge["metadata"]["attempt"]]] += charge["amount_captured"]
    owners = {each["id"]: whose[each["metadata"]["attempt"]] for each in town.world.all("charge")}
    for refund in town.world.all("refund"):
        brought[owners[refund["charge"]]] -= refund["amount"] if refund["status"] in ("pending", "succeeded") else 0
    for dispute in town.world.all("dispute"):
        if dispute["status"] == "lost" or dispute["status"].startswith("appeal_"):
            brought[owners[dispute["charge"]]] += sum(each["amount"] for each in dispute["balance_transactions"])
    owed = dict(session.execute(_OWED).all())
    elsewhere = dict(session.execute(_NOT_BY_STRIPE).all())
    for account in town.accounts:
        balance = owed.get(account.id, 0)
        wanted = elsewhere.get(account.id, 0) - brought[account.id]
        if balance != wanted:
            yield f"{account.name} owes {balance} by the ledger, and {wanted} by what was billed and paid"


_WHOSE = select(attempts.c.public_id, attempts.c.account_id)
_OWED = (
    select(movements.c.account_id, func.sum(movements.c.receivable_cents - movements.c.unapplied_cents))
    .where(movements.c.account_id.is_not(None))
    .group_by(movements.c.account_id)
)
_AT_STRIPE = ("clearing", "chargebacks_held")
_IS_STRIPES = movements.c.debit.in_(_AT_STRIPE) | movements.c.credit.in_(_AT_STRIPE)
_NOT_BY_STRIPE = (
    select(movements.c.account_id, func.sum(movements.c.receivable_cents - movements.c.unapplied_cents))
    .where(movements.c.account_id.is_not(None), ~_IS_STRIPES)
    .group_by(movements.c.account_id)
)


def _net_by_source(session: Session) -> Counter[str]:
    return Counter(dict(session.execute(select(movements.c.source, movements.c.amount_cents)).all()))


def _of_account(session: Session, name: str) -> Counter[str]:
    """The balance of one of the ledger's accounts in each currency."""
    signed = case((movements.c.debit == name, movements.c.amount_cents), else_=-movements.c.amount_cents)
    asked = (
        select(movements.c.currency, func.sum(signed))
        .where((movements.c.debit == name) | (movements.c.credit == name))
        .group_by(movements.c.currency)
    )
    return Counter({currency: int(cents) for currency, cents in session.execute(asked)})
