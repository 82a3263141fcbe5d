"""Receipts in words: for the page, the paper and the letter."""

from portal.actions.receipts import Receipt
from portal.records.ledger import PaymentRow
from portal.views.payments import method_name
from portal.wording import Words


def receipt(found: Receipt, words: Words, *, base: str) -> dict[str, object]:
    """A receipt, for the page, the paper and the letter."""
    payment = found.payment
    return {
        "receipt": {
            "number": receipt_number(payment),
            "amount": words.money(payment.amount_cents),
            "received": words.date(payment.received_on),
            "method": method_name(payment.method, words),
            "reference": reference(payment, words),
        },
        "items": [
            {
                "number": row.number,
                "href": f"{base}/invoices/{row.charge_public_id}",
                "paid": words.money(row.amount_cents),
                "discount": words.money_or_nothing(-row.discount_cents),
                "open": words.money(found.open_cents.get(row.charge_id, 0)),
            }
            for row in found.applied
        ],
        "credit": kept_as_credit(found, words),
    }


def reference(payment: PaymentRow, words: Words) -> str:
    """What the payer knows it by: the card or bank account, or what was written beside it."""
    name, _, last4 = payment.reference.rpartition(" ")
    if payment.method == "import":
        # It names the row of the file it came from, which tells a customer nothing.
        return ""
    if payment.stripe_charge_id is None or not last4:
        return payment.reference
    return words.text("%(name)s ending %(last4)s", name=name.title() or method_name(payment.method, words), last4=last4)


def kept_as_credit(found: Receipt, words: Words) -> str:
    """What of the payment is on no charge; empty where all of it is."""
    return words.money_or_nothing(found.payment.amount_cents - sum(row.amount_cents for row in found.applied))


def receipt_number(payment: PaymentRow) -> str:
    """What people call this payment when they write to each other about it."""
    return f"R-{payment.id:05d}"
