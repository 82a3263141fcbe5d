"""A customer's payment plans: the list, an offer, one being kept, and what the customer does about it."""

from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

from starlette.responses import Response

from portal.actions import collection_facts, plan_acceptance, plan_changes, plan_facts, plan_standing, plans, statements
from portal.actions.access import Access
from portal.actions.plan_standing import PlanStanding
from portal.actions.policies import Policy
from portal.actions.statements import Standing
from portal.records import Session, agreements, charges, collections, ledger, saved_methods
from portal.records import plans as records
from portal.records.plans import PlanRow
from portal.rules.dates import is_far_off, parse_date
from portal.rules.plans import KEPT
from portal.rules.refusals import Conflict, NotFound, Refusal
from portal.views import methods as method_view
from portal.views import plan_builder as builder_view
from portal.views import plan_offers
from portal.views import plans as view
from portal.views.plans import Means
from portal.web.visit import Visit
from portal.wording import Words

_PRESSES = "60 per 10 minutes"
# What the page may say has just been done.
_DONE = ("moved", "by_hand")
Errors = list[dict[str, str]]


def listed(visit: Visit) -> Response:
    """Every plan of the account, newest first."""
    with visit.resources.reading() as session:
        policy, access = visit.policy(session), visit.access_to_account(session)
        standing = statements.load(session, access.account, on=policy.today, policy=policy)
        found = [
            (plan, plan_standing.load(session, plan, standing, policy=policy) if plan.state in KEPT else None)
            for plan in records.of_account(session, access.account.id)
        ]
        announced = collection_facts.next_of_plans(session, [each for _, each in found])
        closed = {
            plan.id
            for plan, _ in found
            if plan.state == "offered" and not plan_acceptance.is_open(session, plan, standing, policy=policy)
        }
    base = f"/a/{access.account.public_id}"
    rows = view.listed(found, announced, closed, policy.words(access.account.currency), base=base)
    new = f"{base}/plans/new" if plans.coverable(standing) else ""
    context = {"plans": rows, "links": {"statement": base, "new": new}}
    return visit.page("plans/list.html", context, policy=policy, account=access.account)


def show(visit: Visit) -> Response:
    """An offer to choose from, or how a plan stands."""
    return _page(visit, visit.path["plan"], [])


def refuse_amount(visit: Visit, public_id: str, refusal: Refusal) -> Response:
    """How a plan stands, with what is wrong about the amount that was to be paid for it."""
    return _page(visit, public_id, [refusal])


def decline(visit: Visit) -> Response:
    """Say no to an offer."""
    with visit.resources.writing() as session:
        policy, access, plan = _held(visit, session)
        _count(visit, access)
        if plan.is_own:
            raise Conflict("This plan is your own. Look at it again, then agree to it or drop it.")
        plans.decline_offer(session, plan, access, policy=policy, now=visit.now)
    return _back(visit, access, plan)


def withdraw(visit: Visit) -> Response:
    """Take back what was asked for, or a plan of one's own that was not agreed to."""
    with visit.resources.writing() as session:
        policy, access, plan = _held(visit, session)
        _count(visit, access)
        if not plan.is_own:
            raise Conflict("This plan was offered to you. Look at it again, then accept or decline it.")
        plans.withdraw(session, plan, policy=policy, now=visit.now, actor=access.actor)
    return _back(visit, access, plan)


def move(visit: Visit) -> Response:
    """Move the date of one instalment."""
    position, to = visit.form.get("position", ""), visit.form.get("to", "").strip()
    try:
        if not (position.isascii() and position.isdigit() and len(position) < 4):
            raise Refusal("Choose which payment you want to move.", field="position")
        try:
            # Too far off to be read, it is later than any day that is allowed, which is what is said then.
            day = date.max if is_far_off(to) else parse_date(to, order="mdy")
        except Refusal:
            raise Refusal("Enter the new day.", field="to") from None
        with visit.resources.writing() as session:
            policy, access, plan = _held(visit, session)
            _count(visit, access)
            found = plan_standing.today(session, plan, policy=policy)[1]
            plan_changes.move(session, found, int(position), day, policy=policy, now=visit.now, actor=access.actor)
    except Refusal as refusal:
        if refusal.field is None:
            raise
        return _page(visit, visit.path["plan"], [refusal], moving=(position, to[:20]))
    return _back(visit, access, plan, done="moved")


def pay_by_hand(visit: Visit) -> Response:
    """Leave automatic payments."""
    with visit.resources.writing() as session:
        visit.confirmed_access(session, to=f"/a/{visit.path['account']}/plans/{visit.path['plan']}")
        policy, access, plan = _held(visit, session)
        _count(visit, access)
        plan_changes.pay_by_hand(session, plan, policy=policy, now=visit.now, actor=access.actor)
    return _back(visit, access, plan, done="by_hand")


def _page(visit: Visit, public_id: str, refusals: list[Refusal], *, moving: tuple[str, str] = ("", "")) -> Response:
    with visit.resources.reading() as session:
        access = visit.access_to_account(session)
        policy, plan = visit.policy(session), _plan(session, access, public_id)
        if refusals and plan.state not in KEPT:
            raise Conflict("This plan is no longer in force. Look at your statement to see what is due.")
        words = policy.words(access.account.currency)
        standing, found = plan_standing.today(session, plan, policy=policy)
        if plan.state == "offered":
            return _offer(visit, session, access, plan, standing, policy, words)
        events = records.events(session, plan.id)
        agreement = agreements.of_plan(session, plan.id)
        means = _means(visit, session, access, found, words)
        covered = _covered(session, plan, words)
        options = records.options(session, plan.id) if plan.state == "requested" else ()
        follower = plan_facts.followed_by(plan, records.of_account(session, plan.account_id))
        collected = collections.of_plan(session, plan.id) if plan.state == "active" else ()
    base = f"/a/{access.account.public_id}"
    here = f"{base}/plans/{plan.public_id}"
    last_words = next((event.words for event in reversed(events) if event.kind == plan.state), "")
    movable = plan_changes.movable(found, today=policy.today)
    done = visit.query.get("done", "")
    context = {
        "done": done if done in _DONE and not refusals else "",
        "number": plan.number,
        "state": view.state(plan, follower, words),
        "story": view.story(plan, follower, last_words, words),
        "follower": view.linked(follower, base=base) if follower else None,
        "covered": covered,
        "agreed": view.evidence(agreement.terms, agreement.name, words.moment(agreement.accepted_at), words)
        if agreement
        else "",
        "is_kept": plan.state in KEPT,
        "plan": view.kept(found, movable, means, words) if agreement else None,
        "asked": plan_offers.asked(plan, options, words) if options else None,
        "trouble": view.trouble(collected, found, words, base=base),
        "moving": {"position": moving[0], "to": moving[1]},
        "paying": {"amount": visit.query.get("amount", "")[:40], "ahead": visit.query.get("ahead", "")},
        "errors": [{"field": refusal.field or "", "text": _sentence(refusal, words)} for refusal in refusals],
        "links": {
            "statement": base,
            "plans": f"{base}/plans",
            "pay": f"{base}/pay",
            "plan": plan.public_id,
            "dates": f"{here}/dates",
            "method": f"{here}/method",
            "by_hand": f"{here}/by-hand",
            "withdraw": f"{here}/withdrawal",
            "pdf": f"{here}/agreement.pdf" if agreement else "",
        },
    }
    status = refusals[0].status if refusals else 200
    return visit.page("plans/show.html", context, policy=policy, account=access.account, status=status)


def _sentence(refusal: Refusal, words: Words) -> str:
    """Its days are written as those of the page."""
    values = {name: words.day(each) if isinstance(each, date) else each for name, each in refusal.values.items()}
    return words.text(refusal.message, **values)


def _offer(
    visit: Visit,
    session: Session,
    access: Access,
    plan: PlanRow,
    standing: Standing,
    policy: Policy,
    words: Words,
) -> Response:
    base = f"/a/{access.account.public_id}"
    here = f"{base}/plans/{plan.public_id}"
    try:
        offered = plan_acceptance.offered(session, plan, standing, policy=policy)
        options, closed = plan_offers.offer(offered, standing, words, base=base), ""
        replaces = view.linked(offered.replaces, base=base) if offered.replaces else None
        other = _as_typed(session, plan, standing, policy, words)
    except Conflict as over:
        options, closed, replaces, other = [], words.text(over.message, **over.values), None, ""
    context = {
        "number": plan.number,
        "total": words.money(plan.total_cents),
        "options": options,
        "closed": closed,
        "covered": _covered(session, plan, words),
        "replaces": replaces,
        "is_own": plan.is_own,
        "words": [] if plan.is_own else [line for line in plan.words.splitlines() if line.strip()],
        "until": words.date(plan.expires_on) if plan.expires_on else "",
        "links": {
            "statement": base,
            "decline": f"{here}/refusal",
            "withdraw": f"{here}/withdrawal",
            "new": f"{base}/plans/new" if plans.coverable(standing) else "",
            "other": f"{base}/plans/new?{other}" if other else "",
        },
    }
    return visit.page("plans/offer.html", context, policy=policy, account=access.account)


def _as_typed(session: Session, plan: PlanRow, standing: Standing, policy: Policy, words: Words) -> str:
    """The query with which the builder begins with the terms of an offer, those of its first option; "" where not all
    that it covers can be put on a plan by the customer."""
    there, covered = plans.coverable(standing), records.covered(session, plan.id)
    if any(row.charge_id not in there for row in covered):
        return ""
    shape = plans.shape_of(records.options(session, plan.id)[0])
    typed = builder_view.filled(
        replace(shape, first_on=max(shape.first_on, policy.today)),
        tuple(standing.charges[row.charge_id].public_id for row in covered),
        words,
    )
    fields = {"charge": typed.charges, "down": typed.down, "count": typed.count, "every": typed.every}
    return urlencode({**fields, "first_on": typed.first_on}, doseq=True)


def _held(visit: Visit, session: Session) -> tuple[Policy, Access, PlanRow]:
    """The plan of the address, to be changed: its account is held before it is read, as everywhere; else two could wait
    for each other."""
    access = visit.access_to_account(session)
    ledger.lock_account(session, access.account.id)
    return visit.policy(session), access, _plan(session, access, visit.path["plan"])


def _plan(session: Session, access: Access, public_id: str) -> PlanRow:
    plan = records.find(session, access.account.id, public_id)
    if plan is None:
        raise NotFound("This plan is not part of the account that your link opens.")
    return plan


def _covered(session: Session, plan: PlanRow, words: Words) -> list[dict[str, str]]:
    rows = records.covered(session, plan.id)
    return view.covered(rows, charges.numbers(session, [row.charge_id for row in rows]), words)


def _means(visit: Visit, session: Session, access: Access, found: PlanStanding, words: Words) -> Means:
    method = saved_methods.by_id(session, found.plan.method_id) if found.plan.method_id else None
    # Which card or account is saved is shown only in a browser that was confirmed.
    named = method_view.called if visit.device(session, access) else method_view.unnamed
    return Means(
        named(method, words) if method else "",
        can_change=visit.resources.stripe is not None,
        charge=collection_facts.next_of_plan(session, found),
    )


def _count(visit: Visit, access: Access) -> None:
    visit.throttle.check(_PRESSES, "plan", str(access.session_id))


def _back(visit: Visit, access: Access, plan: PlanRow, *, done: str = "") -> Response:
    query = f"?{urlencode({'done': done})}" if done else ""
    return visit.see(f"/a/{access.account.public_id}/plans/{plan.public_id}{query}")
