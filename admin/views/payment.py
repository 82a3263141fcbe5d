"""One payment in words: where its money is, what happened to it, and what went back."""

from collections.abc import Iterator, Mapping, Sequence

from admin.views.cells import Cell, Fact, Head, Link, Table, money_cell
from admin.views.things import Note, Section, Tile
from portal.actions.receipts import Receipt
from portal.records.accounts import AccountRow
from portal.records.reversals import RefundRow
from portal.rules.ledger import LedgerAccount, Movement, unapplied_cents
from portal.views.payments import method_name
from portal.views.receipts import mark
from portal.wording import Words

_CHIPS = {"": ("Stands", "stands"), "returned": ("Returned", "returned"), "disputed": ("Disputed", "disputed"),
          "refunded": ("Refunded", "open")}  # fmt: skip
_REFUNDS = {
    "created": ("Being asked for", "on_its_way"),
    "pending": ("On its way", "on_its_way"),
    "succeeded": ("Given back", "stands"),
    "failed": ("Did not arrive", "failed"),
    "refused": ("Refused", "failed"),
}
_KINDS = {"inquiry": "Inquiry", "chargeback": "Chargeback", "return": "Returned by the bank"}
_OUTSIDE = (LedgerAccount.CLEARING, LedgerAccount.BANK)


def chip(found: Receipt) -> Cell:
    """How the payment stands."""
    text, kind = _CHIPS[mark(found)]
    return Cell(text, chip=kind)


def facts(found: Receipt, account: AccountRow, words: Words) -> Sequence[Fact]:
    """Whose it is, how and when it came."""
    row = found.payment
    told = [
        Fact("Customer", account.name, href=f"/admin/customers/{account.public_id}"),
        Fact("How it came", method_name(row.method, words)),
        *([Fact("Started", words.moment(row.started_at))] if row.attempt_id else []),
        Fact("In the books since", words.date(row.received_on)),
        Fact("Reference", row.reference or "None"),
    ]
    return [*told, Fact("Charge at Stripe", row.stripe_charge_id)] if row.stripe_charge_id else told


def tiles(found: Receipt, words: Words) -> Sequence[Tile]:
    """Where its money is: the other figures add up to the first."""
    on_invoices = sum(row.amount_cents for row in found.standing)
    figures = (
        ("On invoices", on_invoices),
        ("On no invoice", found.unapplied_cents),
        ("Given back", found.refunded_cents),
        ("Returned by the bank", found.returned_cents),
        ("Charged again", -found.charged_again_cents),
    )
    return [
        Tile("Received", words.money(found.payment.amount_cents)),
        *(Tile(name, words.money(cents)) for name, cents in figures if cents or name == "On invoices"),
    ]


def notes(found: Receipt, words: Words) -> Iterator[Note]:
    """What must be known first: a refund that came to nothing, or of which nothing is known yet."""
    if not found.refunds:
        return
    last = found.refunds[-1]
    amount = words.money(last.amount_cents)
    if last.state in ("failed", "refused"):
        reason = (last.failure or "Stripe gives no reason").rstrip(".")
        yield Note(f"{amount} was not given back: {reason}. The books are as they were before.", "danger")
    elif last.state == "created":
        yield Note(f"Stripe has not answered yet about giving {amount} back. It goes on by itself: do not ask again.")


def places(found: Receipt, words: Words, *, base: str, can_release: bool) -> Table:
    """What it pays, invoice by invoice."""
    rows = [
        [
            Cell(row.number, href=f"/admin/invoices/{row.charge_public_id}"),
            Cell(words.money(row.amount_cents)),
            money_cell(words.money(row.discount_cents), row.discount_cents),
            money_cell(words.money(found.open_cents[row.charge_id]), found.open_cents[row.charge_id]),
            Cell("Take off", href=f"{base}/release/{row.charge_public_id}", about=row.number)
            if can_release
            else Cell(""),
        ]
        for row in found.standing
    ]
    heads = [Head("Invoice"), Head("Paid", True), Head("Discount", True), Head("Still open", True), Head("")]
    return Table("What it pays", heads, rows, "It pays no invoice.")


def walk(movements: Sequence[Movement], numbers: Mapping[int, str], words: Words) -> Table:
    """What happened to it, in order, and what of it was on no invoice after each."""
    rows, running = [], 0
    for movement in movements:
        change = unapplied_cents(movement)
        if not change:
            continue
        running += change
        rows.append(
            [
                Cell(_happened(movement, numbers)),
                Cell(words.long_day(movement.effective_on)),
                Cell(words.money(movement.amount_cents)),
                Cell(words.money(running)),
            ]
        )
    heads = [Head("What happened"), Head("On"), Head("Amount", True), Head("On no invoice then", True)]
    return Table("What happened to it", heads, rows)


def returned(found: Receipt, names: Mapping[str, str], words: Words) -> Iterator[Section]:
    """Refunds, and disputes at the bank, if there were any."""
    if found.refunds:
        heads = [
            Head("Refund"),
            Head("State"),
            Head("Asked for"),
            Head("Invoices"),
            Head("Reason"),
            Head("Amount", True),
        ]
        rows = [_refund(row, names, words) for row in found.refunds]
        yield Section("Refunds", Table("Refunds", heads, rows))
    if found.chargebacks:
        heads = [Head("Kind"), Head("State at Stripe"), Head("Reason"), Head("Answer by"), Head("Amount", True)]
        cells = [
            [
                Cell(_KINDS.get(row.kind, row.kind), sub=row.stripe_dispute_id),
                Cell(row.state.replace("_", " ")),
                Cell(row.reason.replace("_", " ")),
                Cell(words.short_moment(row.answer_by) if row.answer_by else ""),
                Cell(words.money(row.amount_cents)),
            ]
            for row in found.chargebacks
        ]
        yield Section("At the bank", Table("At the bank", heads, cells))


def link(found: Receipt) -> Link:
    """Its own page."""
    return Link(f"R-{found.payment.id:05d}", f"/admin/payments/{found.payment.public_id}")


def _refund(row: RefundRow, names: Mapping[str, str], words: Words) -> list[Cell]:
    text, kind = _REFUNDS[row.state]
    return [
        Cell(words.short_moment(row.created_at), sub=row.stripe_refund_id or ""),
        Cell(text, chip=kind, sub=row.failure or ""),
        Cell(f"by {names.get(row.asked_by, row.asked_by)}"),
        Cell("Stay paid by credit memo" if row.covers else "Open again, if any"),
        Cell(row.reason),
        Cell(words.money(row.amount_cents)),
    ]


def _happened(movement: Movement, numbers: Mapping[int, str]) -> str:
    number = numbers.get(movement.charge_id or 0, "an invoice")
    if movement.source.startswith("charge:"):
        return f"Charged again by {number}"
    if movement.credit is LedgerAccount.UNAPPLIED:
        if movement.debit is LedgerAccount.RECEIVABLE:
            return f"Taken off {number}"
        if movement.debit is LedgerAccount.CHARGEBACKS_HELD:
            return "Paid again by the bank"
        return "A refund came back" if movement.source.endswith("/failed") else "Received"
    if movement.credit is LedgerAccount.RECEIVABLE:
        return f"Put on {number}"
    if movement.credit in _OUTSIDE and not movement.source.startswith("return:"):
        return "Given back"
    return "Taken back by the bank"
