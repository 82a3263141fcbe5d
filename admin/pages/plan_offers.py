"""Offering a payment plan: to a customer, as the answer to a request, or in place of a plan that is being kept.

The three are one form; a preview shows each date and amount, and which of the owner's own limits an option is outside.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from admin.pages.customer import load as load_customer
from admin.pages.plan import number, page_of
from admin.pages.plan_typed import NUMBERS, Written, chosen, read, values
from admin.pages.plans import ADDRESS
from admin.views import plan_offer as view
from admin.views.cells import Link
from admin.web.desk import Page, StaffVisit
from admin.web.said import told
from admin.web.typed import Typed
from portal.actions import plan_desk, plan_standing, plans, statements
from portal.actions.plan_standing import PlanStanding
from portal.actions.policies import Policy
from portal.actions.statements import Standing
from portal.records import Session, accounts
from portal.records import plans as records
from portal.records.accounts import AccountRow
from portal.records.plans import PlanRow
from portal.rules.plans import KEPT, Shape
from portal.rules.refusals import Conflict, NotFound, Refusal


@dataclass(frozen=True, slots=True)
class Desk:
    """What an offer is written from. `answered` is the request that it answers or the plan whose place it takes, None
    for a new one; `there` what can be covered, in cents by charge; `base` where the form is."""

    account: AccountRow
    policy: Policy
    standing: Standing
    there: Mapping[int, int]
    base: str
    back: Link
    title: str
    answered: PlanRow | None = None
    found: PlanStanding | None = None

    @property
    def replaced(self) -> PlanRow | None:
        return self.answered if self.found else None


Load = Callable[[StaffVisit, Session], Desk]


def _new(visit: StaffVisit, session: Session) -> Desk:
    """A plan for a customer who has asked for none."""
    opened = load_customer(session, visit.path["account"], now=visit.now)
    account, policy = opened.account, opened.policy
    asked = plan_desk.request_of(session, account)
    if asked is not None:
        raise Conflict(f"{account.name} has asked for a plan already, {asked.number}. Answer that one.")
    standing = statements.load(session, account, on=policy.today, policy=policy)
    there = plans.coverable(standing)
    return Desk(
        account, policy, standing, there, f"{opened.base}/plan", Link(account.name, opened.base),
        f"Offer {account.name} a plan",
    )  # fmt: skip


def _counter(visit: StaffVisit, session: Session) -> Desk:
    """Other terms for a customer who has asked."""
    plan, policy = plan_desk.find(session, visit.path["plan"]), visit.policy(session)
    if plan.state != "requested":
        raise Conflict(f"Plan {plan.number} is no open request any more. Look at what happened to it.")
    standing, _ = plan_standing.today(session, plan, policy=policy)
    base = f"{ADDRESS}/{plan.public_id}"
    return Desk(
        standing.account, policy, standing, plans.coverable(standing), f"{base}/counter",
        Link(f"Plan {plan.number}", base), f"Answer {plan.number} with other terms", plan,
    )  # fmt: skip


def _replacement(visit: StaffVisit, session: Session) -> Desk:
    """A plan that takes the place of one, once the customer agrees."""
    plan, policy = plan_desk.find(session, visit.path["plan"]), visit.policy(session)
    if plan.state not in KEPT:
        raise Conflict(f"Plan {plan.number} is not being kept any more. Offer a new one on the customer’s page.")
    standing, found = plan_standing.today(session, plan, policy=policy)
    base = f"{ADDRESS}/{plan.public_id}"
    return Desk(
        standing.account, policy, standing, plans.coverable(standing, replaced=found), f"{base}/replacement",
        Link(f"Plan {plan.number}", base), f"Re-plan {plan.number}", plan, found,
    )  # fmt: skip


def _ask(load: Load) -> Page:
    def ask(visit: StaffVisit) -> Response:
        with visit.resources.reading() as session:
            desk = load(visit, session)
            if not desk.there:
                raise Conflict("Nothing can be put on a plan now: nothing of what this customer owes is payable.")
            return _page(visit, session, desk, Typed(visit))

    return ask


def _preview(load: Load) -> Page:
    def preview(visit: StaffVisit) -> Response:
        with visit.resources.reading() as session:
            desk, typed = load(visit, session), Typed(visit)
            written = read(visit, typed, desk.standing, desk.there, desk.policy)
            return _page(visit, session, desk, typed, written)

    return preview


def _make(load: Load) -> Page:
    def make(visit: StaffVisit) -> Response:
        typed = Typed(visit)
        try:
            with visit.resources.writing() as session:
                if "plan" in visit.path:
                    plan_desk.load_for(session, visit.path["plan"], version=number(visit, "version"))
                desk = load(visit, session)
                plan_desk.refuse_unseen(session, desk.account, visit.form.get("newest", ""))
                written = read(visit, typed, desk.standing, desk.there, desk.policy)
                if not typed.errors:
                    made = _offer(visit, session, desk, written)
                    return visit.see(told(f"{ADDRESS}/{made.public_id}", "plan-offered"))
        except NotFound:
            raise
        except Conflict as conflict:
            if "plan" in visit.path:
                return page_of(visit, form="offer", conflict=conflict)
            return _conflict(visit, load, conflict)
        except Refusal as refusal:
            typed.refused(refusal, field="charge")
        with visit.resources.reading() as session:
            desk, again = load(visit, session), Typed(visit)
            written = read(visit, again, desk.standing, desk.there, desk.policy)
            return _page(visit, session, desk, typed, written)

    return make


def _offer(visit: StaffVisit, session: Session, desk: Desk, written: Written) -> PlanRow:
    terms = written.terms(desk.policy)
    if desk.answered is not None and desk.found is None:
        return plans.counter(
            session, desk.answered, desk.account, terms, policy=desk.policy, now=visit.now, actor=visit.actor
        )
    contacts = {str(each.id): each.id for each in accounts.contacts_of(session, desk.account.id)}
    return plans.offer(
        session, desk.account, terms, contact_id=contacts.get(visit.form.get("contact", "")), policy=desk.policy,
        now=visit.now, actor=visit.actor, replaces=desk.replaced,
    )  # fmt: skip


def _conflict(visit: StaffVisit, load: Load, conflict: Conflict) -> Response:
    """The form again, as it was typed, with what has happened meanwhile."""
    with visit.resources.reading() as session:
        desk, typed = load(visit, session), Typed(visit)
        written = read(visit, typed, desk.standing, desk.there, desk.policy)
        return _page(visit, session, desk, Typed(visit), written, conflict=conflict)


def _page(
    visit: StaffVisit,
    session: Session,
    desk: Desk,
    typed: Typed,
    written: Written | None = None,
    *,
    conflict: Refusal | None = None,
) -> Response:
    words = desk.policy.words(desk.account.currency)
    contacts = accounts.contacts_of(session, desk.account.id)
    of_account = records.of_account(session, desk.account.id)
    is_business = desk.account.kind == "business"
    begins = _begins(session, desk)
    ticked = chosen(visit, _covered(session, desk))
    filled = values(visit, view.fields(begins, desk.policy, words.currency))
    if written is None:
        written = _unwritten(desk, ticked, begins)
    shown = view.preview(
        written.total_cents, written.shapes, written.problems, desk.policy, words, is_business=is_business
    )
    context = {
        "title": desk.title,
        "back": desk.back,
        "action": desk.base,
        "customer": desk.account.name,
        "asked": desk.answered.words if desk.answered and not desk.found else "",
        "is_replacement": desk.found is not None,
        "charges": view.charge_options(desk.there, desk.standing.charges, words, chosen=ticked),
        "contacts": []
        if desk.answered and not desk.found
        else view.contact_options(contacts, filled.get("contact", "")),
        "has_contacts": bool(contacts),
        "numbers": NUMBERS,
        "rhythms": view.rhythms(),
        "is_business": is_business,
        "kind": desk.account.kind,
        "kind_href": f"/admin/customers/{desk.account.public_id}/kind",
        "preview": shown,
        "typed": filled,
        "version": desk.answered.version if desk.answered else 0,
        "seen": len(records.events(session, desk.answered.id)) if desk.answered else 0,
        "waiting": _waiting(of_account),
        "newest": of_account[0].public_id if of_account else "",
        "errors": typed.errors,
        "conflict": {"text": conflict.sentence, "href": f"{ADDRESS}/{of_account[0].public_id}"} if conflict else None,
    }
    status = conflict.status if conflict else 422 if typed.errors else 200
    return visit.page("admin/plans/offer.html", context, policy=desk.policy, status=status)


def _begins(session: Session, desk: Desk) -> Mapping[int, Shape]:
    """The options that the form has before anybody has typed."""
    today = desk.policy.today
    if desk.answered is None:
        return view.beginning(sum(desk.there.values()), desk.policy)
    options = records.options(session, desk.answered.id)
    if desk.found is None:
        return view.asked(options, today)
    return view.remaining(desk.found, next((each for each in options if each.is_chosen), None), today)


def _waiting(of_account: Sequence[PlanRow]) -> Link | None:
    """The newest offer that is still open: two that cover the same cannot both be accepted."""
    found = next((plan for plan in of_account if plan.state == "offered"), None)
    return Link(found.number, f"{ADDRESS}/{found.public_id}") if found else None


def _covered(session: Session, desk: Desk) -> frozenset[str]:
    """The public ids of what is ticked at first: all of it, or what the request or the old plan covers."""
    about = records.covered(session, desk.answered.id) if desk.answered else ()
    ids = {row.charge_id for row in about} if desk.answered else desk.there.keys()
    return frozenset(desk.standing.charges[charge_id].public_id for charge_id in ids if charge_id in desk.there)


def _unwritten(desk: Desk, ticked: Collection[str], begins: Mapping[int, Shape]) -> Written:
    """What the form begins with, as if it had been sent."""
    covered = {
        charge_id: cents
        for charge_id, cents in desk.there.items()
        if desk.standing.charges[charge_id].public_id in ticked
    }
    wrong = view.problems(sum(covered.values()), begins, desk.policy, desk.account.currency) if covered else {}
    return Written(covered, begins, wrong, None, "", despite_credit=False)


ask_new, preview_new, make_new = _ask(_new), _preview(_new), _make(_new)
ask_counter, preview_counter, make_counter = _ask(_counter), _preview(_counter), _make(_counter)
ask_replacement, preview_replacement = _ask(_replacement), _preview(_replacement)
make_replacement = _make(_replacement)
