"""Reading the exact terms of a payment plan, and agreeing to them: behind the mailed code.

The paper is drawn from the very terms that are shown; what is agreed is refused where its hash is another.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from starlette.responses import Response

from portal.actions import checkouts, plan_acceptance, setups, statements
from portal.actions.access import Access
from portal.actions.checkouts import Payer
from portal.actions.plan_acceptance import Acceptance
from portal.actions.policies import Policy
from portal.actions.quotes import Choice
from portal.pages.statements import draw, drawn_paper, paper
from portal.records import Session, agreements
from portal.records import plans as records
from portal.records.plans import PlanRow
from portal.records.step_up import DeviceRow
from portal.rules.refusals import NotFound, Refusal
from portal.templating import render
from portal.views import methods as method_view
from portal.views import payments as payment_view
from portal.views import plan_terms as view
from portal.views.papers import file_name, frame
from portal.views.plan_terms import Terms
from portal.web.visit import Visit
from portal.wording import Words

_PRESSES = "30 per 10 minutes"
Errors = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class _Read:
    """Who reads which offer, and its terms as they are now."""

    access: Access
    device: DeviceRow
    policy: Policy
    plan: PlanRow
    terms: Terms
    words: Words


@dataclass(frozen=True, slots=True)
class _Typed:
    name: str = ""
    ticked: frozenset[str] = frozenset()
    means: str = ""


def show(visit: Visit) -> Response:
    """The terms word for word, and the form to agree to them."""
    return _page(visit, _read(visit, visit.query.get("option", "1")), _Typed(), [])


def accept(visit: Visit) -> Response:
    """Agree, and go on to save a card or a bank account, to pay what is due at once, or back to the plan."""
    here = f"/a/{visit.path['account']}/plans/{visit.path['plan']}"
    with visit.resources.reading() as session:
        access = visit.confirmed_access(session, to=here)
        plan = _plan(session, access, visit)
    if plan.state in ("active", "paused"):
        # Pressed twice: the first time counts.
        return visit.see(here)
    found = _read(visit, visit.form.get("option", "1"))
    visit.throttle.check(_PRESSES, "plan", str(found.access.session_id))
    consents = view.consents(found.policy, found.words)
    typed = _Typed(
        name=" ".join(visit.form.get("name", "").split())[: plan_acceptance.LONGEST_NAME],
        ticked=frozenset(field for field in consents if visit.form.get(field)),
        means=visit.form.get("means", ""),
    )
    errors = _wrong(typed, consents, found)
    if visit.form.get("shown", "") != view.digest(found.terms):
        errors.insert(0, {"field": "terms", "text": found.words.text("The terms have changed. Read them again.")})
    if errors:
        return _page(visit, found, typed, errors, status=422)
    given = Acceptance(
        option=int(found.terms["option"]),
        name=typed.name,
        consents=consents,
        terms=found.terms,
        pdf=draw(_paper(found)),
        shown_at=_shown_at(visit, found),
        address=visit.visitor,
        user_agent=visit.request.headers.get("user-agent", ""),
        device_id=found.device.id,
    )
    with visit.resources.writing() as session:
        accepted = plan_acceptance.accept(
            session, found.access, found.plan.public_id, given, policy=found.policy, now=visit.now
        )
    return visit.see(_onward(visit, found, accepted, typed.means))


def pdf(visit: Visit) -> Response:
    """The agreement: of an offer as it can be accepted now, of a plan in the bytes that were agreed to."""
    with visit.resources.reading() as session:
        access = visit.access_to_account(session)
        plan = _plan(session, access, visit)
        agreement = agreements.of_plan(session, plan.id)
    name = f"{file_name(f'payment-plan-{plan.number}')}.pdf"
    if agreement is not None:
        return drawn_paper(agreement.pdf, name)
    return paper(_paper(_read(visit, visit.query.get("option", "1"))), name)


def _read(visit: Visit, option: str) -> _Read:
    with visit.resources.reading() as session:
        here = f"/a/{visit.path['account']}/plans/{visit.path['plan']}/agreement?{urlencode({'option': option[:2]})}"
        access = visit.confirmed_access(session, to=here)
        device = visit.device(session, access)
        assert device is not None
        policy = visit.policy(session)
        plan = _plan(session, access, visit)
        standing = statements.load(session, access.account, on=policy.today, policy=policy)
        offered = plan_acceptance.offered(session, plan, standing, policy=policy)
        dues = offered.dues(int(option)) if option.isascii() and option.isdigit() and len(option) < 3 else None
        if dues is None:
            raise NotFound("This offer has no such way to pay. Look at it again.")
        words = policy.words(access.account.currency)
        terms = view.terms(
            plan, int(option), dues, offered.covered, standing, account=access.account, policy=policy, words=words
        )
    return _Read(access, device, policy, plan, terms, words)


def _plan(session: Session, access: Access, visit: Visit) -> PlanRow:
    plan = records.find(session, access.account.id, visit.path["plan"])
    if plan is None:
        raise NotFound("This plan is not part of the account that your link opens.")
    return plan


def _wrong(typed: _Typed, consents: object, found: _Read) -> Errors:
    errors: Errors = []
    words = found.words
    if len(typed.name) < 2:
        errors.append({"field": "name", "text": words.text("Type your name, as your signature.")})
    if "agree" not in typed.ticked:
        errors.append({"field": "agree", "text": words.text("Tick that you agree to the plan.")})
    if "electronic" not in typed.ticked:
        errors.append({"field": "electronic", "text": words.text("Tick that you agree to get this electronically.")})
    if typed.means not in _means(found.words.currency):
        errors.append({"field": "means", "text": words.text("Choose how you want to pay.")})
    return errors


def _means(currency: str) -> list[str]:
    return [*payment_view.methods_for(currency), "hand"]


def _shown_at(visit: Visit, found: _Read) -> datetime:
    """When the page was made, by its own field; never after now or before there was anything to show."""
    typed = visit.form.get("shown_at", "")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 12):
        return visit.now
    return min(visit.now, max(found.plan.created_at, datetime.fromtimestamp(int(typed), UTC)))


def _onward(visit: Visit, found: _Read, plan: PlanRow, means: str) -> str:
    """Where to go once it is agreed. Whatever cannot be started now can be from the plan's page."""
    base = f"/a/{found.access.account.public_id}"
    here = f"{base}/plans/{plan.public_id}"
    if means == "hand":
        return here
    kind = payment_view.KINDS[means]
    payer = Payer(found.access.account.id, found.access.session_id, found.access.contact_id)
    consent = "\n".join(method_view.consent(kind, "plan", found.policy, found.words, plan=plan))
    today = found.policy.today.isoformat()
    due_cents = sum(row["cents"] for row in found.terms["rows"] if row["due_on"] <= today)
    try:
        if due_cents:
            choice = Choice(amount_cents=due_cents, plan=plan.public_id)
            wish = checkouts.Wish(choice, kind, due_cents, saves_method=consent)
            return checkouts.begin(visit.resources, payer, wish, now=visit.now) or here
        return setups.begin(
            visit.resources, payer, kind=kind, purpose="plan", plan_id=plan.id, consent=consent, now=visit.now
        )
    except Refusal:
        return here


def _paper(found: _Read) -> str:
    context = {
        **frame(found.policy, found.access.account),
        "terms": found.terms,
        "consents": list(view.consents(found.policy, found.words).values()),
        "digest": view.digest(found.terms),
    }
    return render("pdf/agreement.html", context, found.policy.locale)


def _consent(means: str, found: _Read) -> list[str]:
    if means == "hand":
        return []
    return method_view.consent(payment_view.KINDS[means], "plan", found.policy, found.words, plan=found.plan)


def _page(visit: Visit, found: _Read, typed: _Typed, errors: Errors, *, status: int = 200) -> Response:
    base = f"/a/{found.access.account.public_id}"
    here = f"{base}/plans/{found.plan.public_id}"
    option = found.terms["option"]
    context = {
        "terms": found.terms,
        "shown": view.digest(found.terms),
        "shown_at": int(visit.now.timestamp()),
        "consents": [
            {"field": field, "text": text, "ticked": field in typed.ticked}
            for field, text in view.consents(found.policy, found.words).items()
        ],
        "means": [
            {
                "value": each,
                "consent": _consent(each, found),
            }
            for each in _means(found.words.currency)
            if each == "hand" or visit.resources.stripe is not None
        ],
        "chosen_means": typed.means,
        "name": typed.name,
        "errors": errors,
        "links": {"plan": here, "action": f"{here}/acceptance", "pdf": f"{here}/agreement.pdf?option={option}"},
    }
    return visit.page("plans/agreement.html", context, policy=found.policy, account=found.access.account, status=status)
