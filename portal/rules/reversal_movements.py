"""The movements of what comes back, is given up or comes on top: refunds, chargebacks, write-offs, fees, waivers.

The rows of money.md 2 that `ledger` does not have. Each takes whole cents in the account's currency.
"""

from datetime import date
from typing import Literal

from portal.rules.ledger import LedgerAccount, Movements, legs

OtherCharge = Literal["debit_note", "returned_fee"]

_RECEIVABLE, _UNAPPLIED = LedgerAccount.RECEIVABLE, LedgerAccount.UNAPPLIED
_CLEARING, _HELD, _BANK = LedgerAccount.CLEARING, LedgerAccount.CHARGEBACKS_HELD, LedgerAccount.BANK


def stripe_refund(refund: str, payment_id: int, *, amount_cents: int, on: date) -> Movements:
    """unapplied / clearing `stripe:<refund>`."""
    return legs((f"stripe:{refund}", _UNAPPLIED, _CLEARING, amount_cents), on=on, payment_id=payment_id)


def stripe_refund_failed(refund: str, payment_id: int, *, amount_cents: int, on: date) -> Movements:
    """Failed or cancelled afterwards: clearing / unapplied `stripe:<refund>/failed`."""
    return legs((f"stripe:{refund}/failed", _CLEARING, _UNAPPLIED, amount_cents), on=on, payment_id=payment_id)


def paid_back(refund_id: int, payment_id: int, *, amount_cents: int, on: date) -> Movements:
    """Paid back by the owner's own means: unapplied / bank `refund:<id>`."""
    return legs((f"refund:{refund_id}", _UNAPPLIED, _BANK, amount_cents), on=on, payment_id=payment_id)


def chargeback_moved(transaction: str, payment_id: int, *, amount_cents: int, on: date) -> Movements:
    """What a dispute's balance transaction took (amount < 0: chargebacks_held / clearing) or gave back (swapped)."""
    debit, credit = (_HELD, _CLEARING) if amount_cents < 0 else (_CLEARING, _HELD)
    return legs((f"stripe:{transaction}", debit, credit, abs(amount_cents)), on=on, payment_id=payment_id)


def chargeback_lost(dispute: str, times: int, payment_id: int, *, amount_cents: int, on: date) -> Movements:
    """unapplied / chargebacks_held `stripe:<dispute>/lost/<n>`; an ACH return is opened and lost at once."""
    leg = (f"stripe:{dispute}/lost/{times}", _UNAPPLIED, _HELD, amount_cents)
    return legs(leg, on=on, payment_id=payment_id)


def chargeback_reinstated(dispute: str, times: int, payment_id: int, *, amount_cents: int, on: date) -> Movements:
    """Won after it had been lost: chargebacks_held / unapplied `stripe:<dispute>/reinstated/<n>`."""
    leg = (f"stripe:{dispute}/reinstated/{times}", _HELD, _UNAPPLIED, amount_cents)
    return legs(leg, on=on, payment_id=payment_id)


def payment_returned(payment_id: int, *, amount_cents: int, on: date) -> Movements:
    """A cheque came back: unapplied / bank `return:<payment>`."""
    return legs((f"return:{payment_id}", _UNAPPLIED, _BANK, amount_cents), on=on, payment_id=payment_id)


def other_charge(
    charge_id: int, kind: OtherCharge, *, amount_cents: int, on: date, payment_id: int | None = None
) -> Movements:
    """receivable / unapplied (debit note: it makes up for money that the payment no longer has) or fee_income."""
    credit = _UNAPPLIED if kind == "debit_note" else LedgerAccount.FEE_INCOME
    leg = (f"charge:{charge_id}", _RECEIVABLE, credit, amount_cents)
    return legs(leg, on=on, charge_id=charge_id, payment_id=payment_id)


def debit_note_undone(charge_id: int, times: int, payment_id: int, *, amount_cents: int, on: date) -> Movements:
    """The payment has its money again: unapplied / receivable `charge:<id>/undone/<n>`."""
    leg = (f"charge:{charge_id}/undone/{times}", _UNAPPLIED, _RECEIVABLE, amount_cents)
    return legs(leg, on=on, charge_id=charge_id, payment_id=payment_id)


def written_off(write_off_id: int, charge_id: int, *, amount_cents: int, tax_cents: int, on: date) -> Movements:
    """bad_debt / receivable `write_off:<id>`; where relief is claimed its tax part is tax_payable / receivable."""
    source = f"write_off:{write_off_id}"
    return legs(
        (source, LedgerAccount.BAD_DEBT, _RECEIVABLE, amount_cents - tax_cents),
        (f"{source}/tax", LedgerAccount.TAX_PAYABLE, _RECEIVABLE, tax_cents),
        on=on,
        charge_id=charge_id,
    )


def recovered(payment_id: int, charge_id: int, times: int, *, amount_cents: int, tax_cents: int, on: date) -> Movements:
    """Money came for what was written off: receivable / as written off `recovery:<payment>/<charge>`.

    The same payment may do so in several steps, each after the first with its number behind: `…/2`.
    """
    source = f"recovery:{payment_id}/{charge_id}" + (f"/{times}" if times > 1 else "")
    return legs(
        (source, _RECEIVABLE, LedgerAccount.BAD_DEBT, amount_cents - tax_cents),
        (f"{source}/tax", _RECEIVABLE, LedgerAccount.TAX_PAYABLE, tax_cents),
        on=on,
        charge_id=charge_id,
    )


def stripe_fee(transaction: str, *, fee_cents: int, on: date, payment_id: int) -> Movements:
    """processing_fees / clearing `fee:<balance transaction>`, no customer's; a fee given back is swapped."""
    fees = LedgerAccount.PROCESSING_FEES
    debit, credit = (fees, _CLEARING) if fee_cents > 0 else (_CLEARING, fees)
    return legs((f"fee:{transaction}", debit, credit, abs(fee_cents)), on=on, payment_id=payment_id)


def late_fee(charge_id: int, invoice_id: int, period: int, *, amount_cents: int, on: date) -> Movements:
    """receivable / late_fee_income `late_fee:<invoice>:<period>`."""
    leg = (f"late_fee:{invoice_id}:{period}", _RECEIVABLE, LedgerAccount.LATE_FEE_INCOME, amount_cents)
    return legs(leg, on=on, charge_id=charge_id)


def waived(waiver_id: int, charge_id: int, *, amount_cents: int, on: date) -> Movements:
    """late_fee_income / receivable `waiver:<id>`; what had been paid on the fee is taken off it first."""
    leg = (f"waiver:{waiver_id}", LedgerAccount.LATE_FEE_INCOME, _RECEIVABLE, amount_cents)
    return legs(leg, on=on, charge_id=charge_id)
