"""Payments: the list."""

from collections.abc import Sequence

from starlette.responses import Response

from admin.views import payments as view
from admin.web import exports, lists
from admin.web.desk import StaffVisit
from admin.web.exports import Value, amount
from admin.web.lists import Choice, Column, Day, List
from portal.actions.policies import Policy
from portal.records.payments_listed import PAYMENTS, PaymentListedRow

LIST = List(
    address="/admin/payments",
    title="Payments",
    noun=("payment", "payments"),
    columns=(
        Column("Number", "number", from_the_last=True),
        Column("Customer", "customer"),
        Column("Received", "received", from_the_last=True),
        Column("How it came"),
        Column("Amount", "amount", is_number=True),
        Column("On no invoice", "unapplied", is_number=True),
        Column("Went back", "back", is_number=True),
    ),
    empty="No payment has come yet.",
    searches="Customer, reference or Stripe's charge id",
    filters=(
        Choice(
            "method",
            "How it came",
            "All",
            {"card": "Card", "us_bank_account": "Bank account (ACH)", "stripe": "Through Stripe", "cheque": "Cheque",
             "wire": "Wire transfer", "cash": "Cash", "other": "Otherwise"},
        ),
        Choice("state", "State", "All", {"unapplied": "Partly on no invoice", "back": "Something went back",
                                            "contested": "Disputed at the bank"}),
        Day("from", "Received from"),
        Day("until", "Received until"),
    ),
    intro="Cards and bank debits come in by themselves. To record a cheque, a wire or cash, open its customer.",
    sort="number",
    descending=True,
    only={"customer": "Only those of one customer."},
)  # fmt: skip
_HEADER = (
    *("number", "customer", "received_on", "method", "reference", "currency"),
    *("amount", "on_no_invoice", "went_back"),
)


def show(visit: StaffVisit) -> Response:
    """All of them, the newest first."""
    asked = lists.read(visit, LIST)
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        found = lists.find(session, PAYMENTS, asked)
    rows = [view.row(each, policy) for each in found.rows]
    return visit.page("admin/lists/show.html", lists.context(LIST, found, rows), policy=policy)


def _line(found: PaymentListedRow, policy: Policy) -> Sequence[Value]:
    return (
        f"R-{found.id:05d}",
        found.customer,
        found.received_on,
        found.method,
        found.reference,
        found.currency.upper(),
        amount(found.amount_cents, found.currency),
        amount(found.unapplied_cents, found.currency),
        amount(found.back_cents, found.currency),
    )


ask_export, export = exports.pages(LIST, PAYMENTS, _HEADER, _line)
