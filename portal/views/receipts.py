"""Receipts in words: for the page, the paper and the letter."""

from portal.actions.receipts import Receipt
from portal.records.ledger import PaymentRow
from portal.views.payments import method_name
from portal.wording import Words


def receipt(found: Receipt, words: Words, *, base: str) -> dict[str, object]:
    """A receipt, for the page and the paper."""
    payment = found.payment
    return {
        "receipt": {
            "number": receipt_number(payment),
            "amount": words.money(payment.amount_cents),
            "received": words.date(payment.received_on),
            "method": method_name(payment.method, words),
            "reference": reference(payment, words),
        },
        "mark": mark(found),
        "notice": notice(found, words),
        "items": [
            {
                "number": row.number,
                "href": f"{base}/invoices/{row.charge_public_id}",
                "paid": words.money(row.amount_cents),
                "discount": words.money_or_nothing(-row.discount_cents),
                "open": words.money(found.open_cents.get(row.charge_id, 0)),
            }
            for row in found.standing
        ],
        "rest": rest(found, words),
    }


def mark(found: Receipt) -> str:
    """What has become of the payment, where it no longer simply stands: returned, refunded or disputed."""
    if found.returned_cents >= found.payment.amount_cents:
        return "returned"
    if is_contested(found):
        return "disputed"
    gone = found.refunded_cents + found.returned_cents
    return "refunded" if gone >= found.payment.amount_cents and found.refunded_cents else ""


def is_contested(found: Receipt) -> bool:
    """A chargeback on it is open: the bank holds the money, and what it paid stays paid until the bank decides."""
    decided = ("won", "lost", "prevented")
    return any(row.kind == "chargeback" and row.state not in decided for row in found.chargebacks)


def notice(found: Receipt, words: Words) -> str:
    """What must be said above all figures: that the bank took the money back, or is looking into it."""
    if found.returned_cents > 0:
        on = words.date(max(turn.on for turn in found.turns if turn.kind == "returned"))
        if found.returned_cents >= found.payment.amount_cents:
            said = words.text("The bank returned this payment on %(date)s.", date=on)
        else:
            amount = words.money(found.returned_cents)
            said = words.text("The bank returned %(amount)s of this payment on %(date)s.", amount=amount, date=on)
        if found.reopened:
            said += " " + words.text("Open again: %(numbers)s.", numbers=words.joined(list(found.reopened)))
        return said
    if is_contested(found):
        return words.text("Your bank is looking into this payment. Until it decides, everything stays paid.")
    return ""


def rest(found: Receipt, words: Words) -> list[dict[str, str]]:
    """Where the part is that pays nothing; with what stands on invoices it adds up to the amount received."""
    parts = (
        (words.text("Kept as credit on your account"), found.unapplied_cents),
        (words.text("Refunded to you"), found.refunded_cents),
        (words.text("Returned by the bank"), found.returned_cents),
        (words.text("Charged again by debit note"), -found.charged_again_cents),
    )
    return [{"text": text, "amount": words.money(cents)} for text, cents in parts if cents]


def reference(payment: PaymentRow, words: Words) -> str:
    """What the payer knows it by: the card or bank account, or what was written beside it."""
    name, _, last4 = payment.reference.rpartition(" ")
    if payment.method == "import":
        # It names the row of the file it came from, which tells a customer nothing.
        return ""
    if payment.stripe_charge_id is None or not last4:
        return payment.reference
    return words.text("%(name)s ending %(last4)s", name=name.title() or method_name(payment.method, words), last4=last4)


def receipt_number(payment: PaymentRow) -> str:
    """What people call this payment when they write to each other about it."""
    return f"R-{payment.id:05d}"
