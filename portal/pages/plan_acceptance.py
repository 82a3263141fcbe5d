"""Reading the exact terms of a payment plan, and agreeing to them: behind the mailed code.

The paper is drawn from the very terms that are shown; what is agreed is refused where its hash is another. What was
shown and when, the form brings back signed: neither is believed from a browser.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import Response

from portal import shown
from portal.actions import checkouts, plan_acceptance, setups, statements
from portal.actions.access import Access
from portal.actions.checkouts import Payer
from portal.actions.plan_acceptance import Acceptance
from portal.actions.plan_consents import Charging, Seen
from portal.actions.policies import Policy
from portal.actions.quotes import Choice
from portal.pages.statements import draw, drawn_paper, paper
from portal.records import Session, agreements
from portal.records import plans as records
from portal.records.plans import PlanRow
from portal.records.step_up import DeviceRow
from portal.rules.plans import Due
from portal.rules.refusals import NotFound, Refusal
from portal.shown import Shown
from portal.templating import render
from portal.views import payments as payment_view
from portal.views import plan_charging
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
    dues: Sequence[Due]
    terms: Terms
    words: Words

    @property
    def place(self) -> str:
        """Where the terms are shown: for this plan, to this browser."""
        return f"agreement:{self.plan.public_id}:{self.device.public_id}"


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
    consents = view.consents(found.policy, found.words)
    typed = _Typed(
        name=" ".join(visit.form.get("name", "").split())[: plan_acceptance.LONGEST_NAME],
        ticked=frozenset(field for field in consents if visit.form.get(field)),
        means=visit.form.get("means", ""),
    )
    try:
        visit.throttle.check(_PRESSES, "plan", str(found.access.session_id))
    except Refusal as refusal:
        errors = [{"field": "terms", "text": found.words.text(refusal.message, **refusal.values)}]
        return _page(visit, found, typed, errors, status=refusal.status)
    before = shown.read(visit.resources.keys, found.place, visit.form.get("shown", ""))
    errors = [*_unread(visit, before, found), *_wrong(visit, typed, found)]
    if before is None or errors:
        return _page(visit, found, typed, errors, status=422)
    charging = _charging(typed.means, found)
    given = Acceptance(
        option=int(found.terms["option"]),
        name=typed.name,
        consents=consents,
        terms=found.terms,
        pdf=draw(_paper(found)),
        seen=Seen(before.at, visit.visitor, visit.request.headers.get("user-agent", ""), found.device.id),
        charging=charging,
    )
    with visit.resources.writing() as session:
        accepted = plan_acceptance.accept(
            session, found.access, found.plan.public_id, given, policy=found.policy, now=visit.now
        )
    return visit.see(_onward(visit, found, accepted, typed.means, charging))


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
            plan, int(option), dues, offered.covered, offered.replaces, standing, account=access.account, policy=policy,
            words=words,
        )  # fmt: skip
    return _Read(access, device, policy, plan, dues, terms, words)


def _plan(session: Session, access: Access, visit: Visit) -> PlanRow:
    plan = records.find(session, access.account.id, visit.path["plan"])
    if plan is None:
        raise NotFound("This plan is not part of the account that your link opens.")
    return plan


def _wrong(visit: Visit, typed: _Typed, found: _Read) -> Errors:
    """In the order of the page."""
    errors: Errors = []
    words = found.words
    if typed.means not in _means(visit, found):
        errors.append({"field": "means", "text": words.text("Choose how you want to pay.")})
    if "agree" not in typed.ticked:
        errors.append({"field": "agree", "text": words.text("Tick that you agree to the plan.")})
    if "electronic" not in typed.ticked:
        errors.append({"field": "electronic", "text": words.text("Tick that you agree to get this electronically.")})
    if len(typed.name) < 2:
        errors.append({"field": "name", "text": words.text("Type your name, as your signature.")})
    return errors


def _unread(visit: Visit, before: Shown | None, found: _Read) -> Errors:
    """Why the terms are to be read again, if they are."""
    if before is None:
        said = "We cannot tell when these terms were shown to you. Read them again, then agree."
    elif before.digest != _digest(visit, found):
        said = "The terms have changed. Read them again."
    else:
        return []
    return [{"field": "terms", "text": found.words.text(said)}]


def _means(visit: Visit, found: _Read) -> list[str]:
    by_itself = payment_view.methods_for(found.words.currency) if visit.resources.stripe is not None else []
    return [*by_itself, "hand"]


def _digest(visit: Visit, found: _Read) -> str:
    """Of everything on the page that may be agreed to, for this version of the plan."""
    said = {
        "version": found.plan.version,
        "terms": found.terms,
        "consents": view.consents(found.policy, found.words),
        "charging": [*(_own(each, found) for each in _means(visit, found)), _shared(found)],
    }
    return view.digest(said)


def _own(means: str, found: _Read) -> list[str]:
    if means == "hand":
        return []
    return plan_charging.with_new(payment_view.KINDS[means], found.policy, found.words)


def _shared(found: _Read) -> list[str]:
    pays_today = any(due.due_on <= found.policy.today for due in found.dues)
    return plan_charging.charging(found.plan.number, found.dues, found.policy, found.words, pays_today=pays_today)


def _charging(means: str, found: _Read) -> Charging | None:
    if means == "hand":
        return None
    return Charging(payment_view.KINDS[means], plan_charging.as_kept(_own(means, found), _shared(found)))


def _onward(visit: Visit, found: _Read, plan: PlanRow, means: str, charging: Charging | None) -> str:
    """Where to go once it is agreed. Whatever cannot be started now can be from the plan's page."""
    base = f"/a/{found.access.account.public_id}"
    here = f"{base}/plans/{plan.public_id}"
    if charging is None:
        return here
    kind, consent = payment_view.KINDS[means], charging.words
    payer = Payer(found.access.account.id, found.access.session_id, found.access.contact_id)
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


def _page(visit: Visit, found: _Read, typed: _Typed, errors: Errors, *, status: int = 200) -> Response:
    base = f"/a/{found.access.account.public_id}"
    here = f"{base}/plans/{found.plan.public_id}"
    option, means = found.terms["option"], _means(visit, found)
    context = {
        "terms": found.terms,
        "shown": shown.sign(visit.resources.keys, found.place, Shown(_digest(visit, found), visit.now)),
        "consents": [
            {"field": field, "text": text, "ticked": field in typed.ticked}
            for field, text in view.consents(found.policy, found.words).items()
        ],
        "means": [{"value": each, "consent": _own(each, found)} for each in means],
        "charging": _shared(found) if len(means) > 1 else [],
        "chosen_means": typed.means,
        "name": typed.name,
        "errors": errors,
        "is_own": found.plan.is_own,
        "links": {"plan": here, "action": f"{here}/acceptance", "pdf": f"{here}/agreement.pdf?option={option}"},
    }
    return visit.page("plans/agreement.html", context, policy=found.policy, account=found.access.account, status=status)
