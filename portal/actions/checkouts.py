"""Starting a payment: save what we are about to do, commit, ask Stripe for its page, save what came back.

One attempt at most holds a charge while it is created or open. A crash between two steps is healed by taking the
same step again: the attempt's own idempotency key answers the same page. The key has the attempt's version in it,
which rises where Stripe would only repeat its own failure.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from portal.actions import (
    checkout_orders,
    collection_endings,
    credits,
    history,
    payments,
    policies,
    quotes,
    statements,
    stripe_customers,
)
from portal.actions.policies import Policy
from portal.actions.quotes import Choice
from portal.actions.statements import Standing
from portal.gateways.stripe_checkout import StripeCheckouts
from portal.gateways.stripe_values import Checkout, CheckoutOrder, StripeRefused, StripeUnavailable
from portal.records import Session, accounts, attempts, ledger
from portal.records.attempts import AttemptRow
from portal.resources import Resources
from portal.rules.allocation import Quote
from portal.rules.refusals import Conflict, Refusal

Method = Literal["card", "us_bank_account"]


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays for which account: the browser's session, and the contact its link was sent to."""

    account_id: int
    session_id: int
    contact_id: int | None


@dataclass(frozen=True, slots=True)
class Wish:
    """What the payer saw and pressed. `shown_cents` is the amount on the button, `shown_credit_cents` the account
    credit beside it; `replaces` is the public id of somebody else's checkout, which the payer was told of and ends.
    `saves_method` are the words under which the payer lets the card or account be saved."""

    choice: Choice
    method: Method
    shown_cents: int
    replaces: str | None = None
    shown_credit_cents: int = 0
    saves_method: str | None = None


class FiguresChanged(Conflict):
    """The amount is no longer the one that was shown; nothing was charged, the page shows the new one."""


class HeldByAnother(Conflict):
    """Somebody else has a checkout open for one of the charges."""

    def __init__(self, holder: AttemptRow) -> None:
        super().__init__("Somebody else has started to pay for this. Start here instead, or wait for them to finish.")
        self.holder = holder


@dataclass(frozen=True, slots=True)
class _Decided:
    """An attempt to go on with, or the attempts that must end first, or neither: credit has settled all of it."""

    attempt: AttemptRow | None = None
    in_the_way: Sequence[AttemptRow] = ()


def begin(resources: Resources, payer: Payer, wish: Wish, *, now: datetime) -> str | None:
    """Start paying and return the address of Stripe's page; None where account credit paid for all of it.

    Raises FiguresChanged, HeldByAnother, or a Refusal that says what to do next; then nothing was charged.
    """
    _stripe(resources)
    for _ in range(3):
        with resources.writing() as session:
            decided = _decide(session, payer, wish, now=now)
        if decided.attempt is not None:
            address = decided.attempt.checkout_url or _open_page(resources, decided.attempt, now=now).checkout_url
            if address is None:
                raise Refusal(
                    "Stripe could not start this payment. Nothing was charged. Please contact us.", status=502
                )
            return address
        if not decided.in_the_way:
            return None
        for obstacle in decided.in_the_way:
            end(resources, obstacle, now=now)
    raise Conflict("Another payment for this was started at the same moment. Look at the balance, then try again.")


def end(resources: Resources, attempt: AttemptRow, *, now: datetime) -> None:
    """End a checkout that was not paid, at Stripe first; one that was paid meanwhile is brought into the books."""
    stripe = _stripe(resources)
    if attempt.collection_id is not None:
        _end_collecting(resources, stripe, attempt, now=now)
        return
    # Without an id its page may exist without our knowing the address: the same key answers it again.
    checkout_id = attempt.checkout_id or _open_page(resources, attempt, now=now).checkout_id
    if checkout_id is None:
        return
    try:
        stripe.expire_checkout(checkout_id)
        payments.sync_payment(resources, attempt.id, now=now)
    except (StripeUnavailable, StripeRefused, payments.Contended, payments.Mismatch):
        raise _unclear() from None


def give_up(resources: Resources, attempt: AttemptRow, failure: str, *, now: datetime) -> None:
    """Close an attempt that never got a page; its charges are free again."""
    with resources.writing() as session:
        if attempts.change(session, attempt, state="cancelled", ended_at=now, failure=failure[:200]):
            attempts.let_go(session, attempt.id)


def _end_collecting(resources: Resources, stripe: StripeCheckouts, attempt: AttemptRow, *, now: datetime) -> None:
    """End what is collected by itself. Where it was charged already, the payer must look before paying more."""
    try:
        collection_endings.end(resources, stripe, attempt, now=now)
    except (StripeUnavailable, StripeRefused, payments.Contended, payments.Mismatch):
        raise _unclear() from None
    with resources.reading() as session:
        is_charged = attempts.by_id(session, attempt.id).state in ("processing", "succeeded")
    if is_charged:
        raise FiguresChanged("This was charged at the same moment. Look at what is left to pay.")


def _decide(session: Session, payer: Payer, wish: Wish, *, now: datetime) -> _Decided:
    """An attempt is found or made where money is needed."""
    ledger.lock_account(session, payer.account_id)
    policy = policies.load(session, now=now)
    account = accounts.by_id(session, payer.account_id)
    standing = statements.load(session, account, on=policy.today, policy=policy)
    plan = quotes.plan_of(session, standing, wish.choice, policy=policy)
    found = quotes.quote(standing, wish.choice, policy=policy, plan=plan)
    if (found.total_cents, found.credit_cents) != (wish.shown_cents, wish.shown_credit_cents):
        raise FiguresChanged("The amount has changed since you opened this page. Check the new figures.")
    holders = attempts.holding(session, [line.charge_id for line in found.lines])
    replaced = [holder for holder in holders if holder.public_id == wish.replaces]
    for holder in holders:
        # What is collected by itself makes way for whoever pays by hand.
        is_anothers = holder.session_id != payer.session_id and holder.collection_id is None
        if is_anothers and holder not in replaced:
            if replaced:
                # One after the other: the payer is told of the next once this one has ended.
                return _Decided(in_the_way=replaced)
            raise HeldByAnother(holder)
    if len(holders) == 1 and _is_the_same(session, holders[0], payer, wish, found, now):
        return _Decided(holders[0])
    if holders:
        return _Decided(in_the_way=holders)
    if found.total_cents == 0:
        credits.use_credit(session, standing, found, policy=policy, now=now)
        return _Decided()
    plan_id = plan.plan.id if plan else None
    return _Decided(_save(session, standing, payer, wish, found, plan_id=plan_id, policy=policy, now=now))


def _is_the_same(session: Session, holder: AttemptRow, payer: Payer, wish: Wish, found: Quote, now: datetime) -> bool:
    """The same visitor pressed again for the same thing, and its page still lives."""
    quoted = [(q.charge_id, q.pay_cents, q.discount_cents, q.credit_cents) for q in attempts.quoted(session, holder.id)]
    return (
        holder.session_id == payer.session_id
        and holder.method == wish.method
        and holder.checkout_expires_at > now
        and holder.saves_method == wish.saves_method
        and (holder.plan_id is None) == (wish.choice.plan is None)
        and holder.ahead == _ahead(wish)
        and quoted == [(line.charge_id, line.pay_cents, line.discount_cents, line.credit_cents) for line in found.lines]
    )


def _save(
    session: Session,
    standing: Standing,
    payer: Payer,
    wish: Wish,
    found: Quote,
    *,
    plan_id: int | None,
    policy: Policy,
    now: datetime,
) -> AttemptRow:
    honoured_until, checkout_expires_at = quotes.deadlines(found, policy=policy, now=now)
    attempt_id = attempts.add(
        session,
        {
            "account_id": payer.account_id,
            "session_id": payer.session_id,
            "contact_id": payer.contact_id,
            "method": wish.method,
            "state": "created",
            "amount_cents": found.total_cents,
            "currency": standing.account.currency,
            "quoted_at": now,
            "honoured_until": honoured_until,
            "checkout_expires_at": checkout_expires_at,
            "created_at": now,
            "plan_id": plan_id,
            "ahead": _ahead(wish),
            "saves_method": wish.saves_method,
        },
        [
            {
                "charge_id": line.charge_id,
                "pay_cents": line.pay_cents,
                "discount_cents": line.discount_cents,
                "credit_cents": line.credit_cents,
            }
            for line in found.lines
        ],
    )
    history.write(
        session,
        action="payment.started",
        actor="customer",
        now=now,
        account_id=payer.account_id,
        detail={"attempt": attempt_id, "amount_cents": found.total_cents, "method": wish.method},
    )
    return attempts.by_id(session, attempt_id)


def _ahead(wish: Wish) -> str | None:
    return wish.choice.ahead if wish.choice.plan else None


def _open_page(resources: Resources, attempt: AttemptRow, *, now: datetime) -> AttemptRow:
    """The attempt with the address of Stripe's page, or closed without one where Stripe refuses."""
    stripe = _stripe(resources)
    with resources.reading() as session:
        order = checkout_orders.order(session, resources.settings, attempt)
    try:
        if attempt.saves_method is not None:
            customer_id = stripe_customers.customer_id(resources, stripe, attempt.account_id, now=now)
            order = replace(order, customer_id=customer_id, saves_method=True)
        checkout = _create(stripe, order, key=f"checkout-{attempt.public_id}-{attempt.version}")
    except StripeUnavailable as unavailable:
        if unavailable.is_remembered:
            with resources.writing() as session:
                attempts.change(session, attempt)
        raise _unavailable() from None
    except (StripeRefused, Refusal) as refused:
        give_up(resources, attempt, str(refused), now=now)
        if isinstance(refused, Refusal):
            raise
    else:
        with resources.writing() as session:
            attempts.change(
                session,
                attempt,
                state="open",
                checkout_id=checkout.checkout_id,
                checkout_url=checkout.url,
                payment_intent_id=checkout.payment_intent_id,
            )
    with resources.reading() as session:
        return attempts.by_id(session, attempt.id)


def _create(stripe: StripeCheckouts, order: CheckoutOrder, *, key: str) -> Checkout:
    """An address that Stripe does not take must not keep anybody from paying: its page asks for one then."""
    try:
        return stripe.create_checkout(order, idempotency_key=key)
    except StripeRefused as refused:
        if refused.code != "email_invalid":
            raise
        return stripe.create_checkout(replace(order, customer_email=None), idempotency_key=f"{key}-without-email")


def _stripe(resources: Resources) -> StripeCheckouts:
    if resources.stripe is None:
        raise Refusal("Paying online is not set up yet. Please contact us to arrange payment.", status=503)
    return resources.stripe


def _unclear() -> Refusal:
    return Refusal(
        "We cannot tell yet what became of the payment started before. Look at the balance before you try again.",
        status=503,
    )


def _unavailable() -> Refusal:
    return Refusal(
        "The payment page cannot be reached at the moment. Nothing was charged. Try again in a minute.",
        status=503,
    )
