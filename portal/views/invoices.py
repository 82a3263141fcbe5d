"""One charge in words: its lines, its terms in amounts and dates, its history from movements, and paying it."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from portal.actions.late_fees import Drawn
from portal.records.attempts import QuotedRow
from portal.records.charges import ChargeRow, LineRow
from portal.rules.discounts import Offer
from portal.rules.ledger import LedgerAccount, Movement, receivable_cents
from portal.rules.statement import Item, Row, Status
from portal.rules.terms import parse_terms, to_text
from portal.views.explanations import UnderWay, who
from portal.views.late_fees import formula
from portal.views.payments import arrival
from portal.wording import Words


@dataclass(frozen=True, slots=True)
class Charge:
    """Everything about one charge that its page and paper need. `row` is None once nothing of it is open.

    `causes` says of each release (by its source) what took the money; `contested` are payments that a bank disputes;
    `debits` are the account's bank debits under way, whatever they pay; `late_fee` is what made it, if it is one.
    """

    charge: ChargeRow
    row: Row | None
    lines: Sequence[LineRow]
    movements: Sequence[Movement]
    offers: Sequence[Offer]
    causes: Mapping[str, str]
    contested: Collection[int]
    debits: Sequence[UnderWay]
    late_fee: Drawn | None


def context(found: Charge, words: Words) -> dict[str, object]:
    """What the page and the paper share."""
    charge = found.charge
    return {
        "invoice": _facts(found, words),
        "parts": _parts(found.row.item if found.row else None, words),
        "offers": [
            {
                "percent": words.percent(offer.rate_bp),
                "saving": words.money(offer.discount_cents),
                "until": words.date(offer.until_on),
                "pay": words.money(offer.pay_cents),
            }
            for offer in found.offers
            if offer.until_on is not None and offer.discount_cents
        ],
        "lines": [
            {
                "position": line.position,
                "description": line.description,
                "quantity": line.quantity,
                "unit_price": words.price(line.unit_price),
                "amount": words.money(line.amount_cents),
            }
            for line in found.lines
        ]
        or _line_of(found, words),
        "subtotal": words.money(charge.amount_cents - charge.tax_cents),
        "tax": words.money_or_nothing(charge.tax_cents),
        "total": words.money(charge.amount_cents),
    }


def history(found: Charge, words: Words) -> list[dict[str, str]]:
    """What happened to the charge, oldest first, from its movements and their causes, and what was open after each."""
    return _walk(found, words, words.day)


def paper_history(found: Charge, words: Words) -> list[dict[str, str]]:
    """As `history`, each day with its year: nobody knows in which one a paper is read."""
    return _walk(found, words, words.long_day)


def under_way(found: Charge, words: Words, *, whole_account: bool) -> list[str]:
    """Who has started which bank debit for this charge, when, how much of it is for this, and when it should arrive.

    What it pays besides is for those only who may see the whole account.
    """
    return [
        _under_way(debit, line, words, whole_account=whole_account)
        for debit in found.debits
        for line in debit.quoted
        if line.charge_id == found.charge.id
    ]


def pay(found: Charge, words: Words, *, href: str) -> dict[str, str] | None:
    """The way to check and pay, or None where nothing of the charge can be paid now."""
    if found.row is None or not found.row.item.parts.payable_cents:
        return None
    payable = found.row.item.parts.payable_cents
    discount = found.row.item.offer.discount_cents if found.row.item.offer else 0
    return {
        "href": href,
        "charge": found.charge.public_id,
        "balance": words.money(payable),
        "discount": words.money_or_nothing(-discount),
        "total": words.money(payable - discount),
    }


def settled(found: Charge, words: Words) -> str:
    """What has been paid, credited or discounted so far, signed; empty where nothing was."""
    return words.money_or_nothing(found.charge.open_cents - found.charge.amount_cents)


def _facts(found: Charge, words: Words) -> dict[str, object]:
    charge = found.charge
    terms = parse_terms(charge.terms)
    return {
        "number": charge.number,
        "title": _title(found, words),
        "status": found.row.status.value if found.row else Status.PAID.value,
        "issued": words.date(charge.issued_on),
        "due": words.date(charge.due_on),
        "relative": words.relative_due(charge.due_on) if found.row else "",
        "terms": to_text(terms),
        "open_cents": charge.open_cents,
        "open": words.money(charge.open_cents),
        "is_contested": _is_contested(found),
    }


def _title(found: Charge, words: Words) -> str:
    charge = found.charge
    if found.late_fee:
        return words.text("Late fee for invoice %(number)s", number=found.late_fee.fee.invoice_number)
    if charge.kind == "debit_note":
        return words.text("Debit note %(number)s", number=charge.number)
    if charge.kind == "returned_fee":
        return words.text("Returned payment fee %(number)s", number=charge.number)
    return words.text("Invoice %(number)s", number=charge.number)


def _line_of(found: Charge, words: Words) -> list[dict[str, object]]:
    """What a charge without lines is for: one that was made here, as a payment went back or an invoice was late."""
    charge = found.charge
    if found.late_fee:
        text = formula(found.late_fee, words)
    elif charge.kind == "debit_note":
        text = words.text("Given back twice: as a refund, and by the bank")
    elif charge.kind == "returned_fee":
        text = words.text("Fee for a payment that came back: %(receipt)s", receipt=charge.memo)
    else:
        return []
    amount = words.money(charge.amount_cents)
    return [{"position": 0, "description": text, "quantity": "1", "unit_price": amount, "amount": amount}]


def _is_contested(found: Charge) -> bool:
    """Some of it is paid by money that a bank holds until a dispute is decided."""
    paid: Counter[int | None] = Counter()
    for movement in found.movements:
        if movement.payment_id in found.contested:
            paid[movement.payment_id] -= receivable_cents(movement)
    return any(cents > 0 for cents in paid.values())


def _parts(item: Item | None, words: Words) -> dict[str, str]:
    return {
        "payable": words.money_or_nothing(item.parts.payable_cents) if item else "",
        "pending": words.money_or_nothing(item.parts.pending_cents) if item else "",
        "disputed": words.money_or_nothing(item.parts.disputed_cents) if item else "",
        "on_plan": words.money_or_nothing(item.parts.on_plan_cents) if item else "",
        "credit": "",
    }


def _walk(found: Charge, words: Words, day: Callable[[date], str]) -> list[dict[str, str]]:
    """The movements are those that make the open amount, so the last line is open by exactly that."""
    events = _events(found, words)
    running = accumulate(cents for _, _, cents in events)
    return [
        {"on": day(on), "text": text, "amount": words.money(cents), "open": words.money(open_cents)}
        for (on, text, cents), open_cents in zip(events, running, strict=True)
    ]


def _under_way(debit: UnderWay, line: QuotedRow, words: Words, *, whole_account: bool) -> str:
    attempt = debit.attempt
    when = words.moment(attempt.processing_at or attempt.created_at)
    own, total = words.money(line.pay_cents), words.money(attempt.amount_cents)
    if whole_account and line.pay_cents != attempt.amount_cents:
        said = [
            words.text(
                "%(who)s started a bank payment of %(amount)s on %(when)s.",
                who=who(debit, words),
                amount=total,
                when=when,
            ),
            words.text("%(amount)s of it is for this invoice.", amount=own),
        ]
    else:
        text = "%(who)s started a bank payment of %(amount)s for this invoice on %(when)s."
        said = [words.text(text, who=who(debit, words), amount=own, when=when)]
    if line.discount_cents:
        discount = words.money(line.discount_cents)
        said.append(words.text("The early-payment discount of %(amount)s goes with it.", amount=discount))
    if line.credit_cents:
        said.append(words.text("%(amount)s of your credit goes with it.", amount=words.money(line.credit_cents)))
    if arrives := arrival(attempt, words):
        said.append(words.text("It should arrive by %(date)s.", date=arrives))
    return " ".join(said)


def _events(found: Charge, words: Words) -> list[tuple[date, str, int]]:
    """An amount and its tax are two movements of one act, and one line."""
    events: dict[str, tuple[date, str, int]] = {}
    taken: dict[int | None, str] = {}
    for movement in found.movements:
        act = movement.source.replace("/tax", "")
        before = events[act][2] if act in events else 0
        text = words.text(_kind(movement, found.causes.get(movement.source, ""), taken.get(movement.payment_id, "")))
        if movement.source in found.causes:
            taken[movement.payment_id] = found.causes[movement.source]
        events[act] = (movement.effective_on, text, before + receivable_cents(movement))
    return list(events.values())


def _kind(movement: Movement, cause: str, taken_by: str) -> str:
    """What to call it. `cause` took this money off the charge; `taken_by` took money of the same payment before."""
    other = movement.credit if movement.debit == LedgerAccount.RECEIVABLE else movement.debit
    kind = movement.source.partition(":")[0]
    if kind == "release":
        return _taken_back(cause)
    if kind == "charge" and movement.credit == LedgerAccount.RECEIVABLE:
        return "No longer owed"
    if other == LedgerAccount.UNAPPLIED and movement.credit == LedgerAccount.RECEIVABLE:
        if movement.payment_id is None:
            return "Account credit applied"
        return "Payment stands again" if _taken_back(taken_by) == "Payment returned by the bank" else "Payment"
    if kind == "discount":
        return "Early-payment discount" if movement.credit == LedgerAccount.RECEIVABLE else "Discount taken back"
    return {"waiver": "Late fee waived", "write_off": "Written off", "recovery": "Taken up again"}.get(kind, "Issued")


def _taken_back(cause: str) -> str:
    """By the source of the movement that took the money: Stripe's refunds are named as its disputes are."""
    if cause.startswith("waiver:"):
        return "Payment taken back: the fee was waived"
    if "/lost/" in cause or cause.startswith("return:"):
        return "Payment returned by the bank"
    if cause.startswith(("stripe:", "refund:")):
        return "Refund"
    return "Payment taken back"
