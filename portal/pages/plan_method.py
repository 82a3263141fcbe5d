"""How a payment plan is paid: with a saved card or account, or one to be saved at Stripe; behind the mailed code.

What is agreed to by choosing is kept in the words that were on the page: where these are others by now, it is shown
again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from portal import shown
from portal.actions import plan_consents, plan_standing, setups
from portal.actions.access import Access
from portal.actions.checkouts import Payer
from portal.actions.plan_consents import Charging, Seen
from portal.actions.policies import Policy
from portal.records import Session, collections, ledger, plans, saved_methods
from portal.records.plans import PlanRow
from portal.records.saved_methods import MethodRow
from portal.records.step_up import DeviceRow
from portal.rules.plans import KEPT
from portal.rules.refusals import Conflict, NotFound, Refusal
from portal.shown import Shown
from portal.views import methods as view
from portal.views import payments as payment_view
from portal.views import plan_charging, plan_terms
from portal.web.visit import Visit
from portal.wording import Words

_PRESSES = "30 per 10 minutes"


@dataclass(frozen=True, slots=True)
class _Found:
    """Who chooses for which plan. `said` are the paragraphs of each choice by its value in the form, `shared` those of
    every one; `soon` when what is due already is charged, if anything is."""

    access: Access
    device: DeviceRow
    policy: Policy
    plan: PlanRow
    methods: Sequence[MethodRow]
    said: dict[str, list[str]]
    shared: list[str]
    soon: str
    words: Words

    @property
    def here(self) -> str:
        return f"/a/{self.access.account.public_id}/plans/{self.plan.public_id}"

    @property
    def place(self) -> str:
        """Where the words are shown: for this plan, to this browser."""
        return f"method:{self.plan.public_id}:{self.device.public_id}"

    @property
    def digest(self) -> str:
        """Of everything that may be agreed to, for this version of the plan."""
        return plan_terms.digest({"version": self.plan.version, "said": self.said, "shared": self.shared})


def show(visit: Visit) -> Response:
    """What there is to choose from, each with what is agreed to by choosing it."""
    return _page(visit, [])


def choose(visit: Visit) -> Response:
    """Pay by this from now on; what is new is saved on Stripe's page first."""
    chosen = visit.form.get("means", "")
    try:
        with visit.resources.writing() as session:
            found = _find(visit, session, is_locked=True)
            visit.throttle.check(_PRESSES, "plan", str(found.access.session_id))
            consent = _choose(visit, session, found, chosen)
    except Refusal as refusal:
        if refusal.field is None:
            raise
        return _page(visit, [refusal])
    if consent is None:
        return visit.see(found.here)
    payer = Payer(found.access.account.id, found.access.session_id, found.access.contact_id)
    address = setups.begin(
        visit.resources, payer, kind=payment_view.KINDS[chosen], purpose="plan", plan_id=found.plan.id, consent=consent,
        now=visit.now,
    )  # fmt: skip
    return visit.see(address)


def _choose(visit: Visit, session: Session, found: _Found, chosen: str) -> str | None:
    """Keep what was chosen, with its words; they are answered where it is still to be saved."""
    method = next((each for each in found.methods if each.public_id == chosen), None)
    is_used = method is not None and method.id == found.plan.method_id
    if is_used and not collections.has_stopped(session, found.plan.id):
        return None
    seen = _seen(visit, found, chosen)
    consent = plan_charging.as_kept(found.said[chosen], found.shared)
    if method is not None:
        plan_consents.charge_saved(session, found.access, found.plan, method, consent, seen, now=visit.now)
        return None
    charging = Charging(payment_view.KINDS[chosen], consent)
    plan_consents.keep(session, found.access, found.plan, charging, seen, now=visit.now)
    return consent


def _seen(visit: Visit, found: _Found, chosen: str) -> Seen:
    """When these words were shown to this browser. Refusal where they were not, or nothing of it was chosen."""
    if chosen not in found.said:
        raise Refusal("Choose how you want to pay.", field="means")
    before = shown.read(visit.resources.keys, found.place, visit.form.get("shown", ""))
    if before is None:
        raise Refusal(
            "We cannot tell when these words were shown to you. Read them again, then press the button.",
            field="means",
        )
    if before.digest != found.digest:
        raise Refusal(
            "The words that you agree to have changed. Read them again, then press the button.", field="means"
        )
    return Seen(before.at, visit.visitor, visit.request.headers.get("user-agent", ""), found.device.id)


def _find(visit: Visit, session: Session, *, is_locked: bool = False) -> _Found:
    access = visit.confirmed_access(session, to=f"/a/{visit.path['account']}/plans/{visit.path['plan']}/method")
    device = visit.device(session, access)
    assert device is not None
    if is_locked:
        ledger.lock_account(session, access.account.id)
    plan = plans.find(session, access.account.id, visit.path["plan"])
    if plan is None:
        raise NotFound("This plan is not part of the account that your link opens.")
    if plan.state not in KEPT:
        raise Conflict("This plan is no longer in force. Look at your statement to see what is due.")
    policy = visit.policy(session)
    dues = plan_charging.still_due(plan_standing.today(session, plan, policy=policy)[1])
    if not dues:
        raise Conflict("Nothing of this plan is left to be charged now. Look at the plan to see how it stands.")
    methods = saved_methods.of_account(session, access.account.id)
    words = policy.words(access.account.currency)
    said = {each.public_id: plan_charging.with_saved(each, plan.number, policy, words) for each in methods}
    for value in payment_view.methods_for(words.currency):
        said[value] = plan_charging.with_new(payment_view.KINDS[value], policy, words)
    shared = plan_charging.charging(plan.number, dues, policy, words, pays_today=False)
    soon = plan_charging.due_soon(dues, words) if plan.state == "active" else ""
    return _Found(access, device, policy, plan, methods, said, shared, soon, words)


def _page(visit: Visit, refusals: Sequence[Refusal]) -> Response:
    with visit.resources.reading() as session:
        found = _find(visit, session)
    words, plan = found.words, found.plan
    context = {
        "number": plan.number,
        "saved": [
            {
                "id": method.public_id,
                "name": view.called(method, words),
                "is_used": method.id == plan.method_id,
                "consent": found.said[method.public_id],
            }
            for method in found.methods
        ],
        "new": [{"value": each, "consent": found.said[each]} for each in payment_view.methods_for(words.currency)],
        "charging": found.shared,
        "soon": found.soon,
        "shown": shown.sign(visit.resources.keys, found.place, Shown(found.digest, visit.now)),
        "errors": [{"field": each.field, "text": words.text(each.message, **each.values)} for each in refusals],
        "links": {"plan": found.here, "action": f"{found.here}/method"},
    }
    status = refusals[0].status if refusals else 200
    return visit.page("plans/method.html", context, policy=found.policy, account=found.access.account, status=status)
