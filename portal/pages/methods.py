"""Saved cards and bank accounts, and automatic payments: behind the mailed code, for they spend somebody's money.

What is agreed to is stored in the words that were on the page: a form whose words are others is shown again.
"""

from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urlencode

from starlette.responses import Response

from portal.actions import autopays, collection_facts, saved_methods, setups
from portal.actions.access import Access
from portal.actions.checkouts import Payer
from portal.actions.policies import Policy
from portal.actions.setups import Contended, Purpose
from portal.gateways.stripe_values import StripeRefused, StripeUnavailable
from portal.records import Session, plans
from portal.records import autopays as autopay_records
from portal.records import saved_methods as records
from portal.records import setups as setup_records
from portal.records.setups import SetupRow
from portal.rules.refusals import NotFound, Refusal
from portal.views import collections as collections_view
from portal.views import methods as view
from portal.views import payments as payment_view
from portal.web.visit import Visit
from portal.wording import Words

_PRESSES = "30 per 10 minutes"
# Each return asks Stripe, which answers an account only so often.
_LOOKS = "300 per 10 minutes"
# What the page may say has just been done.
_DONE = ("saved", "removed", "on", "off", "open", "refused")


def show(visit: Visit) -> Response:
    """What is saved, what it is used for, and what else may be saved; automatic payments on or off."""
    return _page(visit, [])


def remove(visit: Visit) -> Response:
    """Let a card or bank account never be charged again."""
    with visit.resources.reading() as session:
        access = _access(visit, session)
    visit.throttle.check(_PRESSES, "methods", str(access.session_id))
    account_id, public_id = access.account.id, visit.path["method"]
    saved_methods.remove(visit.resources, account_id, public_id, now=visit.now, actor=access.actor)
    return _back(visit, access, "removed")


def begin(visit: Visit) -> Response:
    """Go on to Stripe's page, where a card or bank account is saved."""
    with visit.resources.reading() as session:
        access, policy = _access(visit, session), visit.policy(session)
    visit.throttle.check(_PRESSES, "methods", str(access.session_id))
    words = policy.words(access.account.currency)
    kind = payment_view.KINDS.get(visit.form.get("kind", ""))
    if kind is None or visit.form.get("kind") not in payment_view.methods_for(access.account.currency):
        return _page(visit, [Refusal("Choose what you want to save.", field="kind")])
    purpose: Purpose = "autopay" if visit.form.get("purpose") == "autopay" else "keep"
    consent = view.consent(kind, purpose, policy, words)
    if visit.form.get("shown", "") != view.digest(consent):
        return _page(visit, [_other_words("kind")])
    payer = Payer(access.account.id, access.session_id, access.contact_id)
    address = setups.begin(
        visit.resources, payer, kind=kind, purpose=purpose, consent="\n".join(consent), now=visit.now
    )
    return visit.see(address)


def come_back(visit: Visit) -> Response:
    """Where Stripe sends the browser: on to the plan, or to what is saved.

    As the return from a payment, this GET may write: it brings its own setup up to date, as the webhook does.
    """
    with visit.resources.reading() as session:
        access = visit.confirmed_access(session)
        setup = setup_records.find(session, access.account.id, visit.path["setup"])
    if setup is None:
        raise NotFound("This is not part of the account that your link opens.")
    visit.throttle.check(_LOOKS, "return", str(access.session_id))
    # Where Stripe does not answer, the worker finds out; until then the page says to look again.
    with suppress(StripeUnavailable, StripeRefused, Contended):
        setups.sync(visit.resources, setup.id, now=visit.now)
    with visit.resources.reading() as session:
        setup = setup_records.by_id(session, setup.id)
        plan = plans.by_id(session, setup.plan_id) if setup.plan_id is not None else None
    if plan is not None:
        return visit.see(f"/a/{access.account.public_id}/plans/{plan.public_id}")
    return _back(visit, access, _became(setup))


def turn_on(visit: Visit) -> Response:
    """Agree that each invoice is charged on its due day to the chosen method."""
    with visit.resources.writing() as session:
        access, policy = _access(visit, session), visit.policy(session)
        visit.throttle.check(_PRESSES, "methods", str(access.session_id))
        method = records.find(session, access.account.id, visit.form.get("method", ""))
        consent = view.autopay_consent(policy, policy.words(access.account.currency))
        wrong = _wrong(visit, method is None, consent)
        if method is not None and wrong is None:
            autopays.turn_on(
                session,
                access.account,
                method,
                contact_id=access.contact_id,
                consent="\n".join(consent),
                now=visit.now,
            )
    return _back(visit, access, "on") if wrong is None else _page(visit, [wrong])


def turn_off(visit: Visit) -> Response:
    """Charge nothing by itself any more; pressed twice, it is off."""
    with visit.resources.writing() as session:
        access = _access(visit, session)
        visit.throttle.check(_PRESSES, "methods", str(access.session_id))
        autopays.turn_off(session, access.account.id, why="turned_off", now=visit.now, actor=access.actor)
    return _back(visit, access, "off")


def _page(visit: Visit, refusals: Sequence[Refusal]) -> Response:
    with visit.resources.reading() as session:
        access, policy = _access(visit, session), visit.policy(session)
        account = access.account
        found = records.of_account(session, account.id)
        uses = records.uses(session, account.id)
        autopay = autopay_records.in_force(session, account.id)
        announced = collection_facts.announced(session, account.id, policy=policy)
    words = policy.words(account.currency)
    base = f"/a/{account.public_id}"
    rules = view.autopay_consent(policy, words)
    charged = next((method for method in found if autopay and method.id == autopay.method_id), None)
    can_save = visit.resources.stripe is not None
    done = visit.query.get("done", "")
    context = {
        "done": done if done in _DONE and not refusals else "",
        "methods": view.listed(found, uses, words, base=base),
        "ways": _ways(account.currency, policy, words) if can_save else [],
        "autopay": view.autopay(autopay, charged, words),
        "announced": collections_view.announced(announced, words, base=base),
        "rules": rules,
        "rules_shown": view.digest(rules),
        "errors": [
            {"field": each.field or "method", "text": words.text(each.message, **each.values)} for each in refusals
        ],
        "chosen": visit.form.get("method", ""),
        "can_save": can_save,
        "links": {
            "statement": base,
            "setups": f"{base}/setups",
            "autopay": f"{base}/autopay",
            "autopay_end": f"{base}/autopay/end",
            "devices": f"{base}/devices",
        },
    }
    status = refusals[0].status if refusals else 200
    return visit.page("methods/list.html", context, policy=policy, account=account, status=status)


def _ways(currency: str, policy: Policy, words: Words) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for value in payment_view.methods_for(currency):
        said = view.consent(payment_view.KINDS[value], "keep", policy, words)
        found.append({"value": value, "consent": said, "shown": view.digest(said)})
    return found


def _wrong(visit: Visit, is_unknown: bool, consent: Sequence[str]) -> Refusal | None:
    if visit.form.get("shown", "") != view.digest(consent):
        return _other_words("method")
    return Refusal("Choose what is to be charged.", field="method") if is_unknown else None


def _other_words(field: str) -> Refusal:
    return Refusal("The words that you agree to have changed. Read them again, then press the button.", field=field)


def _became(setup: SetupRow) -> str:
    if setup.state == "done":
        return "on" if setup.purpose == "autopay" else "saved"
    return "refused" if setup.state in ("refused", "expired") else "open"


def _access(visit: Visit, session: Session) -> Access:
    return visit.confirmed_access(session, to=f"/a/{visit.path['account']}/methods")


def _back(visit: Visit, access: Access, done: str) -> Response:
    return visit.see(f"/a/{access.account.public_id}/methods?{urlencode({'done': done})}")
