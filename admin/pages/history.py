"""The history: who did what and when, the latest first. It is looked at and never changed."""

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from starlette.responses import Response

from admin.views import history as view
from admin.web import exports, lists
from admin.web.desk import StaffVisit
from admin.web.exports import Value
from admin.web.lists import Asked, Choice, Column, Day, List
from portal.actions.policies import Policy
from portal.records.history_listed import ACTS, ActRow
from portal.rules.dates import day_ends_at

_TOPICS = {
    "staff": "Staff and log-ins",
    "policy": "Policy",
    "refund": "Refunds",
    "payment": "Payments",
    "dispute": "Disputes",
    "credit": "Credit memos",
    "charge": "Invoices and write-offs",
    "late_fee": "Late fees",
    "method": "Saved cards and bank accounts",
    "autopay": "Automatic payments",
    "plan": "Payment plans",
    "customer": "Customers",
    "link": "Links",
    "step_up": "Codes and confirmed browsers",
    "list": "Exports",
    "import": "Imports",
    "attachment": "Attachments",
}
# Nothing was done outside of these; beyond them a day has no beginning or no end.
_FIRST, _LAST = date(1970, 1, 1), date(9999, 1, 1)
LIST = List(
    address="/admin/history",
    title="History",
    noun=("act", "acts"),
    columns=(
        Column("When", "when", from_the_last=True),
        Column("Who"),
        Column("What"),
        Column("Customer"),
        Column("Details"),
    ),
    empty="Nothing has been done yet.",
    searches="Who, what, customer or invoice",
    filters=(
        Choice(
            "who",
            "Done by",
            "Everybody",
            {"staff": "Staff", "customers": "Customers", "cli": "Command line", "others": "Everything else"},
        ),
        Choice("topic", "About", "Everything", _TOPICS),
        Day("from", "From"),
        Day("until", "Until"),
    ),
    intro="Each act is sealed together with the one before it: “portal check” finds what was changed afterwards.",
    sort="when",
    descending=True,
    only={"customer": "Only what is about one customer."},
)


def show(visit: StaffVisit) -> Response:
    """All of it, the latest first."""
    asked = lists.read(visit, LIST)
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        found = lists.find(session, ACTS, asked, **_period(asked, policy))
    rows = [view.row(each, policy) for each in found.rows]
    return visit.page("admin/lists/show.html", lists.context(LIST, found, rows), policy=policy)


def _period(asked: Asked, policy: Policy) -> dict[str, datetime]:
    """The seller's days as instants; a day that is not asked for has its place all the same."""
    first = max(asked.wanted.days.get("from", _FIRST), _FIRST) - timedelta(days=1)
    last = min(asked.wanted.days.get("until", _LAST), _LAST)
    return {"from_at": day_ends_at(first, policy.time_zone), "until_at": day_ends_at(last, policy.time_zone)}


def _line(found: ActRow, policy: Policy) -> Sequence[Value]:
    detail = json.dumps(found.detail, ensure_ascii=False)
    who = found.staff or found.contact or found.actor
    return (found.at.isoformat(), found.actor, who, found.action, found.customer, found.charge_number, detail)


ask_export, export = exports.pages(
    LIST, ACTS, ("at", "actor", "who", "what", "customer", "invoice", "details"), _line, _period
)
