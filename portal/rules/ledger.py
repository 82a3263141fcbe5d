"""The ledger's shape: accounts, one movement, and the movements of each business event (money.md 2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class LedgerAccount(StrEnum):
    """The accounts of money.md 2. Receivable and unapplied together are what the customer owes."""

    RECEIVABLE = "receivable"
    UNAPPLIED = "unapplied"
    REVENUE = "revenue"
    TAX_PAYABLE = "tax_payable"
    CLEARING = "clearing"
    BANK = "bank"
    DISCOUNTS_GIVEN = "discounts_given"
    CREDITS_GIVEN = "credits_given"
    LATE_FEE_INCOME = "late_fee_income"
    FEE_INCOME = "fee_income"
    SMALL_DIFFERENCES = "small_differences"
    BAD_DEBT = "bad_debt"
    CHARGEBACKS_HELD = "chargebacks_held"
    PROCESSING_FEES = "processing_fees"


@dataclass(frozen=True, slots=True)
class Movement:
    """Debits one account and credits another by amount_cents > 0; the source is unique (money.md 2)."""

    source: str
    debit: LedgerAccount
    credit: LedgerAccount
    amount_cents: int
    effective_on: date
    charge_id: int | None = None
    payment_id: int | None = None
    credit_id: int | None = None

    def __post_init__(self) -> None:
        if self.amount_cents <= 0 or self.debit == self.credit or not self.source:
            raise ValueError(f"not a movement: {self}")


Movements = tuple[Movement, ...]

_RECEIVABLE, _UNAPPLIED = LedgerAccount.RECEIVABLE, LedgerAccount.UNAPPLIED


def invoice_issued(charge_id: int, *, net_cents: int, tax_cents: int, on: date) -> Movements:
    """receivable / revenue `invoice:<id>`, and its tax: receivable / tax_payable `invoice:<id>/tax`."""
    source = f"invoice:{charge_id}"
    return legs(
        (source, _RECEIVABLE, LedgerAccount.REVENUE, net_cents),
        (f"{source}/tax", _RECEIVABLE, LedgerAccount.TAX_PAYABLE, tax_cents),
        on=on,
        charge_id=charge_id,
    )


def stripe_payment(stripe_charge: str, payment_id: int, *, amount_cents: int, on: date) -> Movements:
    """clearing / unapplied `stripe:<charge>`."""
    leg = (f"stripe:{stripe_charge}", LedgerAccount.CLEARING, _UNAPPLIED, amount_cents)
    return legs(leg, on=on, payment_id=payment_id)


def payment_received(payment_id: int, *, amount_cents: int, on: date) -> Movements:
    """Cheque, wire, cash, imported history: bank / unapplied `payment:<id>`."""
    leg = (f"payment:{payment_id}", LedgerAccount.BANK, _UNAPPLIED, amount_cents)
    return legs(leg, on=on, payment_id=payment_id)


def applied(
    allocation_id: int,
    charge_id: int,
    *,
    amount_cents: int,
    on: date,
    payment_id: int | None = None,
    credit_id: int | None = None,
) -> Movements:
    """unapplied / receivable `allocation:<id>`; names the payment or the credit memo it comes from."""
    leg = (f"allocation:{allocation_id}", _UNAPPLIED, _RECEIVABLE, amount_cents)
    return legs(leg, on=on, charge_id=charge_id, payment_id=payment_id, credit_id=credit_id)


def released(
    release_id: int,
    charge_id: int,
    *,
    amount_cents: int,
    on: date,
    payment_id: int | None = None,
    credit_id: int | None = None,
) -> Movements:
    """Taken back off a charge: receivable / unapplied `release:<id>`."""
    leg = (f"release:{release_id}", _RECEIVABLE, _UNAPPLIED, amount_cents)
    return legs(leg, on=on, charge_id=charge_id, payment_id=payment_id, credit_id=credit_id)


def discount_given(
    allocation_id: int,
    charge_id: int,
    *,
    discount_cents: int,
    on: date,
    tax_cents: int = 0,
    payment_id: int | None = None,
    credit_id: int | None = None,
) -> Movements:
    """discounts_given / receivable `discount:<allocation>`; tax_cents of it debit tax_payable (`.../tax`)."""
    source = f"discount:{allocation_id}"
    return legs(
        (source, LedgerAccount.DISCOUNTS_GIVEN, _RECEIVABLE, discount_cents - tax_cents),
        (f"{source}/tax", LedgerAccount.TAX_PAYABLE, _RECEIVABLE, tax_cents),
        on=on,
        charge_id=charge_id,
        payment_id=payment_id,
        credit_id=credit_id,
    )


def discount_reversed(
    allocation_id: int,
    charge_id: int,
    *,
    discount_cents: int,
    on: date,
    tax_cents: int = 0,
    because: str = "",
    payment_id: int | None = None,
    credit_id: int | None = None,
) -> Movements:
    """receivable / discounts_given `discount:<allocation>/reversed`.

    Where only a part is taken back, because names what took it (`credit:7`): `.../reversed/credit:7`.
    """
    source, end = f"discount:{allocation_id}", f"/reversed/{because}" if because else "/reversed"
    return legs(
        (source + end, _RECEIVABLE, LedgerAccount.DISCOUNTS_GIVEN, discount_cents - tax_cents),
        (f"{source}/tax{end}", _RECEIVABLE, LedgerAccount.TAX_PAYABLE, tax_cents),
        on=on,
        charge_id=charge_id,
        payment_id=payment_id,
        credit_id=credit_id,
    )


def credit_issued(credit_id: int, *, net_cents: int, tax_cents: int, on: date) -> Movements:
    """credits_given / unapplied `credit:<id>`, and its tax: tax_payable / unapplied `credit:<id>/tax`."""
    source = f"credit:{credit_id}"
    return legs(
        (source, LedgerAccount.CREDITS_GIVEN, _UNAPPLIED, net_cents),
        (f"{source}/tax", LedgerAccount.TAX_PAYABLE, _UNAPPLIED, tax_cents),
        on=on,
        credit_id=credit_id,
    )


def receivable_cents(movement: Movement) -> int:
    """Signed effect on the open amount of its charge."""
    return _debited(movement, _RECEIVABLE)


def unapplied_cents(movement: Movement) -> int:
    """Signed effect on the customer's account credit (more credit: positive)."""
    return -_debited(movement, _UNAPPLIED)


def balance_cents(movement: Movement) -> int:
    """Signed effect on what the customer owes: receivable less unapplied; 0 for an application."""
    return receivable_cents(movement) - unapplied_cents(movement)


def open_from(movements: Iterable[Movement], cents: int, *, since: date, today: date) -> date:
    """The first day, from since on, from which that much of a charge stays open: money put on it then is never more
    than was open, on any day. `today` where it never stays."""
    by_day: dict[date, int] = {}
    for movement in movements:
        by_day[movement.effective_on] = by_day.get(movement.effective_on, 0) + receivable_cents(movement)
    open_cents = sum(by_day.values())
    first = since
    for day in sorted(by_day, reverse=True):
        if open_cents < cents:
            return today
        # From this day on it was enough; before it, what it changed was not there yet.
        open_cents -= by_day[day]
        if day <= since:
            break
        if open_cents < cents:
            first = day
            break
    return max(since, first)


def legs(
    *legs: tuple[str, LedgerAccount, LedgerAccount, int],
    on: date,
    charge_id: int | None = None,
    payment_id: int | None = None,
    credit_id: int | None = None,
) -> Movements:
    """A movement of each (source, debit, credit, cents) that moves anything: an untaxed invoice has no tax leg."""
    return tuple(
        Movement(source, debit, credit, cents, on, charge_id, payment_id, credit_id)
        for source, debit, credit, cents in legs
        if cents
    )


def _debited(movement: Movement, account: LedgerAccount) -> int:
    if movement.debit == account:
        return movement.amount_cents
    return -movement.amount_cents if movement.credit == account else 0
