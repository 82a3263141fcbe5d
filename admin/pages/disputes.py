"""The queue of disputes: whose turn, until when, how much; and giving several of them to somebody at once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from starlette.responses import Response

from admin.views import disputes as view
from admin.web import exports, lists
from admin.web.desk import Page, StaffVisit
from admin.web.exports import Value, amount
from admin.web.lists import Asked, Choice, Column, List
from portal.actions import dispute_decisions
from portal.actions.dispute_steps import Speaker
from portal.actions.policies import Policy
from portal.records import Session, disputes, staff
from portal.records import dispute_queue as records
from portal.records.dispute_queue import QUEUE, QueuedRow
from portal.records.listing import Wanted
from portal.records.staff import StaffRow
from portal.rules.claims import REASONS
from portal.rules.disputes import OPEN, turn
from portal.rules.refusals import NotFound

ADDRESS = "/admin/disputes"
_MOST_AT_ONCE = 500
LIST = List(
    address=ADDRESS,
    title="Disputes",
    noun=("dispute", "disputes"),
    columns=(
        Column("Dispute", "number"),
        Column("Customer", "customer"),
        Column("Reason"),
        Column("At stake", "stake", is_number=True),
        Column("Age", "filed"),
        Column("Clock", "clock"),
        Column("Assignee"),
        Column("State"),
    ),
    empty="No dispute is open. Customers file them on the page of an invoice.",
    searches="Number, customer, invoice",
    filters=(
        Choice(
            "state",
            "State",
            "Open",
            {"all": "All", **view.STATES, "closed": "Closed"},
            otherwise="open",
        ),
        Choice("turn", "Turn", "Anybody’s", {"seller": "Yours", "customer": "The customer’s"}),
        Choice("clock", "Clock", "Any", {"overdue": "Overdue", "due": "Due today or overdue"}),
    ),
    sort="clock",
    only={"customer": "Only those of one customer."},
)
_HEADER = (
    *("reference", "customer", "invoice", "reasons", "currency", "at_stake", "disputed", "approved"),
    *("filed_on", "age_days", "turn", "answer_by", "is_overdue", "assignee", "state", "is_goodwill", "decided_on"),
)
_OPEN = Wanted(chosen={"state": "open"})


def show(visit: StaffVisit) -> Response:
    """The open ones, the most urgent first, unless something else is asked for."""
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        people = staff.present(session)
        shown = _shown(people, policy)
        asked = lists.read(visit, shown)
        found = lists.find(session, QUEUE, asked, **_places(visit, policy))
        stakes = records.stakes(session, asked.wanted, **_places(visit, policy))  # type: ignore[arg-type]
        everything = records.stakes(session, _OPEN, **_places(visit, policy))  # type: ignore[arg-type]
    rows = [view.row(each, policy, can_pick=visit.may("collector")) for each in found.rows]
    context = {
        **lists.context(shown, found, rows),
        "tiles": view.tiles(everything, policy),
        "sum": view.at_stake(stakes, policy),
        "people": people if visit.may("collector") else (),
        "me": visit.staff.public_id,
        "assign": lists.address(shown, found.asked, path=f"{ADDRESS}/assign"),
        "told": _told(visit, people),
    }
    return visit.page("admin/disputes/queue.html", context, policy=policy)


def assign(visit: StaffVisit) -> Response:
    """Give the ticked ones to somebody, or to nobody. One that has moved meanwhile is theirs all the same."""
    wanted = visit.form.get("assignee", "")
    with visit.resources.writing() as session:
        person = _person(session, wanted)
        count = 0
        for public_id in [*dict.fromkeys(visit.form.getlist("picked"))][:_MOST_AT_ONCE]:
            count += _give(visit, session, public_id, person)
    with visit.resources.reading() as session:
        shown = _shown(staff.present(session), visit.policy(session))
    back = lists.address(shown, lists.read(visit, shown))
    given = f"assigned={count}&to={person.public_id if person else 'nobody'}"
    return visit.see(f"{back}{'&' if '?' in back else '?'}{given}")


def ask_export(visit: StaffVisit) -> Response:
    """The page that asks."""
    return _exporting(visit)[0](visit)


def export(visit: StaffVisit) -> Response:
    """The file."""
    return _exporting(visit)[1](visit)


def _exporting(visit: StaffVisit) -> tuple[Page, Page]:
    with visit.resources.reading() as session:
        shown = _shown(staff.present(session), visit.policy(session))

    def values(asked: Asked, policy: Policy) -> Mapping[str, object]:
        return _places(visit, policy)

    return exports.pages(shown, QUEUE, _HEADER, _line, values)


def _shown(people: Sequence[StaffRow], policy: Policy) -> List:
    """The list, which may be filtered by reason, and by whoever works here now."""
    words = policy.words(policy.currency)
    reasons: dict[str, str] = {reason: view.reasons(reason, words) for reason in REASONS}
    options = {"mine": "Mine", "nobody": "Nobody", **{each.public_id: each.name for each in people}}
    return replace(
        LIST,
        filters=(
            *LIST.filters,
            Choice("reason", "Reason", "Any", reasons),
            Choice("assignee", "Assignee", "Anybody", options),
        ),
    )


def _places(visit: StaffVisit, policy: Policy) -> dict[str, object]:
    return {"day": policy.today, "me": visit.staff.id}


def _person(session: Session, wanted: str) -> StaffRow | None:
    person = staff.by_public_id(session, wanted) if wanted else None
    if wanted and person is None:
        raise NotFound("Nobody like that works here any more. Choose somebody else.")
    return person


def _give(visit: StaffVisit, session: Session, public_id: str, person: StaffRow | None) -> bool:
    dispute = disputes.by_public_id(session, public_id)
    if dispute is None or dispute.assignee_id == (person.id if person else None):
        return False
    by = Speaker(visit.actor, staff_id=visit.staff.id)
    dispute_decisions.assign(session, dispute, person.id if person else None, by, now=visit.now)
    return True


def _told(visit: StaffVisit, people: Sequence[StaffRow]) -> str:
    """What was just done, from the address; it says no more than the list itself."""
    count = visit.query.get("assigned", "")
    if not (count.isascii() and count.isdigit() and len(count) < 5):
        return ""
    to = next((each.name for each in people if each.public_id == visit.query.get("to")), "nobody")
    if count == "0":
        return f"Nothing had to change: those you chose belong to {to} already."
    return f"{count} {'dispute belongs' if count == '1' else 'disputes belong'} to {to} now."


def _line(found: QueuedRow, policy: Policy) -> Sequence[Value]:
    is_overdue = found.reply_by is not None and found.reply_by < policy.today
    return (
        found.number,
        found.customer,
        found.invoice,
        view.reasons(found.reasons, policy.words(found.currency)),
        found.currency.upper(),
        amount(found.at_stake_cents, found.currency),
        amount(found.disputed_cents, found.currency),
        amount(found.approved_cents, found.currency),
        found.filed_on,
        (policy.today - found.filed_on).days,
        turn(found.state),  # type: ignore[arg-type]
        found.reply_by,
        "yes" if is_overdue else "no",
        found.assignee,
        found.state,
        "yes" if found.is_goodwill else "no",
        None if found.state in OPEN else found.decided_on,
    )
