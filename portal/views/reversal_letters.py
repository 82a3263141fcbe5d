"""Letters to a customer about money that came back of a payment: refunds, returns, and a payment that stands again."""

from collections.abc import Collection

from portal.actions.correspondence import Correspondence
from portal.actions.receipts import Receipt
from portal.actions.statements import Standing
from portal.rules.payment_history import Kind
from portal.views.payments import reason
from portal.views.receipts import receipt_number, reference
from portal.wording import Words

KINDS = ("refund", "refund_failed", "returned", "restored")


def about_reversal(found: Correspondence, receipt: Receipt, words: Words) -> dict[str, object]:
    """The context of a letter of one of these kinds, as things stand when it goes out."""
    shared: dict[str, object] = {
        "number": receipt_number(receipt.payment),
        "received": words.date(receipt.payment.received_on),
        "reopened": [{"number": row.number, "open": words.money(row.open_cents)} for row in found.reopened],
        "balance": balance_words(found.standing, words),
    }
    if found.letter.kind in ("refund", "refund_failed"):
        return shared | _refund(found, receipt, words)
    if found.letter.kind == "returned":
        return shared | _returned(found, receipt, words)
    cents = _last(receipt, "restored")
    return shared | {"amount": words.money(cents), "credit": _credit(receipt, cents, words)}


def balance_words(standing: Standing, words: Words) -> str:
    """What is still to pay on the account, in a sentence."""
    cents = standing.statement.balance.balance_cents
    if cents > 0:
        return words.text("Your balance is now %(amount)s.", amount=words.money(cents))
    if cents < 0:
        return words.text("Your account now has a credit of %(amount)s.", amount=words.money(-cents))
    return words.text("There is nothing left to pay.")


def repay_until(standing: Standing, charge_ids: Collection[int], words: Words) -> str:
    """Until when the discount of a bank debit that failed still stands on these charges; empty where it does not."""
    windows = [
        item.facts.repay.until_on
        for item in standing.items
        if item.charge_id in charge_ids and item.facts is not None and item.facts.repay is not None
    ]
    return words.date(min(windows)) if windows and min(windows) >= standing.on else ""


def _refund(found: Correspondence, receipt: Receipt, words: Words) -> dict[str, object]:
    payment, refund = receipt.payment, found.refund
    cents = refund.amount_cents if refund else 0
    by_stripe = refund is not None and refund.stripe_refund_id is not None
    return {
        "amount": words.money(cents),
        "is_all": cents == payment.amount_cents,
        "to": _to(receipt, words) if by_stripe else "",
        "stays_paid": refund is not None and refund.covers,
        "credit": _credit(receipt, cents, words),
    }


def _returned(found: Correspondence, receipt: Receipt, words: Words) -> dict[str, object]:
    is_card = found.chargeback is not None and found.chargeback.kind != "return"
    why = ""
    if found.chargeback is not None and found.attempt is not None and not is_card:
        why = reason(found.attempt._replace(failure=found.chargeback.reason), words)
    return {
        "amount": words.money(-_last(receipt, "returned")),
        "is_card": is_card,
        "reason": why,
        "discount_until": repay_until(found.standing, {row.id for row in found.reopened}, words),
    }


def _credit(receipt: Receipt, cents: int, words: Words) -> str:
    """What of money that came back to the payment is on no charge."""
    return words.money_or_nothing(min(cents, receipt.unapplied_cents))


def _to(receipt: Receipt, words: Words) -> str:
    """Where a refund goes: Stripe sends it where the payment came from."""
    name = reference(receipt.payment, words)
    if name:
        return name
    if receipt.payment.method == "card":
        return words.text("the card you paid with")
    return words.text("the bank account you paid from")


def _last(receipt: Receipt, kind: Kind) -> int:
    """The newest event of this kind, in cents; 0 where there is none (any more)."""
    return next((turn.cents for turn in reversed(receipt.turns) if turn.kind == kind), 0)
