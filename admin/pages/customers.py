"""Customers: the list of them, with what each owes."""

from collections.abc import Sequence

from starlette.responses import Response

from admin.views import customers as view
from admin.web import exports, lists
from admin.web.desk import StaffVisit
from admin.web.exports import Value, amount
from admin.web.lists import Choice, Column, List
from portal.actions.policies import Policy
from portal.records.customers_listed import CUSTOMERS, CustomerRow

LIST = List(
    address="/admin/customers",
    title="Customers",
    noun=("customer", "customers"),
    columns=(
        Column("Name", "name"),
        Column("Number", "number"),
        Column("Open", "open", is_number=True),
        Column("Overdue", "overdue", is_number=True),
        Column("Disputed", "disputed", is_number=True),
        Column("Credit", "credit", is_number=True),
        Column("Last payment", "paid", from_the_last=True),
    ),
    empty="There are no customers yet. They come in with an import of invoices: portal import.",
    searches="Name, number or e-mail address",
    filters=(
        Choice(
            "owes",
            "Who",
            "Everybody",
            {
                "open": "Who owes something",
                "overdue": "Who is overdue",
                "disputed": "Who disputes something",
                "credit": "Who has credit",
            },
        ),
    ),
    sort="name",
)
_HEADER = ("customer", "number", "currency", "open", "overdue", "disputed", "credit", "last_payment")


def show(visit: StaffVisit) -> Response:
    """Everybody, by name."""
    asked = lists.read(visit, LIST)
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        found = lists.find(session, CUSTOMERS, asked, **lists.as_of(policy))
    rows = [view.row(each, policy) for each in found.rows]
    return visit.page("admin/lists/show.html", lists.context(LIST, found, rows), policy=policy)


def _line(found: CustomerRow, policy: Policy) -> Sequence[Value]:
    return (
        found.name,
        found.number,
        found.currency.upper(),
        amount(found.open_cents, found.currency),
        amount(found.overdue_cents, found.currency),
        amount(found.disputed_cents, found.currency),
        amount(found.credit_cents, found.currency),
        found.last_paid_on,
    )


ask_export, export = exports.pages(LIST, CUSTOMERS, _HEADER, _line, lambda asked, policy: lists.as_of(policy))
