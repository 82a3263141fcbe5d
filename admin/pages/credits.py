"""Credit memos: the list, and one of them with where its value went."""

from collections.abc import Sequence

from starlette.responses import Response

from admin.views.cells import Cell, Fact, Head, Link, Table, money_cell
from admin.views.things import Section, thing
from admin.web import exports, lists
from admin.web.desk import StaffVisit
from admin.web.exports import Value, amount
from admin.web.lists import Choice, Column, Day, List
from portal.actions.policies import Policy
from portal.records import credits_listed as records
from portal.records.credits_listed import CREDITS, CreditListedRow
from portal.rules.refusals import NotFound

LIST = List(
    address="/admin/credits",
    title="Credit memos",
    noun=("credit memo", "credit memos"),
    columns=(
        Column("Number", "number"),
        Column("Customer", "customer"),
        Column("Written for"),
        Column("Issued", "issued", from_the_last=True),
        Column("Amount", "amount", is_number=True),
        Column("On no invoice", "unapplied", is_number=True),
        Column("Reason"),
    ),
    empty="There are no credit memos yet. They are made when a dispute is decided for the customer.",
    searches="Number, customer, invoice or reason",
    filters=(
        Choice("state", "State", "All", {"unapplied": "Partly on no invoice"}),
        Day("from", "Issued from"),
        Day("until", "Issued until"),
    ),
    sort="issued",
    descending=True,
    only={"customer": "Only those of one customer."},
)
_HEADER = (
    *("number", "customer", "written_for", "issued_on", "currency"),
    *("amount", "tax", "on_no_invoice", "reason"),
)


def show(visit: StaffVisit) -> Response:
    """All of them, the newest first."""
    asked = lists.read(visit, LIST)
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        found = lists.find(session, CREDITS, asked)
    rows = [row(each, policy) for each in found.rows]
    return visit.page("admin/lists/show.html", lists.context(LIST, found, rows), policy=policy)


def show_one(visit: StaffVisit) -> Response:
    """One credit memo, and the invoices that its value is on."""
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        found = records.find(session, visit.path["credit"])
        if found is None:
            raise NotFound("There is no such credit memo.")
        put = records.put(session, found.id)
    words = policy.words(found.currency)
    facts = [
        Fact("Customer", found.customer, href=f"/admin/customers/{found.customer_public_id}"),
        Fact("Written for", found.charge_number or "No invoice", href=_invoice(found.charge_public_id)),
        Fact("Issued", words.date(found.issued_on)),
        Fact("Amount", words.money(found.amount_cents)),
        Fact("Of that tax", words.money(found.tax_cents)),
        Fact("On no invoice", words.money(found.unapplied_cents)),
        Fact("Reason", found.reason or "None was given"),
    ]
    table = Table(
        "Where its value is",
        [Head("Invoice"), Head("Since"), Head("Amount", is_number=True)],
        [
            [Cell(each.number, href=_invoice(each.charge_public_id)), Cell(words.long_day(each.effective_on)),
             Cell(words.money(each.amount_cents))]
            for each in put
        ],
        "It is on no invoice: all of it is account credit.",
    )  # fmt: skip
    context = thing(
        f"Credit memo {found.number}",
        Link("Credit memos", LIST.address),
        facts=facts,
        sections=[Section(table.title, table)],
    )
    return visit.page("admin/things/show.html", context, policy=policy)


def _invoice(public_id: str | None) -> str:
    return f"/admin/invoices/{public_id}" if public_id else ""


def row(found: CreditListedRow, policy: Policy) -> Sequence[Cell]:
    """The cells of `LIST`."""
    words = policy.words(found.currency)
    return [
        Cell(found.number, href=f"{LIST.address}/{found.public_id}"),
        Cell(found.customer, href=f"/admin/customers/{found.customer_public_id}"),
        Cell(found.charge_number or "", href=_invoice(found.charge_public_id)),
        Cell(words.day(found.issued_on)),
        Cell(words.money(found.amount_cents)),
        money_cell(words.money(found.unapplied_cents), found.unapplied_cents),
        Cell(found.reason),
    ]


def _line(found: CreditListedRow, policy: Policy) -> Sequence[Value]:
    return (
        found.number,
        found.customer,
        found.charge_number,
        found.issued_on,
        found.currency.upper(),
        amount(found.amount_cents, found.currency),
        amount(found.tax_cents, found.currency),
        amount(found.unapplied_cents, found.currency),
        found.reason,
    )


ask_export, export = exports.pages(LIST, CREDITS, _HEADER, _line)
