"""What customers said: money on its way, credit to be paid back. None of it is money."""

from collections.abc import Sequence

from starlette.responses import Response

from admin.views.cells import Cell
from admin.web import exports, lists
from admin.web.desk import StaffVisit
from admin.web.exports import Value, amount
from admin.web.lists import Choice, Column, List
from admin.web.said import told
from portal.actions import notices
from portal.actions.policies import Policy
from portal.records.notices_listed import NOTICES, NoticeListedRow
from portal.rules.dates import local_day

_METHODS = {"cheque": "Cheque", "wire": "Bank transfer", "other": "Another way"}
LIST = List(
    address="/admin/notices",
    title="Notices",
    noun=("notice", "notices"),
    columns=(
        Column("Customer", "customer"),
        Column("What they said"),
        Column("Amount", "amount", is_number=True),
        Column("Sent", "sent", from_the_last=True),
        Column("Reference"),
        Column("Told us", "told", from_the_last=True),
        Column("State"),
        Column(""),
    ),
    empty="No customer has said anything yet.",
    searches="Customer, reference or e-mail address",
    filters=(
        Choice("state", "State", "All", {"open": "Not done", "done": "Done"}),
        Choice("kind", "What", "All", {"sent": "Money is on its way", "refund": "Credit to be paid back"}),
    ),
    intro="Customers say that money is on its way, or ask for their credit. No balance changes by it: record what "
    "arrives, pay back what you owe, and mark it as done.",
    sort="told",
    descending=True,
    only={"customer": "Only those of one customer."},
)
_HEADER = (
    *("customer", "kind", "method", "currency", "amount"),
    *("sent_on", "reference", "told_at", "told_by", "done_at"),
)


def show(visit: StaffVisit) -> Response:
    """All of them, the latest first."""
    asked = lists.read(visit, LIST)
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        found = lists.find(session, NOTICES, asked)
        waiting = {each.id for each in notices.open_anywhere(session)}
    can_end = visit.may("collector")
    rows = [row(each, policy, is_open=each.id in waiting, can_end=can_end) for each in found.rows]
    return visit.page("admin/lists/show.html", lists.context(LIST, found, rows), policy=policy)


def end(visit: StaffVisit) -> Response:
    """It is settled, however that was."""
    with visit.resources.writing() as session:
        notices.close(session, visit.path["notice"], now=visit.now, actor=visit.actor)
    return visit.see(told(LIST.address, "notice"))


def row(found: NoticeListedRow, policy: Policy, *, is_open: bool, can_end: bool) -> Sequence[Cell]:
    """The cells of `LIST`."""
    words = policy.words(found.currency)
    said = "Asks for their credit back" if found.kind == "refund" else f"{_METHODS[found.method]} on its way"
    done = "" if found.closed_at is None else f"on {words.day(local_day(found.closed_at, policy.time_zone))}"
    ended = Cell("Done", chip="stands", sub=done)
    if not is_open and found.closed_at is None:
        ended = Cell("Done", chip="stands", sub="the credit is gone")
    return [
        Cell(found.customer, href=f"/admin/customers/{found.customer_public_id}"),
        Cell(said, sub=found.email or ""),
        Cell(words.money(found.amount_cents)),
        Cell(words.day(found.sent_on) if found.kind == "sent" else ""),
        Cell(found.reference),
        Cell(words.day(local_day(found.created_at, policy.time_zone))),
        Cell("Open", chip="on_its_way") if is_open else ended,
        Cell("Mark as done", act=f"{LIST.address}/{found.public_id}/end", about=f"of {found.customer}")
        if is_open and can_end
        else Cell(""),
    ]


def _line(found: NoticeListedRow, policy: Policy) -> Sequence[Value]:
    return (
        found.customer,
        found.kind,
        found.method,
        found.currency.upper(),
        amount(found.amount_cents, found.currency),
        found.sent_on,
        found.reference,
        found.created_at.isoformat(),
        found.email,
        found.closed_at.isoformat() if found.closed_at else None,
    )


ask_export, export = exports.pages(LIST, NOTICES, _HEADER, _line)
