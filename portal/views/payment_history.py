"""What was paid so far, in words."""

from collections.abc import Sequence

from portal.records.attempts import AttemptRow, QuotedRow
from portal.records.ledger import AppliedRow, PaymentRow
from portal.rules.dates import local_day
from portal.views.payments import method_name
from portal.wording import Words


def history(
    payments: Sequence[PaymentRow],
    applied: Sequence[AppliedRow],
    others: Sequence[tuple[AttemptRow, Sequence[QuotedRow]]],
    words: Words,
    *,
    base: str,
) -> list[dict[str, str]]:
    """Payments, bank debits under way and those that failed, newest first."""
    numbers: dict[int, list[str]] = {payment.id: [] for payment in payments}
    for row in applied:
        numbers[row.payment_id].append(row.number)
    rows = [
        (
            payment.started_at,
            {
                "on": words.long_day(payment.received_on),
                "method": method_name(payment.method, words),
                "invoices": words.joined(numbers[payment.id]),
                "amount": words.money(payment.amount_cents),
                "status": "paid",
                "href": f"{base}/receipts/{payment.public_id}",
            },
        )
        for payment in payments
    ]
    rows += [
        (
            attempt.created_at,
            {
                "on": words.long_day(local_day(attempt.created_at, words.time_zone)),
                "method": method_name(attempt.method, words),
                "invoices": words.joined([line.number for line in quoted]),
                "amount": words.money(attempt.amount_cents),
                "status": "pending" if attempt.state == "processing" else "failed",
                "href": f"{base}/payments/{attempt.public_id}",
            },
        )
        for attempt, quoted in others
    ]
    return [row for _, row in sorted(rows, key=lambda each: each[0], reverse=True)]
