"""What was paid so far, and what came of it, in words."""

from collections.abc import Iterator, Sequence
from datetime import date

from portal.actions.receipts import Receipt
from portal.records.attempts import AttemptRow, QuotedRow
from portal.records.reversals import ChargebackRow
from portal.rules.dates import local_day
from portal.rules.payment_history import Turn
from portal.views.payments import method_name
from portal.views.receipts import mark
from portal.wording import Words

_SENT = ("succeeded", "failed")


def history(
    receipts: Sequence[Receipt],
    others: Sequence[tuple[AttemptRow, Sequence[QuotedRow]]],
    words: Words,
    *,
    base: str,
) -> list[dict[str, object]]:
    """Payments with what came of each, bank debits under way and those that failed, newest first."""
    rows = [(found.payment.started_at, _payment(found, words, base)) for found in receipts]
    rows += [(attempt.created_at, _attempt(attempt, quoted, words, base)) for attempt, quoted in others]
    return [row for _, row in sorted(rows, key=lambda each: each[0], reverse=True)]


def _payment(found: Receipt, words: Words, base: str) -> dict[str, object]:
    payment = found.payment
    became = mark(found)
    return {
        "on": words.long_day(payment.received_on),
        "method": method_name(payment.method, words),
        "invoices": words.joined(list(dict.fromkeys(row.number for row in found.applied))),
        "kept": words.money_or_nothing(found.unapplied_cents) if found.applied else "",
        "amount": words.money(payment.amount_cents),
        # While the bank has not decided, the payment stands.
        "status": became if became in ("returned", "refunded") else "paid",
        "href": f"{base}/receipts/{payment.public_id}",
        "events": [event for _, event in sorted(_events(found, words), key=lambda each: each[0])],
    }


def _attempt(attempt: AttemptRow, quoted: Sequence[QuotedRow], words: Words, base: str) -> dict[str, object]:
    return {
        "on": words.long_day(local_day(attempt.created_at, words.time_zone)),
        "method": method_name(attempt.method, words),
        "invoices": words.joined([line.number for line in quoted]),
        "kept": "",
        "amount": words.money(attempt.amount_cents),
        "status": "pending" if attempt.state == "processing" else "failed",
        "href": f"{base}/payments/{attempt.public_id}",
        "events": [],
    }


def _events(found: Receipt, words: Words) -> Iterator[tuple[date, dict[str, str]]]:
    """What happened to the payment later; sorting keeps the order of a day."""
    for turn in found.turns:
        if turn.kind != "charged_again":
            yield turn.on, _event(turn.on, *_turned(turn, found, words), words.money(turn.cents), words)
    for row in found.chargebacks:
        on = local_day(row.opened_at, words.time_zone)
        status = _disputed(row, found)
        if status:
            yield on, _event(on, words.text("Disputed with the bank"), status, "", words)


def _event(on: date, text: str, status: str, amount: str, words: Words) -> dict[str, str]:
    return {"on": words.long_day(on), "text": text, "status": status, "amount": amount}


def _turned(turn: Turn, found: Receipt, words: Words) -> tuple[str, str]:
    """What it is called, and how it stands."""
    if turn.kind == "refund":
        sources = {f"stripe:{row.stripe_refund_id}": row for row in found.refunds}
        row = sources.get(turn.source)
        return words.text("Refund"), "sent" if row is None or row.state in _SENT else "on_its_way"
    if turn.kind == "refund_failed":
        return words.text("Refund that did not reach you"), "came_back"
    if turn.kind == "restored":
        return words.text("Paid again by the bank"), "restored"
    return words.text("Taken back by the bank"), "returned"


def _disputed(row: ChargebackRow, found: Receipt) -> str:
    """How a chargeback stands where no money tells: being decided, or decided for the payment at once."""
    if row.kind != "chargeback":
        return ""
    if row.state not in ("won", "lost", "prevented"):
        return "disputed"
    was_lost = any(turn.source.startswith(f"stripe:{row.stripe_dispute_id}/lost/") for turn in found.turns)
    return "" if was_lost or row.state == "lost" else "stands"
