"""The page of one payment plan: what is agreed or asked for, how it stands, what happened to it, what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from admin.pages.plans import ADDRESS
from admin.views import plan as view
from admin.views import plan_story
from admin.views.cells import Fact
from admin.views.plans import health
from admin.web.desk import StaffVisit
from portal.actions import plan_desk, plan_standing, plans, policies
from portal.actions.plan_standing import PlanStanding
from portal.actions.policies import Policy
from portal.records import Session, accounts, agreements, charges, collections, plan_collections, saved_methods, staff
from portal.records import plans as records
from portal.records.accounts import AccountRow
from portal.records.plans import EventRow, PlanRow
from portal.rules.plans import ENDED, KEPT
from portal.rules.refusals import NotFound, Refusal
from portal.web import downloads
from portal.wording import Words

Errors = Sequence[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Opened:
    """The books at one plan."""

    session: Session
    plan: PlanRow
    account: AccountRow
    standing: PlanStanding
    policy: Policy

    @property
    def words(self) -> Words:
        return self.policy.words(self.account.currency)

    @property
    def base(self) -> str:
        return f"{ADDRESS}/{self.plan.public_id}"

    @property
    def last(self) -> int:
        """The number of its last payment."""
        return max((row.position for row in self.standing.rows), default=0)


def load(session: Session, public_id: str, *, now: datetime) -> Opened:
    """The plan of an address; NotFound otherwise."""
    plan = plan_desk.find(session, public_id)
    policy = policies.load(session, now=now)
    standing, found = plan_standing.today(session, plan, policy=policy)
    return Opened(session, plan, standing.account, found, policy)


def show(visit: StaffVisit) -> Response:
    """One plan."""
    return page_of(visit)


def page_of(
    visit: StaffVisit, *, form: str = "", errors: Errors = (), conflict: Refusal | None = None
) -> Response:  # fmt: skip
    """The page as the plan stands now. `form` is the one that was sent, with its `errors`; after a conflict it says
    what has happened since."""
    with visit.resources.reading() as session:
        opened = load(session, visit.path["plan"], now=visit.now)
        events = records.events(session, opened.plan.id)
        names = names_of(session, events)
        since = plan_story.since(events, number(visit, "seen"), names, opened.last, opened.words) if conflict else ""
        context = {
            **_heading(visit, opened, events, names),
            **_parts(opened),
            "moves": plan_story.moves(events, names, opened.last, opened.words),
            "agreement": _agreement(opened),
            "conflict": f"{conflict.sentence} {since}".strip() if conflict else "",
            "form": form,
            "errors": errors,
            "typed": {key: visit.form.get(key, "")[:5_000] for key in ("words", "days", "despite_credit")},
        }
    status = conflict.status if conflict else 422 if errors else 200
    return visit.page("admin/plans/show.html", context, policy=opened.policy, status=status)


def agreement(visit: StaffVisit) -> Response:
    """The paper that was agreed to, in its very bytes."""
    with visit.resources.reading() as session:
        plan = plan_desk.find(session, visit.path["plan"])
        found = agreements.of_plan(session, plan.id)
    if found is None:
        raise NotFound("Nobody has agreed to this plan yet, so there is no agreement.")
    how = downloads.disposition("attachment", f"agreement-{plan.number}.pdf")
    return Response(found.pdf, media_type="application/pdf", headers={"content-disposition": how})


def number(visit: StaffVisit, field: str) -> int:
    """A number that the form carries along: the version of the plan that it was made on (`version`), or how much of
    its story was seen (`seen`). 0 where it says none."""
    text = visit.form.get(field, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def names_of(session: Session, events: Sequence[EventRow]) -> dict[str, str]:
    """By actor, as events have it: `staff:3`, `contact:7`."""
    actors = {event.actor for event in events}
    ids = [int(actor.removeprefix("staff:")) for actor in actors if actor.startswith("staff:")]
    named = {f"staff:{each}": name for each, name in staff.names(session, ids).items()}
    for actor in actors:
        if actor.startswith("contact:"):
            contact = accounts.contact(session, int(actor.removeprefix("contact:")))
            named[actor] = contact.name or contact.email
    return {**named, "portal": "The portal", "stripe": "Stripe", "cli": "The command line"}


def _heading(
    visit: StaffVisit, opened: Opened, events: Sequence[EventRow], names: Mapping[str, str]
) -> dict[str, object]:
    plan, words = opened.plan, opened.words
    method = saved_methods.by_id(opened.session, plan.method_id) if plan.method_id else None
    contact = accounts.email_of(opened.session, plan.contact_id) if plan.contact_id else "The address on file"
    return {
        "title": f"Plan {plan.number}",
        "here": opened.base,
        "back": ADDRESS,
        "chip": health(plan, opened.standing if plan.state in KEPT else None, words),
        "state": plan.state,
        "customer": {"name": opened.account.name, "href": f"/admin/customers/{opened.account.public_id}"},
        "is_business": opened.account.kind == "business",
        "version": plan.version,
        "seen": len(events),
        "may_act": visit.may("collector"),
        "until": words.date(plans.last_offer_day(opened.policy)),
        "about": f"{words.money(plan.total_cents)} on {view.count_words(len(opened.standing.covered))}",
        "tiles": view.tiles(plan, opened.standing, words),
        "facts": view.facts(
            plan,
            words,
            made_by=names.get(plan.made_by, "the customer"),
            contact=contact,
            method=method,
            others=_others(opened),
        ),
        "asked": plan.words,
    }


def _parts(opened: Opened) -> dict[str, object]:
    session, plan, words = opened.session, opened.plan, opened.words
    covered = records.covered(session, plan.id)
    there = {row.charge_id: charges.by_id(session, row.charge_id, opened.policy.today) for row in covered}
    is_agreed = plan.state in KEPT or plan.state in ENDED
    found = records.options(session, plan.id)
    is_business = opened.account.kind == "business"
    return {
        "schedule": view.schedule(opened.standing, words) if is_agreed else None,
        "options": [] if is_agreed else view.options(plan, found, opened.policy, words, is_business=is_business),
        "covered": view.covered(plan, covered, there, opened.standing, words),
        "collecting": plan_story.collecting(
            plan_collections.of_plan(session, plan.id), collections.tries_of_plan(session, plan.id), opened.last, words
        ),
    }


def _agreement(opened: Opened) -> Mapping[str, object] | None:
    found = agreements.of_plan(opened.session, opened.plan.id)
    if found is None:
        return None
    return view.agreement(found, opened.words, href=f"{opened.base}/agreement.pdf")


def _others(opened: Opened) -> list[Fact]:
    """The plan that it takes the place of, and offers or plans that take its own."""
    found = []
    for each in records.of_account(opened.session, opened.account.id):
        if each.id == opened.plan.replaces_id:
            name = "In place of"
        elif each.replaces_id == opened.plan.id:
            name = "Replaced by" if opened.plan.state == "replaced" else "Offered in its place"
        else:
            continue
        found.append(Fact(name, each.number, href=f"{ADDRESS}/{each.public_id}"))
    return found
