"""What a payment, and its customer, look like now: the lines that a command prints after it has done its work."""

from collections.abc import Sequence

from portal.actions import receipts, statements
from portal.actions.policies import Policy
from portal.actions.receipts import Receipt
from portal.records import Session
from portal.records.accounts import AccountRow
from portal.records.ledger import PaymentRow
from portal.rules.money import words


def after(session: Session, account: AccountRow, payment: PaymentRow, *, policy: Policy) -> list[str]:
    """Where the payment's money is, a line for each place, and the customer's balance."""
    found = receipts.load(session, payment, on=policy.today)
    lines = [*_charges(found), *(_line(name, words(cents, payment.currency)) for name, cents in parts(found).items())]
    return [*lines, balance(session, account, policy=policy)]


def parts(found: Receipt) -> dict[str, int]:
    """What of a payment is on no invoice, in cents, as far as there is any."""
    named = {
        "account credit": found.unapplied_cents,
        "refunded": found.refunded_cents,
        "returned": found.returned_cents,
        "charged again": -found.charged_again_cents,
    }
    return {name: cents for name, cents in named.items() if cents}


def balance(session: Session, account: AccountRow, *, policy: Policy) -> str:
    """The line of what the customer owes in all; below zero the business owes the customer."""
    standing = statements.load(session, account, on=policy.today, policy=policy).statement
    return _line("balance", words(standing.balance.balance_cents, account.currency))


def _charges(found: Receipt) -> Sequence[str]:
    """One line for each charge that the payment ever paid."""

    def money(cents: int) -> str:
        return words(cents, found.payment.currency)

    standing = {row.charge_id: row for row in found.standing}
    lines = []
    for charge_id, number in {row.charge_id: row.number for row in found.applied}.items():
        row = standing.get(charge_id)
        discount = f", and {money(row.discount_cents)} of discount" if row and row.discount_cents else ""
        left = found.open_cents[charge_id]
        said = f"{discount}; {money(left) if left else 'nothing'} is open"
        lines.append(_line(number, money(row.amount_cents if row else 0), said))
    return lines


def _line(name: str, amount: str, said: str = "") -> str:
    return f"  {name:<16} {amount:>14}{said}"
