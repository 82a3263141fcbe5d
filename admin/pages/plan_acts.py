"""What is done about a payment plan: an answer to a request, an offer taken back, a pause, its end."""

from collections.abc import Callable

from starlette.responses import Response

from admin.pages.plan import Opened, load, number, page_of
from admin.pages.plans import ADDRESS
from admin.views.cells import Fact, Link
from admin.views.things import Field, form
from admin.web.desk import StaffVisit
from admin.web.said import told
from admin.web.typed import Typed
from portal.actions import plan_changes, plan_desk, plan_standing, plans
from portal.actions.policies import Policy
from portal.records import Session
from portal.records import plans as records
from portal.records.plans import PlanRow
from portal.rules.plans import KEPT
from portal.rules.refusals import Conflict, NotFound, Refusal

Act = Callable[[Session, PlanRow, Policy], str]


def grant(visit: StaffVisit) -> Response:
    """Offer what was asked for, just so."""

    def act(session: Session, plan: PlanRow, policy: Policy) -> str:
        standing, _ = plan_standing.today(session, plan, policy=policy)
        terms = plan_desk.as_asked(
            session, plan, standing, expires_on=plans.last_offer_day(policy),
            despite_credit=visit.form.get("despite_credit") == "yes", policy=policy,
        )  # fmt: skip
        made = plans.counter(session, plan, standing.account, terms, policy=policy, now=visit.now, actor=visit.actor)
        return told(f"{ADDRESS}/{made.public_id}", "plan-offered")

    return _done(visit, act, form="grant", field="grant")


def decline(visit: StaffVisit) -> Response:
    """Say no to a request."""

    def act(session: Session, plan: PlanRow, policy: Policy) -> str:
        words = visit.form.get("words", "")
        plans.decline_request(session, plan, words=words, policy=policy, now=visit.now, actor=visit.actor)
        return _back(plan, "plan-declined")

    return _done(visit, act, form="decline", field="words")


def withdraw(visit: StaffVisit) -> Response:
    """Take an offer back that nobody has answered."""

    def act(session: Session, plan: PlanRow, policy: Policy) -> str:
        if plan.state != "offered":
            raise Conflict("This plan is no offer any more. See below what happened.")
        plans.withdraw(session, plan, policy=policy, now=visit.now, actor=visit.actor)
        return _back(plan, "plan-withdrawn")

    return _done(visit, act, form="withdraw", field="words")


def pause(visit: StaffVisit) -> Response:
    """Let everything wait."""

    def act(session: Session, plan: PlanRow, policy: Policy) -> str:
        words = visit.form.get("words", "").strip()[: plans.LONGEST_WORDS]
        plan_changes.pause(session, plan, words=words, policy=policy, now=visit.now, actor=visit.actor)
        return _back(plan, "plan-paused")

    return _done(visit, act, form="pause", field="words")


def resume(visit: StaffVisit) -> Response:
    """Go on after a pause."""

    def act(session: Session, plan: PlanRow, policy: Policy) -> str:
        _, found = plan_standing.today(session, plan, policy=policy)
        plan_changes.resume(session, found, policy=policy, now=visit.now, actor=visit.actor)
        return _back(plan, "plan-resumed")

    return _done(visit, act, form="resume", field="words")


def put_off(visit: StaffVisit) -> Response:
    """Let everything come later."""

    def act(session: Session, plan: PlanRow, policy: Policy) -> str:
        _, found = plan_standing.today(session, plan, policy=policy)
        days = number(visit, "days")
        plan_changes.put_off(session, found, days, policy=policy, now=visit.now, actor=visit.actor)
        return _back(plan, "plan-put-off")

    return _done(visit, act, form="delay", field="days")


def ask_cancellation(visit: StaffVisit) -> Response:
    """Before it is ended."""
    with visit.resources.reading() as session:
        opened = load(session, visit.path["plan"], now=visit.now)
        if opened.plan.state not in KEPT:
            raise Conflict(f"Plan {opened.plan.number} is not being kept, so there is nothing to cancel.")
        seen = len(records.events(session, opened.plan.id))
    return _cancellation(visit, opened, {"version": str(opened.plan.version), "seen": str(seen)}, Typed(visit))


def cancel(visit: StaffVisit) -> Response:
    """End it."""
    typed = Typed(visit)
    try:
        with visit.resources.writing() as session:
            plan = plan_desk.load_for(session, visit.path["plan"], version=number(visit, "version"))
            policy = visit.policy(session)
            _, found = plan_standing.today(session, plan, policy=policy)
            words = visit.form.get("words", "")[: plans.LONGEST_WORDS]
            plan_changes.cancel(session, found, words=words, policy=policy, now=visit.now, actor=visit.actor)
        return visit.see(_back(plan, "plan-cancelled"))
    except NotFound:
        raise
    except Conflict as conflict:
        return page_of(visit, form="cancel", conflict=conflict)
    except Refusal as refusal:
        typed.refused(refusal, field="words")
    with visit.resources.reading() as session:
        opened = load(session, visit.path["plan"], now=visit.now)
    return _cancellation(visit, opened, {key: typed.text(key) for key in ("version", "seen")}, typed)


def _cancellation(visit: StaffVisit, opened: Opened, carried: dict[str, str], typed: Typed) -> Response:
    words, found = opened.words, opened.standing
    pending_cents = sum(row.pending_cents for row in found.rows)
    context = form(
        f"Cancel plan {opened.plan.number}",
        Link(f"Plan {opened.plan.number}", opened.base),
        action=f"{opened.base}/cancellation",
        button="Cancel the plan",
        intro="What is left is due again on the invoices’ own days, which may be over: reminders and late fees go on "
        "from there. It cannot be undone; a new plan needs the customer’s agreement.",
        facts=[
            Fact("Customer", opened.account.name),
            Fact("Due again", words.money(found.left_cents)),
            *([Fact("Under way, arrives all the same", words.money(pending_cents))] if pending_cents else []),
        ],
        fields=[
            Field("words", "words", "Why", "The customer reads it.", typed.text("words", most=plans.LONGEST_WORDS)),
            *(Field("hidden", key, value=value) for key, value in carried.items()),
        ],
        errors=typed.errors,
    )
    return visit.page("admin/things/form.html", context, policy=opened.policy, status=422 if typed.errors else 200)


def _back(plan: PlanRow, word: str) -> str:
    return told(f"{ADDRESS}/{plan.public_id}", word)


def _done(visit: StaffVisit, act: Act, *, form: str, field: str) -> Response:
    """Do it, on the version that was seen, and go where it says; else the page as the plan stands now, with what was
    typed and what is wrong. `field` is the one that a refusal without a field belongs to."""
    try:
        with visit.resources.writing() as session:
            plan = plan_desk.load_for(session, visit.path["plan"], version=number(visit, "version"))
            address = act(session, plan, visit.policy(session))
    except NotFound:
        raise
    except Conflict as conflict:
        return page_of(visit, form=form, conflict=conflict)
    except Refusal as refusal:
        known = {"words": "words", "days": "days", "despite_credit": "despite_credit"}
        name = known.get(refusal.field or "", field)
        return page_of(visit, form=form, errors=[{"field": name, "text": refusal.sentence}])
    return visit.see(address)
