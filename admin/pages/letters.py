"""The mail log: every letter, what became of it, and trying again what could not be sent."""

from collections.abc import Sequence

from starlette.responses import Response

from admin.views import letters as view
from admin.web import exports, lists
from admin.web.desk import StaffVisit
from admin.web.exports import Value
from admin.web.lists import Choice, Column, List
from admin.web.said import told
from portal.actions import retries
from portal.actions.policies import Policy
from portal.records.letters_listed import LETTERS, LetterListedRow
from portal.rules.refusals import NotFound

LIST = List(
    address="/admin/letters",
    title="Mail log",
    noun=("letter", "letters"),
    columns=(
        Column("Letter", "kind"),
        Column("Customer"),
        Column("To"),
        Column("State"),
        Column("Written", "written", from_the_last=True),
        Column("Sent", "sent", from_the_last=True),
        Column(""),
    ),
    empty="No letter has been written yet.",
    searches="Customer, address, letter or error",
    filters=(
        Choice("state", "State", "All", view.STATES),
        Choice("to", "To", "Everybody", {"customer": "Customers", "seller": "You"}),
    ),
    sort="written",
    descending=True,
    only={"customer": "Only those about one customer."},
)
_HEADER = ("letter", "customer", "to", "state", "tries", "written_at", "sent_at", "error")


def show(visit: StaffVisit) -> Response:
    """All of them, the latest first."""
    asked = lists.read(visit, LIST)
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        found = lists.find(session, LETTERS, asked)
    rows = [view.row(each, policy, can_retry=visit.may("collector")) for each in found.rows]
    return visit.page("admin/lists/show.html", lists.context(LIST, found, rows), policy=policy)


def retry(visit: StaffVisit) -> Response:
    """Send a letter that was given up."""
    wanted = visit.path["letter"]
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 19):
        raise NotFound("There is no such letter.")
    with visit.resources.writing() as session:
        retries.send_again(session, int(wanted), now=visit.now, actor=visit.actor)
    return visit.see(told(f"{LIST.address}?state=waiting", "retried"))


def _line(found: LetterListedRow, policy: Policy) -> Sequence[Value]:
    sent_at = found.sent_at.isoformat() if found.sent_at else None
    written_at = found.created_at.isoformat()
    return (found.kind, found.customer, found.email, found.state, found.tries, written_at, sent_at, found.error)


ask_export, export = exports.pages(LIST, LETTERS, _HEADER, _line)
