"""Invoices and what else is owed like one: the list."""

from collections.abc import Sequence

from starlette.responses import Response

from admin.views import invoices as view
from admin.views.standing import CHARGE_STATES
from admin.web import exports, lists
from admin.web.desk import StaffVisit
from admin.web.exports import Value, amount
from admin.web.lists import Choice, Column, Day, List
from portal.actions.policies import Policy
from portal.records.charges_listed import CHARGES, ChargeListedRow

LIST = List(
    address="/admin/invoices",
    title="Invoices",
    noun=("invoice", "invoices"),
    columns=(
        Column("Number", "number"),
        Column("Customer", "customer"),
        Column("Status"),
        Column("Issued", "issued", from_the_last=True),
        Column("Due", "due"),
        Column("Amount", "amount", is_number=True),
        Column("Open", "open", is_number=True),
    ),
    empty="There are no invoices yet. They come in with an import: portal import.",
    searches="Number, customer or memo",
    filters=(
        Choice(
            "status",
            "Status",
            "All",
            {"unpaid": "Not paid", **CHARGE_STATES},
        ),
        Day("from", "Issued from"),
        Day("until", "Issued until"),
    ),
    sort="issued",
    descending=True,
    only={"customer": "Only those of one customer."},
)
_HEADER = (
    *("number", "kind", "customer", "status", "issued_on", "due_on", "terms"),
    *("currency", "amount", "open", "disputed"),
)


def show(visit: StaffVisit) -> Response:
    """All of them, the newest first."""
    asked = lists.read(visit, LIST)
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        found = lists.find(session, CHARGES, asked, **lists.as_of(policy))
    rows = [view.row(each, policy) for each in found.rows]
    return visit.page("admin/lists/show.html", lists.context(LIST, found, rows), policy=policy)


def _line(found: ChargeListedRow, policy: Policy) -> Sequence[Value]:
    return (
        found.number,
        found.kind,
        found.customer,
        found.status,
        found.issued_on,
        found.due_on,
        found.terms,
        found.currency.upper(),
        amount(found.amount_cents, found.currency),
        amount(found.open_cents, found.currency),
        amount(found.disputed_cents, found.currency),
    )


ask_export, export = exports.pages(LIST, CHARGES, _HEADER, _line, lambda asked, policy: lists.as_of(policy))
