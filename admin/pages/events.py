"""What Stripe told us: the events as they came, what became of them, and trying again what was given up."""

from collections.abc import Sequence

from starlette.responses import Response

from admin.views import events as view
from admin.views.cells import Fact, Link
from admin.views.things import Note, Section, form, thing
from admin.web import exports, lists
from admin.web.desk import StaffVisit
from admin.web.exports import Value
from admin.web.lists import Choice, Column, List
from portal.actions import retries
from portal.actions.policies import Policy
from portal.records import inbox_listed as records
from portal.records.inbox_listed import EVENTS, EventListedRow
from portal.records.listing import Wanted
from portal.rules.refusals import NotFound

LIST = List(
    address="/admin/events",
    title="Webhooks",
    noun=("event", "events"),
    columns=(
        Column("Event", "type"),
        Column("About"),
        Column("State"),
        Column("Received", "received", from_the_last=True),
        Column("What went wrong"),
        Column(""),
    ),
    empty="Stripe has not told us anything yet.",
    searches="Event, kind or payment at Stripe",
    filters=(Choice("state", "State", "All", view.STATES),),
    intro="What Stripe told the portal. An event is a hint only: the payment itself is read again before it is posted.",
    sort="received",
    descending=True,
)
_HEADER = ("event", "type", "about", "state", "tries", "received_at", "handled_at", "error")


def show(visit: StaffVisit) -> Response:
    """All of them, the latest first."""
    asked = lists.read(visit, LIST)
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        found = lists.find(session, EVENTS, asked)
        given_up = EVENTS.count(session, Wanted(chosen={"state": "dead"}))
    can_retry = visit.may("collector")
    rows = [view.row(each, policy, can_retry=can_retry) for each in found.rows]
    links = [Link("Try all again", f"{LIST.address}/retry")] if given_up > 1 and can_retry else []
    return visit.page("admin/lists/show.html", lists.context(LIST, found, rows, links=links), policy=policy)


def show_one(visit: StaffVisit) -> Response:
    """One event as it came, without what is a person's own."""
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        found = records.find(session, visit.path["event"])
        if found is None:
            raise NotFound("There is no such event.")
        body = records.body(session, found.event_id)
    words = policy.words(policy.currency)
    facts = [
        Fact("Kind", found.type),
        Fact("About", found.subject),
        Fact("Received", words.moment(found.received_at)),
        Fact("Handled", words.moment(found.handled_at) if found.handled_at else "Not yet"),
        Fact("Tries that failed", str(found.tries)),
    ]
    context = thing(
        found.event_id,
        Link("Webhooks", LIST.address),
        chip=view.chip(found.state),
        notices=[Note(found.error, "warn")] if found.error else [],
        facts=facts,
        sections=[
            Section(
                "What Stripe sent",
                words="Names, addresses and what lets somebody in are hidden.",
                code=view.masked(body),
            )
        ],
    )
    return visit.page("admin/things/show.html", context, policy=policy)


def retry(visit: StaffVisit) -> Response:
    """Have the worker try one again."""
    with visit.resources.writing() as session:
        retries.handle_again(session, visit.path["event"], now=visit.now, actor=visit.actor)
    return visit.see(view.address(visit.path["event"]))


def ask_all(visit: StaffVisit) -> Response:
    """Before all of them are tried again."""
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        count = EVENTS.count(session, Wanted(chosen={"state": "dead"}))
    context = form(
        "Try all again",
        Link("Webhooks", LIST.address),
        action=f"{LIST.address}/retry",
        button=f"Try {count:,} {LIST.noun[count != 1]} again",
        intro="The worker reads their payments again at Stripe, and posts what is missing. Nothing is posted twice.",
    )
    return visit.page("admin/things/form.html", context, policy=policy)


def retry_all(visit: StaffVisit) -> Response:
    """Have the worker try all of them again."""
    with visit.resources.writing() as session:
        retries.handle_all_again(session, now=visit.now, actor=visit.actor)
    return visit.see(LIST.address)


def _line(found: EventListedRow, policy: Policy) -> Sequence[Value]:
    handled_at = found.handled_at.isoformat() if found.handled_at else None
    received_at = found.received_at.isoformat()
    return (found.event_id, found.type, found.subject, found.state, found.tries, received_at, handled_at, found.error)


ask_export, export = exports.pages(LIST, EVENTS, _HEADER, _line)
