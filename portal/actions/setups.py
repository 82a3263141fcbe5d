"""Saving a method without a payment: save what is to be done, commit, ask Stripe for its page, save what came back.

The webhook, the return page and the worker end in one `sync`; a method is believed only when it is read from Stripe.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Literal

import structlog

from portal.actions import autopays, saved_methods, stripe_customers
from portal.actions.checkouts import Method, Payer
from portal.gateways import stripe_saving
from portal.gateways.stripe_checkout import StripeCheckouts
from portal.gateways.stripe_saved_values import MethodFacts, SetupFacts, SetupOrder
from portal.gateways.stripe_values import StripeRefused, StripeUnavailable
from portal.records import Session, accounts, ledger, plans, setups
from portal.records.setups import SetupRow
from portal.resources import Resources
from portal.rules.plans import KEPT
from portal.rules.refusals import Conflict, Refusal

Purpose = Literal["keep", "plan", "autopay"]
# Stripe takes half an hour to a day; nobody is held up by it.
_PAGE_LASTS = timedelta(hours=1)
_TRIES = 5
# What Stripe says of a setup that is over and saved nothing.
_IN_VAIN = ("canceled", "requires_payment_method")

log = structlog.get_logger()


class Contended(Exception):
    """Others kept changing the setup while we read Stripe: whoever called us tries again later."""


def begin(
    resources: Resources,
    payer: Payer,
    *,
    kind: Method,
    purpose: Purpose,
    plan_id: int | None = None,
    consent: str,
    now: datetime,
) -> str:
    """The address of Stripe's page, where a card or bank account is saved. Pressed twice it is the same page.

    `consent` is what was shown and agreed to, word for word. Raises Refusal, and then nothing was saved.
    """
    stripe = _stripe(resources)
    with resources.writing() as session:
        setup = _decide(session, payer, kind, purpose, plan_id, consent, now=now)
    address = setup.checkout_url or _open_page(resources, stripe, setup, now=now).checkout_url
    if address is None:
        raise Refusal("Stripe could not open its page. Nothing was saved. Please contact us.", status=502)
    return address


def sync(resources: Resources, setup_id: int, *, now: datetime) -> None:
    """Bring a setup to what Stripe says now, and with it the method, the plan or autopay that it is for.

    Raises StripeUnavailable, StripeRefused, Contended.
    """
    for _ in range(_TRIES):
        with resources.reading() as session:
            setup = setups.by_id(session, setup_id)
        if setup.state not in ("created", "open") or setup.checkout_id is None:
            return
        if resources.stripe is None:
            raise StripeUnavailable("No Stripe key is set.")
        facts = stripe_saving.read_setup(resources.stripe, setup.checkout_id)
        method = None
        if facts.succeeded and facts.payment_method_id is not None:
            method = stripe_saving.read_method(resources.stripe, facts.payment_method_id)
        with resources.writing() as session:
            if _bring_in(session, setup, facts, method, now=now):
                return
    raise Contended(f"setup {setup_id} kept changing")


def settle_expired(resources: Resources, *, now: datetime) -> int:
    """Look at every page that should have ended by now; returns how many of them have."""
    with resources.reading() as session:
        found = setups.past_expiry(session, now)
    count = 0
    for setup in found:
        if setup.checkout_id is None:
            # Its page, if there ever was one, was never shown to anybody.
            with resources.writing() as session:
                count += setups.change(session, setup, state="expired")
            continue
        try:
            sync(resources, setup.id, now=now)
        except (StripeUnavailable, StripeRefused, Contended) as error:
            log.warning("setup.not_settled", setup=setup.id, error=repr(error))
            continue
        with resources.reading() as session:
            count += setups.by_id(session, setup.id).state != setup.state
    return count


def named_by(resources: Resources, setup_intent_id: str) -> Mapping[str, str]:
    """What we sent along with a setup intent; nothing for one that Stripe does not show us."""
    if resources.stripe is None:
        raise StripeUnavailable("No Stripe key is set.")
    try:
        return stripe_saving.setup_metadata(resources.stripe, setup_intent_id)
    except StripeRefused as refused:
        if refused.code != "resource_missing":
            raise
        return {}


def adopt(session: Session, public_id: str, checkout_id: str | None) -> SetupRow | None:
    """The setup that Stripe's metadata names, which remembers its page's id from now on: the answer to our question was
    lost, or the webhook was faster. None where there is no such setup."""
    found = setups.by_public_id(session, public_id)
    if found is None or checkout_id is None or found.state != "created":
        return found
    if not setups.change(session, found, state="open", checkout_id=checkout_id):
        raise Contended(f"setup {found.id} changed while its id was looked for")
    return found


def _decide(
    session: Session, payer: Payer, kind: Method, purpose: Purpose, plan_id: int | None, consent: str, *, now: datetime
) -> SetupRow:
    """The same browser's page for the same thing while it lives, else a new one."""
    ledger.lock_account(session, payer.account_id)
    plan = plans.by_id(session, plan_id) if plan_id is not None else None
    if plan is not None and (plan.account_id != payer.account_id or plan.state not in KEPT):
        raise Conflict("This plan is not running any more. Look at it again.")
    wanted = (kind, purpose, plan_id, consent)
    for setup in setups.open_of_session(session, payer.account_id, payer.session_id):
        if (setup.kind, setup.purpose, setup.plan_id, setup.consent) == wanted and setup.expires_at > now:
            return setup
    return setups.add(
        session,
        {
            "account_id": payer.account_id,
            "contact_id": payer.contact_id,
            "session_id": payer.session_id,
            "plan_id": plan_id,
            "kind": kind,
            "purpose": purpose,
            "state": "created",
            "consent": consent,
            "created_at": now,
            "expires_at": now + _PAGE_LASTS,
        },
    )


def _open_page(resources: Resources, stripe: StripeCheckouts, setup: SetupRow, *, now: datetime) -> SetupRow:
    """The setup with the address of Stripe's page, or refused where Stripe refuses."""
    customer = ""
    try:
        customer = stripe_customers.customer_id(resources, stripe, setup.account_id, now=now)
        order = _order(resources, setup, customer)
        key = f"setup-{setup.public_id}-{setup.version}"
        checkout = stripe_saving.create_setup(stripe, order, idempotency_key=key)
    except StripeUnavailable as unavailable:
        if unavailable.is_remembered:
            with resources.writing() as session:
                setups.change(session, setup)
        raise _unavailable() from None
    except StripeRefused as refused:
        log.warning("setup.refused", setup=setup.id, error=repr(refused))
        with resources.writing() as session:
            setups.change(session, setup, state="refused")
        if refused.code == "resource_missing" and customer:
            _replace_customer(resources, stripe, setup.account_id, customer, now=now)
            raise _unavailable() from None
    else:
        with resources.writing() as session:
            setups.change(session, setup, state="open", checkout_id=checkout.checkout_id, checkout_url=checkout.url)
    with resources.reading() as session:
        return setups.by_id(session, setup.id)


def _replace_customer(
    resources: Resources, stripe: StripeCheckouts, account_id: int, gone: str, *, now: datetime
) -> None:
    """The customer was deleted at Stripe: the next page is for another."""
    with suppress(StripeUnavailable, StripeRefused):
        stripe_customers.customer_id(resources, stripe, account_id, gone=gone, now=now)


def _order(resources: Resources, setup: SetupRow, customer: str) -> SetupOrder:
    with resources.reading() as session:
        account = accounts.by_id(session, setup.account_id)
    back = f"{resources.settings.base_url}/a/{account.public_id}/setups/{setup.public_id}"
    return SetupOrder(
        reference=setup.public_id,
        metadata={"instance": resources.settings.instance, "setup": setup.public_id},
        currency=account.currency,
        method="us_bank_account" if setup.kind == "us_bank_account" else "card",
        customer_id=customer,
        success_url=back,
        cancel_url=back,
        expires_at=setup.expires_at,
    )


def _bring_in(
    session: Session, setup: SetupRow, facts: SetupFacts, method: MethodFacts | None, *, now: datetime
) -> bool:
    """Write what Stripe's facts change; False where the setup is no longer the version that was read."""
    # As everywhere: first the account, then what belongs to it.
    ledger.lock_account(session, setup.account_id)
    if method is not None and method.customer_id is not None and method.kind in saved_methods.KINDS:
        if not setups.change(session, setup, state="done"):
            return False
        _keep(session, setup, facts, method, now=now)
        return True
    if facts.status == "expired":
        return setups.change(session, setup, state="expired")
    if facts.succeeded or (facts.status == "complete" and facts.setup_status in _IN_VAIN):
        return setups.change(session, setup, state="refused")
    return True


def _keep(session: Session, setup: SetupRow, facts: SetupFacts, method: MethodFacts, *, now: datetime) -> None:
    saved = saved_methods.save(
        session,
        setup.account_id,
        contact_id=setup.contact_id,
        session_id=setup.session_id,
        facts=method,
        mandate_id=facts.mandate_id,
        consent=setup.consent,
        now=now,
    )
    if setup.plan_id is not None:
        saved_methods.put_on_plan(session, saved, setup.plan_id, now=now, actor="customer")
    if setup.purpose == "autopay" and saved.ended_at is None:
        account = accounts.by_id(session, setup.account_id)
        autopays.turn_on(session, account, saved, contact_id=setup.contact_id, consent=setup.consent, now=now)


def _stripe(resources: Resources) -> StripeCheckouts:
    if resources.stripe is None:
        raise Refusal("Saving a card or bank account is not set up yet. Please contact us.", status=503)
    return resources.stripe


def _unavailable() -> Refusal:
    return Refusal(
        "Stripe’s page cannot be reached at the moment. Nothing was saved. Try again in a minute.", status=503
    )
