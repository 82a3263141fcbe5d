"""How a payment plan is paid: with a saved card or account, or one to be saved at Stripe; behind the mailed code."""

from dataclasses import dataclass

from starlette.responses import Response

from portal.actions import saved_methods, setups
from portal.actions.access import Access
from portal.actions.checkouts import Payer
from portal.actions.policies import Policy
from portal.records import ledger, plans
from portal.records import saved_methods as records
from portal.records.plans import PlanRow
from portal.records.saved_methods import MethodRow
from portal.rules.plans import KEPT
from portal.rules.refusals import Conflict, NotFound
from portal.views import methods as view
from portal.views import payments as payment_view
from portal.web.visit import Visit
from portal.wording import Words

_PRESSES = "30 per 10 minutes"


@dataclass(frozen=True, slots=True)
class _Found:
    access: Access
    policy: Policy
    plan: PlanRow
    methods: list[MethodRow]
    words: Words

    @property
    def here(self) -> str:
        return f"/a/{self.access.account.public_id}/plans/{self.plan.public_id}"


def show(visit: Visit) -> Response:
    """What there is to choose from, each with what is agreed to by choosing it."""
    return _page(visit, _find(visit), [])


def choose(visit: Visit) -> Response:
    """Pay by this from now on; what is new is saved on Stripe's page first."""
    found = _find(visit)
    visit.throttle.check(_PRESSES, "plan", str(found.access.session_id))
    chosen = visit.form.get("means", "")
    method = next((each for each in found.methods if each.public_id == chosen), None)
    if method is not None and method.id == found.plan.method_id:
        return visit.see(found.here)
    if method is not None:
        with visit.resources.writing() as session:
            ledger.lock_account(session, found.access.account.id)
            fresh = records.by_id(session, method.id)
            is_put = saved_methods.put_on_plan(session, fresh, found.plan.id, now=visit.now, actor=found.access.actor)
        if not is_put:
            raise Conflict("This card or account cannot be used any more. Choose another.")
        return visit.see(found.here)
    kind = payment_view.KINDS.get(chosen)
    if kind is None or chosen not in payment_view.methods_for(found.words.currency):
        errors = [{"field": "means", "text": found.words.text("Choose how you want to pay.")}]
        return _page(visit, found, errors, status=422)
    payer = Payer(found.access.account.id, found.access.session_id, found.access.contact_id)
    consent = "\n".join(view.consent(kind, "plan", found.policy, found.words, plan=found.plan))
    address = setups.begin(
        visit.resources, payer, kind=kind, purpose="plan", plan_id=found.plan.id, consent=consent, now=visit.now
    )
    return visit.see(address)


def _find(visit: Visit) -> _Found:
    with visit.resources.reading() as session:
        access = visit.confirmed_access(session, to=f"/a/{visit.path['account']}/plans/{visit.path['plan']}/method")
        plan = plans.find(session, access.account.id, visit.path["plan"])
        if plan is None:
            raise NotFound("This plan is not part of the account that your link opens.")
        if plan.state not in KEPT:
            raise Conflict("This plan is no longer in force. Look at your statement to see what is due.")
        policy = visit.policy(session)
        methods = list(records.of_account(session, access.account.id))
    return _Found(access, policy, plan, methods, policy.words(access.account.currency))


def _page(visit: Visit, found: _Found, errors: list[dict[str, str]], *, status: int = 200) -> Response:
    words, policy, plan = found.words, found.policy, found.plan
    context = {
        "number": plan.number,
        "saved": [
            {
                "id": method.public_id,
                "name": view.called(method, words),
                "is_used": method.id == plan.method_id,
                "consent": view.consent(method.kind, "plan", policy, words, plan=plan),
            }
            for method in found.methods
        ],
        "new": [
            {"value": each, "consent": view.consent(payment_view.KINDS[each], "plan", policy, words, plan=plan)}
            for each in payment_view.methods_for(words.currency)
        ],
        "errors": errors,
        "links": {"plan": found.here, "action": f"{found.here}/method"},
    }
    return visit.page("plans/method.html", context, policy=policy, account=found.access.account, status=status)
