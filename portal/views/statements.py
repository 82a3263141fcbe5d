"""The statement in words, for the page, the paper and the CSV.

All three are shapes of one `Standing`, so that they agree to the cent.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date

from portal.actions.statements import Standing
from portal.records.charges import ChargeRow
from portal.rules.csv_cells import text_cell
from portal.rules.money import plain
from portal.rules.statement import Row, Status
from portal.templating import OpenRow
from portal.wording import Words

_MOST_OFFERS = 3
_CSV_COLUMNS = (
    "number",
    "kind",
    "issued_on",
    "due_on",
    "status",
    "amount",
    "open",
    "payable",
    "pending",
    "disputed",
    "on_plan",
    "discount",
    "discount_until",
    "to_pay",
    "currency",
)


def heading(standing: Standing, words: Words) -> dict[str, object]:
    """What stands above the open invoices, on the page and on paper."""
    found = standing.statement
    balance = found.balance
    due_soon = [row for row in found.rows if row.status == Status.DUE_SOON]
    return {
        "as_of": words.date(standing.on),
        "balance_cents": balance.balance_cents,
        "balance": words.money(abs(balance.balance_cents)),
        "overdue": words.money_or_nothing(found.overdue_cents),
        "due_soon": words.money_or_nothing(found.due_soon_cents),
        "due_soon_days": max(((row.item.due_on - standing.on).days for row in due_soon), default=0),
        "parts": {
            "payable": words.money_or_nothing(balance.payable_cents),
            "pending": words.money_or_nothing(balance.pending_cents),
            "disputed": words.money_or_nothing(balance.disputed_cents),
            "on_plan": words.money_or_nothing(balance.on_plan_cents),
            "credit": words.money_or_nothing(-balance.credit_cents),
        },
    }


def offers(standing: Standing, words: Words, *, only: int | None = None) -> list[dict[str, str]]:
    """Early-payment discounts still to be had (of one charge, where `only` is its id), the first to end at the top."""
    groups: dict[tuple[date, int], list[Row]] = defaultdict(list)
    for row in standing.statement.rows:
        offer = row.item.offer
        if only not in (None, row.item.charge_id):
            continue
        if offer is not None and offer.discount_cents and offer.until_on is not None:
            groups[offer.until_on, offer.rate_bp].append(row)
    return [
        {
            "invoices": words.joined([row.item.number for row in rows]) if len(rows) <= 3 else _count(rows, words),
            "until": words.date(until_on),
            "saving": words.money(sum(row.item.offer.discount_cents for row in rows if row.item.offer)),
            "percent": words.percent(rate_bp),
        }
        for (until_on, rate_bp), rows in sorted(groups.items(), key=lambda each: each[0])[:_MOST_OFFERS]
    ]


def open_rows(standing: Standing, words: Words, *, base: str, chosen: Collection[str]) -> list[OpenRow]:
    """A row for each open charge, oldest due first. `base` is the account's address, `chosen` are public ids."""
    return [
        _open_row(row, standing.charges[row.item.charge_id], words, base, chosen) for row in standing.statement.rows
    ]


def preselected(standing: Standing) -> frozenset[str]:
    """What is checked when the page opens: everything overdue or due soon, else whatever can be paid."""
    payable = [row for row in standing.statement.rows if row.item.parts.payable_cents]
    pressing = [row for row in payable if row.status in (Status.OVERDUE, Status.DUE_SOON)]
    return frozenset(standing.charges[row.item.charge_id].public_id for row in pressing or payable)


def sums(rows: Sequence[OpenRow], words: Words) -> dict[str, object]:
    """The payment summary of the rows that are checked."""
    checked = [row for row in rows if row.checked]
    balance = sum(row.payable_cents for row in checked)
    discount = sum(row.discount_cents for row in checked)
    return {
        "count": len(checked),
        "balance": words.money(balance),
        "discount": words.money_or_nothing(-discount),
        "total": words.money(balance - discount),
    }


def _count(rows: Sequence[Row], words: Words) -> str:
    return words.count("%(num)s invoice", "%(num)s invoices", len(rows))


def _open_row(row: Row, charge: ChargeRow, words: Words, base: str, chosen: Collection[str]) -> OpenRow:
    item = row.item
    payable = item.parts.payable_cents
    offer = item.offer if item.offer is not None and item.offer.discount_cents else None
    return OpenRow(
        charge=charge.public_id if payable else "",
        number=item.number,
        href=f"{base}/invoices/{charge.public_id}",
        issued=words.day(item.issued_on),
        due=words.day(item.due_on),
        # While its plan is kept, nobody waits for it.
        relative="" if row.status is Status.ON_PLAN else words.relative_due(item.due_on),
        status=row.status.value,
        discount=words.money(-offer.discount_cents) if offer else "",
        discount_until=words.day(offer.until_on) if offer and offer.until_on else "",
        balance=words.money(item.parts.open_cents),
        note=_note(row, words),
        payable_cents=payable,
        discount_cents=offer.discount_cents if offer else 0,
        checked=bool(payable) and charge.public_id in chosen,
    )


def _note(row: Row, words: Words) -> str:
    """What of the balance cannot be paid now, and why; empty where all of it can."""
    parts = row.item.parts
    if parts.payable_cents == parts.open_cents:
        return ""
    said = [words.text("%(amount)s to pay now", amount=words.money(parts.payable_cents))] if parts.payable_cents else []
    if parts.pending_cents:
        said.append(words.text("%(amount)s on its way", amount=words.money(parts.pending_cents)))
    if parts.disputed_cents:
        said.append(words.text("%(amount)s disputed", amount=words.money(parts.disputed_cents)))
    if parts.on_plan_cents:
        said.append(words.text("%(amount)s on a plan", amount=words.money(parts.on_plan_cents)))
    return ", ".join(said)


def paper(standing: Standing, words: Words) -> dict[str, object]:
    """The statement on paper."""
    rows = zip(standing.statement.rows, open_rows(standing, words, base="", chosen=()), strict=True)
    return {
        **heading(standing, words),
        "rows": [
            (
                row.number,
                # Paper is read in another year too.
                words.long_day(charge.item.issued_on),
                words.long_day(charge.item.due_on),
                row.note or row.relative,
                words.text("%(amount)s by %(day)s", amount=row.discount, day=row.discount_until)
                if row.discount
                else "",
                row.balance,
            )
            for charge, row in rows
        ],
        "open_total": words.money(standing.statement.balance.open_cents),
        "offers": offers(standing, words),
    }


def csv_rows(standing: Standing) -> list[list[str]]:
    """The statement as a table for a spreadsheet: plain figures, ISO dates, the account credit and sum at the end."""
    currency = standing.account.currency
    table = [list(_CSV_COLUMNS)]
    for row in standing.statement.rows:
        item, offer = row.item, row.item.offer
        discount = offer.discount_cents if offer else 0
        parts = item.parts
        cents = (item.amount_cents, parts.open_cents, parts.payable_cents, parts.pending_cents, parts.disputed_cents)
        table.append(
            [text_cell(item.number), item.kind, item.issued_on.isoformat(), item.due_on.isoformat(), row.status.value]
            + [plain(each, currency) for each in (*cents, parts.on_plan_cents, discount)]
            + [offer.until_on.isoformat() if offer and offer.until_on and discount else ""]
            + [plain(parts.payable_cents - discount, currency), currency.upper()]
        )
    balance = standing.statement.balance
    for label, total in (("account credit", -balance.credit_cents), ("balance", balance.balance_cents)):
        table.append([label, "", "", "", "", "", plain(total, currency), *[""] * 7, currency.upper()])
    return table
