"""The ledger's shape: accounts, one movement, the movements of each business event, and what must always hold."""

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


Movements = tuple[Movement, ...]


def invoice_issued(charge_id: int, *, net_cents: int, tax_cents: int, on: date) -> Movements:
    """receivable / revenue `invoice:<id>`, and its tax: receivable / tax_payable `invoice:<id>/tax`."""
    raise NotImplementedError


def stripe_payment(stripe_charge: str, payment_id: int, *, amount_cents: int, on: date) -> Movements:
    """clearing / unapplied `stripe:<charge>`."""
    raise NotImplementedError


def payment_received(payment_id: int, *, amount_cents: int, on: date) -> Movements:
    """Cheque, wire, cash, imported history: bank / unapplied `payment:<id>`."""
    raise NotImplementedError


def applied(
    allocation_id: int, charge_id: int, *, amount_cents: int, on: date,
    payment_id: int | None = None, credit_id: int | None = None,
) -> Movements:
    """unapplied / receivable `allocation:<id>`; names the payment or the credit it comes from."""
    raise NotImplementedError


def released(
    release_id: int, charge_id: int, *, amount_cents: int, on: date,
    payment_id: int | None = None, credit_id: int | None = None,
) -> Movements:
    """Taken back off a charge: receivable / unapplied `release:<id>`."""
    raise NotImplementedError


def discount_given(
    allocation_id: int, charge_id: int, *, discount_cents: int, on: date, tax_cents: int = 0,
    payment_id: int | None = None, credit_id: int | None = None,
) -> Movements:
    """discounts_given / receivable `discount:<allocation>`; tax_cents of it debit tax_payable (`.../tax`)."""
    raise NotImplementedError


def discount_reversed(
    allocation_id: int, charge_id: int, *, discount_cents: int, on: date, tax_cents: int = 0,
    because: str = "", payment_id: int | None = None, credit_id: int | None = None,
) -> Movements:
    """receivable / discounts_given `discount:<allocation>/reversed`; a part of it: `.../reversed/<because>`."""
    raise NotImplementedError


def credit_issued(credit_id: int, *, net_cents: int, tax_cents: int, on: date) -> Movements:
    """credits_given / unapplied `credit:<id>`, and its tax: tax_payable / unapplied `credit:<id>/tax`."""
    raise NotImplementedError


def receivable_cents(movement: Movement) -> int:
    """Signed effect on the open amount of its charge."""
    raise NotImplementedError


def unapplied_cents(movement: Movement) -> int:
    """Signed effect on the customer's account credit (more credit: positive)."""
    raise NotImplementedError


def balance_cents(movement: Movement) -> int:
    """Signed effect on what the customer owes: receivable less unapplied; 0 for an application."""
    return receivable_cents(movement) - unapplied_cents(movement)
