"""How the figures of a statement came about, in words: for the page and, the balance's walk, on paper."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from portal.actions.late_fees import Drawn
from portal.actions.statements import Standing
from portal.records.attempts import AttemptRow, QuotedRow
from portal.records.disputes import DisputeRow
from portal.records.explanations import DocumentRow
from portal.records.ledger import PaymentRow
from portal.rules.balance import Parts
from portal.rules.dates import local_day
from portal.rules.ledger import Movement
from portal.rules.links import mask_email
from portal.rules.statement import Line, Row, Status
from portal.rules.walks import BalanceWalk, CreditStep, balance_walk, credit_walk
from portal.views.disputes import since
from portal.views.late_fees import formula
from portal.views.payments import arrival, method_name
from portal.views.receipts import receipt_number
from portal.wording import Words

_LINES = {
    "invoice": "Invoice %(number)s",
    "charge": "Charge %(number)s",
    "discount": "Early-payment discount on %(number)s",
    "discount_reversed": "Discount on %(number)s taken back",
    "late_fee": "Late fee %(number)s",
    "waiver": "Late fee %(number)s waived",
    "write_off": "%(number)s written off",
    "recovery": "%(number)s no longer written off",
    "payment": "Payment %(number)s",
    "refund": "Refund of payment %(number)s",
    "refund_failed": "Refund of payment %(number)s that did not reach you",
    "returned": "Payment %(number)s taken back by the bank",
    "restored": "Payment %(number)s paid again by the bank",
    "credit": "Credit memo %(number)s",
}
_OF_CHARGES = ("invoice", "charge", "discount", "discount_reversed", "late_fee", "waiver", "write_off", "recovery")
_STEPS = {
    "received": "Received",
    "credited": "Credit given",
    "used": "Used for %(number)s",
    "taken_off": "Taken back off %(number)s",
    "refunded": "Refunded to you",
    "refund_failed": "Refund that did not reach you",
    "returned": "Taken back by the bank",
    "restored": "Paid again by the bank",
    "charged_again": "Charged again as %(number)s",
    "charge_undone": "No longer charged: %(number)s",
}


@dataclass(frozen=True, slots=True)
class Books:
    """The movements of an account, and what they name by its id; the open disputes by their charge."""

    movements: Sequence[Movement]
    charges: Mapping[int, DocumentRow]
    payments: Mapping[int, PaymentRow]
    credits: Mapping[int, str]
    late_fees: Mapping[int, Drawn]
    disputes: Mapping[int, Sequence[DisputeRow]]


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A bank debit under way, what it is to pay, and the address of whoever started it, if that is known."""

    attempt: AttemptRow
    quoted: Sequence[QuotedRow]
    email: str


class Step(NamedTuple):
    """A line of a walk, in plain text: the template escapes it. `href` and `sub` may be empty."""

    on: str
    text: str
    href: str
    sub: str
    amount: str
    after: str


def sections(
    standing: Standing, books: Books, debits: Sequence[UnderWay], words: Words, *, base: str, most: int
) -> list[dict[str, object]]:
    """A walk for each figure that the statement shows."""
    found, rows = standing.statement, standing.statement.rows
    balance = found.balance
    overdue = _parts(rows, lambda parts: parts.payable_cents, standing, words, base, only=Status.OVERDUE)
    due_soon = _parts(rows, lambda parts: parts.payable_cents, standing, words, base, only=Status.DUE_SOON)
    pending = _pending(standing, debits, words, base)
    disputed = _parts(rows, lambda parts: parts.disputed_cents, standing, words, base, disputes=books.disputes)
    on_plan = _parts(rows, lambda parts: parts.on_plan_cents, standing, words, base)
    walk = balance_walk(books.movements, on=standing.on, most=most)
    made = [
        _section(words, "balance", "Balance", balance.balance_cents, **balance_steps(walk, books, words, base=base)),
        _section(words, "payable", "To pay now", balance.payable_cents, sums=_payable(standing, words)),
        _section(words, "overdue", "Overdue", found.overdue_cents, steps=overdue),
        _section(words, "due_soon", "Due soon", found.due_soon_cents, steps=due_soon),
        _section(words, "pending", "Bank payment on its way", balance.pending_cents, steps=pending),
        _section(words, "disputed", "Disputed", balance.disputed_cents, steps=disputed),
        _section(words, "on_plan", "On a payment plan", balance.on_plan_cents, steps=on_plan),
        _section(
            words,
            "credit",
            "Credit on account",
            balance.credit_cents,
            steps=[_credit_step(step, books, words, base) for step in credit_walk(books.movements, on=standing.on)],
        ),
    ]
    return [section for section in made if section["cents"] or section["id"] == "balance"]


def balance_steps(walk: BalanceWalk, books: Books, words: Words, *, base: str) -> dict[str, object]:
    """The balance's walk: the balance before it, if anything is left out, and its lines."""
    opening = None
    if walk.opening_on is not None:
        text = words.text("Balance on %(date)s", date=words.date(walk.opening_on))
        opening = {"text": text, "amount": words.money(walk.opening_cents)}
    return {"opening": opening, "steps": [_balance_step(line, books, words, base) for line in walk.lines]}


def payments_under_way(debits: Iterable[UnderWay], words: Words) -> list[str]:
    """Who started what, when, and when it should arrive: one sentence or two for each bank debit."""
    return [_under_way(each, words) for each in debits]


def who(found: UnderWay, words: Words) -> str:
    """Who started it, without giving away an address."""
    return mask_email(found.email) if found.email else words.text("Somebody")


def _section(
    words: Words,
    name: str,
    title: str,
    cents: int,
    *,
    steps: object = (),
    opening: object = None,
    sums: object = (),
) -> dict[str, object]:
    return {
        "id": name,
        "title": words.text(title),
        "cents": cents,
        "figure": words.money(cents),
        "opening": opening,
        "steps": steps,
        "sums": sums,
    }


def _balance_step(line: Line, books: Books, words: Words, base: str) -> Step:
    number, href, sub = "", "", ""
    if line.kind in _OF_CHARGES and line.charge_id is not None:
        number, href = _charge(books.charges[line.charge_id], base)
        if line.kind == "late_fee":
            sub = formula(books.late_fees[line.charge_id], words)
    elif line.payment_id is not None:
        payment = books.payments[line.payment_id]
        number, href = receipt_number(payment), f"{base}/receipts/{payment.public_id}"
        sub = method_name(payment.method, words) if line.kind == "payment" else ""
    elif line.credit_id is not None:
        number = books.credits[line.credit_id]
    return Step(
        on=words.long_day(line.on),
        text=words.text(_LINES[line.kind], number=number),
        href=href,
        sub=sub,
        amount=words.money(line.amount_cents),
        after=words.money(line.balance_cents),
    )


def _credit_step(step: CreditStep, books: Books, words: Words, base: str) -> Step:
    number, href, origin = "", "", ""
    if step.charge_id is not None:
        number, href = _charge(books.charges[step.charge_id], base)
    if step.payment_id is not None:
        payment = books.payments[step.payment_id]
        origin = words.text("Payment %(number)s", number=receipt_number(payment))
        href = href or f"{base}/receipts/{payment.public_id}"
    elif step.credit_id is not None:
        origin = words.text("Credit memo %(number)s", number=books.credits[step.credit_id])
    return Step(
        on=words.long_day(step.on),
        text=words.text(_STEPS[step.kind], number=number),
        href=href,
        sub=origin,
        amount=words.money(step.amount_cents),
        after=words.money(step.credit_cents),
    )


def _charge(document: DocumentRow, base: str) -> tuple[str, str]:
    return document.number, f"{base}/invoices/{document.public_id}"


def _parts(
    rows: Iterable[Row],
    part: Callable[[Parts], int],
    standing: Standing,
    words: Words,
    base: str,
    *,
    only: Status | None = None,
    disputes: Mapping[int, Sequence[DisputeRow]] = MappingProxyType({}),
) -> list[Step]:
    """What of each open invoice belongs to a part of the balance, and which disputes hold it."""
    steps, running = [], 0
    for row in rows:
        cents = part(row.item.parts)
        if cents and only in (None, row.status):
            running += cents
            public_id = standing.charges[row.item.charge_id].public_id
            steps.append(
                Step(
                    on=words.long_day(row.item.due_on),
                    text=row.item.number,
                    href=f"{base}/invoices/{public_id}",
                    sub=since(disputes.get(row.item.charge_id, ()), words) or words.relative_due(row.item.due_on),
                    amount=words.money(cents),
                    after=words.money(running),
                )
            )
    return steps


def _pending(standing: Standing, debits: Iterable[UnderWay], words: Words, base: str) -> list[Step]:
    """What the bank debits under way take off each invoice: the money, its quoted discount, the credit used with it."""
    steps, running = [], 0
    for each in debits:
        started_on = local_day(each.attempt.processing_at or each.attempt.created_at, words.time_zone)
        for line in each.quoted:
            cents = line.pay_cents + line.discount_cents + line.credit_cents
            running += cents
            steps.append(
                Step(
                    on=words.long_day(started_on),
                    text=line.number,
                    href=f"{base}/invoices/{line.charge_public_id}",
                    sub=_made_of(line, who(each, words), words),
                    amount=words.money(cents),
                    after=words.money(running),
                )
            )
    beyond = running - standing.statement.balance.pending_cents
    if beyond:
        text = words.text("More than is open: it becomes credit when it arrives")
        left = words.money(running - beyond)
        steps.append(Step(words.long_day(standing.on), text, "", "", words.money(-beyond), left))
    return steps


def _made_of(line: QuotedRow, started_by: str, words: Words) -> str:
    made = [words.text("%(amount)s from the bank account", amount=words.money(line.pay_cents))]
    if line.discount_cents:
        made.append(words.text("%(amount)s discount", amount=words.money(line.discount_cents)))
    if line.credit_cents:
        made.append(words.text("%(amount)s of your credit", amount=words.money(line.credit_cents)))
    return words.text("%(parts)s, started by %(who)s", parts=" + ".join(made), who=started_by)


def _payable(standing: Standing, words: Words) -> list[dict[str, str]]:
    """From the balance to what can be paid now, in figures that add up."""
    balance = standing.statement.balance
    lines = [
        ("balance", words.text("Balance"), balance.balance_cents),
        ("credit", words.text("Your credit, which is not on any invoice yet"), balance.credit_cents),
        ("pending", words.text("Bank payment on its way"), -balance.pending_cents),
        ("disputed", words.text("Disputed"), -balance.disputed_cents),
        ("on_plan", words.text("On a payment plan"), -balance.on_plan_cents),
    ]
    return [
        {"text": text, "amount": words.money(cents), "href": f"#{name}"}
        for name, text, cents in lines
        if cents or name == "balance"
    ]


def _under_way(found: UnderWay, words: Words) -> str:
    attempt = found.attempt
    said = words.text(
        "%(who)s started a bank payment of %(amount)s on %(when)s.",
        who=who(found, words),
        amount=words.money(attempt.amount_cents),
        when=words.moment(attempt.processing_at or attempt.created_at),
    )
    arrives = arrival(attempt, words)
    return f"{said} {words.text('It should arrive by %(date)s.', date=arrives)}" if arrives else said
