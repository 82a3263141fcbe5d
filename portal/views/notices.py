"""What a customer has told us, in the customer's words: money on its way, a credit to be paid back."""

from collections.abc import Sequence
from datetime import date

from portal.actions.notices import earliest_day
from portal.actions.statements import Standing
from portal.records.notices import NoticeRow
from portal.rules.dates import local_day
from portal.wording import Words

METHODS = ("cheque", "wire", "other")

_SENT = {
    "cheque": "cheque of %(amount)s",
    "wire": "bank transfer of %(amount)s",
    "other": "payment of %(amount)s",
}


def told(found: Sequence[NoticeRow], words: Words, *, base: str) -> list[dict[str, str]]:
    """Money that was said to be on its way, with the address that takes it back."""
    return [
        {"text": _told(row, words), "withdraw": f"{base}/notices/{row.public_id}/withdrawal"}
        for row in found
        if row.kind == "sent"
    ]


def credit(standing: Standing, found: Sequence[NoticeRow], words: Words, *, base: str) -> dict[str, object] | None:
    """What the customer may do with the account credit, or None without any."""
    cents = standing.statement.balance.credit_cents
    if cents <= 0:
        return None
    asked = next((row for row in found if row.kind == "refund"), None)
    promised = cents - standing.spare_credit_cents
    return {
        "amount": words.money(cents),
        "cents": cents,
        "promised": words.money_or_nothing(promised),
        "asked": _asked(asked, words) if asked else "",
        "action": f"{base}/notices",
        "withdraw": f"{base}/notices/{asked.public_id}/withdrawal" if asked else "",
    }


def form(words: Words, *, typed: dict[str, str], errors: list[dict[str, str]], base: str) -> dict[str, object]:
    """The form, with what was typed and what is wrong with it."""
    return {
        "methods": METHODS,
        "typed": typed,
        "errors": errors,
        "earliest": earliest_day(words.today).isoformat(),
        "latest": words.today.isoformat(),
        "links": {"statement": base, "action": f"{base}/notices"},
    }


def _told(row: NoticeRow, words: Words) -> str:
    what = words.text(_SENT[row.method], amount=words.money(row.amount_cents))
    day = words.date(row.sent_on)
    if not row.reference:
        return words.text("You told us: %(what)s sent on %(date)s. It has not arrived yet.", what=what, date=day)
    return words.text(
        "You told us: %(what)s sent on %(date)s, reference %(reference)s. It has not arrived yet.",
        what=what,
        date=day,
        reference=row.reference,
    )


def _asked(row: NoticeRow, words: Words) -> str:
    asked_on: date = local_day(row.created_at, words.time_zone)
    amount = words.money(row.amount_cents)
    return words.text("You asked for %(amount)s back on %(date)s.", amount=amount, date=words.date(asked_on))
