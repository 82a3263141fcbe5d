"""Differences between Stripe and the ledger, as the nightly comparison found them."""

from collections.abc import Sequence

from starlette.responses import Response

from admin.views.cells import Cell
from admin.web import exports, lists
from admin.web.desk import StaffVisit
from admin.web.exports import Value
from admin.web.lists import Choice, Column, List
from portal.actions.policies import Policy
from portal.records.breaks_listed import BREAKS, BreakListedRow
from portal.rules.dates import local_day

LIST = List(
    address="/admin/breaks",
    title="Differences",
    noun=("difference", "differences"),
    columns=(
        Column("What", "kind"),
        Column("The ledger says"),
        Column("Stripe says"),
        Column("What to do"),
        Column("Found", "found", from_the_last=True),
        Column("State"),
    ),
    empty="Stripe and the ledger agree.",
    searches="Kind, payment or figure",
    filters=(Choice("state", "State", "All", {"open": "Still there", "closed": "Gone"}),),
    intro="Every night Stripe is compared with the ledger. A difference is gone when both say the same again.",
    sort="found",
    descending=True,
)
_HEADER = ("kind", "about", "ledger", "stripe", "what_to_do", "found_at", "closed_at")


def show(visit: StaffVisit) -> Response:
    """All of them, the latest first."""
    asked = lists.read(visit, LIST)
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        found = lists.find(session, BREAKS, asked)
    rows = [_row(each, policy) for each in found.rows]
    return visit.page("admin/lists/show.html", lists.context(LIST, found, rows), policy=policy)


def _row(found: BreakListedRow, policy: Policy) -> Sequence[Cell]:
    words = policy.words(policy.currency)
    state = Cell("Still there", chip="failed") if found.closed_at is None else Cell("Gone", chip="stands")
    return [
        Cell(found.kind.replace("_", " ").capitalize(), sub=found.subject),
        Cell(found.ours),
        Cell(found.theirs),
        Cell(found.repair),
        Cell(words.day(local_day(found.found_at, policy.time_zone))),
        state,
    ]


def _line(found: BreakListedRow, policy: Policy) -> Sequence[Value]:
    closed_at = found.closed_at.isoformat() if found.closed_at else None
    return (found.kind, found.subject, found.ours, found.theirs, found.repair, found.found_at.isoformat(), closed_at)


ask_export, export = exports.pages(LIST, BREAKS, _HEADER, _line)
