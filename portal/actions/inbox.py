"""Stripe's events: verified, remembered, answered; then handled at once, with the worker as the retry.

An event is a hint. All events about one payment become one reading of that payment from Stripe.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from portal.actions import payments, saved_methods
from portal.actions import setups as setup_actions
from portal.gateways import stripe_listing
from portal.gateways.stripe_values import PaymentFacts, StripeRefused, StripeUnavailable
from portal.gateways.stripe_webhooks import WebhookRefused, event_in, read_event
from portal.records import Session, attempts, breaks, inbox, setups
from portal.records.inbox import EventRow, WaitingRow
from portal.records.unavailable import tried_again
from portal.resources import Resources

_SETUPS = ("setup_intent.",)
_METHODS = ("payment_method.", "mandate.")
_OURS = ("checkout.session.", "payment_intent.", "charge.", "refund.", *_SETUPS, *_METHODS)
_MOST_TRIES = 12
_POLLS_EVERY = timedelta(minutes=5)
_OVERLAP = timedelta(minutes=10)
_FIRST_LOOK = timedelta(days=3)
_LONGEST_WAIT = timedelta(hours=6)
# Stripe may be away for weeks; two to the power of all those tries would be no time at all.
_MOST_DOUBLINGS = 20

log = structlog.get_logger()


class NotOurs(Exception):
    """The payment belongs to something else that uses the same Stripe account."""


class NotYet(Exception):
    """The payment says it is ours, but its attempt cannot be found."""


def read(resources: Resources, raw: bytes, signature: str | None, *, now: datetime) -> EventRow:
    """Verify an event; raises WebhookRefused."""
    secrets = [secret.get_secret_value() for secret in resources.settings.stripe_webhook_secrets]
    event = read_event(raw, signature, secrets=secrets, now=now, live=resources.settings.is_live)
    return EventRow(event.event_id, event.type, event.subject, event.checkout_id, raw, now)


def poll(resources: Resources, *, now: datetime) -> int:
    """Ask Stripe for events whose webhook may have been lost, and remember them as if they had come; how many it told.

    Looks back a little further than last time; Stripe keeps events for thirty days.
    """
    if resources.stripe is None:
        return 0
    with resources.writing() as session:
        since = breaks.mark(session, "events") or now - _FIRST_LOOK
        if not breaks.claim(session, "events polled", before=now - _POLLS_EVERY, now=now):
            return 0
    found = []
    try:
        for raw in stripe_listing.events(resources.stripe, since=since - _OVERLAP):
            try:
                event = event_in(raw, live=resources.settings.is_live)
            except WebhookRefused as refused:
                # As at the webhook's own door: one that is not for us keeps no other from coming in.
                log.warning("inbox.not_for_us", reason=refused.reason)
                continue
            if event.type.startswith(_OURS):
                found.append(EventRow(event.event_id, event.type, event.subject, event.checkout_id, raw, now))
    except (StripeUnavailable, StripeRefused) as error:
        log.warning("inbox.not_polled", error=repr(error))
        return 0
    if found:
        store(resources, found)
    with resources.writing() as session:
        breaks.set_mark(session, "events", now)
    return len(found)


def store(resources: Resources, events: Sequence[EventRow]) -> None:
    """Remember events, before they are answered.

    A database that cannot store them raises: Stripe must hear an error and send them again.
    """

    def write() -> None:
        with resources.writing() as session:
            inbox.store(session, events)

    tried_again(write)


def handle(resources: Resources, subject: str, *, now: datetime) -> None:
    """Bring in the payment that these events are about; what fails is put off and tried again by the worker."""
    with resources.reading() as session:
        events = inbox.of_subject(session, subject)
    if not events:
        return
    ids = [event.id for event in events]
    state = "handled"
    try:
        if any(event.type.startswith(_OURS) for event in events):
            _bring_in(resources, subject, events, now=now)
        else:
            state = "ignored"
    except NotOurs:
        state = "foreign"
    except Exception as error:  # One of the two places that record whatever goes wrong.
        _put_off(resources, ids, max(event.tries for event in events) + 1, error, now=now)
        return
    with resources.writing() as session:
        inbox.close(session, ids, state=state, now=now)


def handle_waiting(resources: Resources, *, now: datetime) -> int:
    """Handle every event whose time has come, each payment once; returns how many payments."""
    with resources.reading() as session:
        subjects = list(dict.fromkeys(event.subject for event in inbox.waiting(session, now)))
    for subject in subjects:
        handle(resources, subject, now=now)
    return len(subjects)


def _bring_in(resources: Resources, subject: str, events: Sequence[WaitingRow], *, now: datetime) -> None:
    """Read from Stripe whatever the events are about: a saved method, the saving of one, or a payment."""
    checkout_id = next((event.checkout_id for event in events if event.checkout_id), None)
    if any(event.type.startswith(_METHODS) for event in events):
        if not saved_methods.look_again(resources, subject, now=now):
            raise NotOurs
        return
    with resources.reading() as session:
        attempt = attempts.by_stripe_id(session, subject)
        if attempt is None and checkout_id is not None:
            attempt = attempts.by_stripe_id(session, checkout_id)
        setup = setups.by_checkout(session, checkout_id) if checkout_id is not None else None
    if attempt is not None:
        payments.sync_payment(resources, attempt.id, now=now)
    elif setup is not None:
        setup_actions.sync(resources, setup.id, now=now)
    elif any(event.type.startswith(_SETUPS) for event in events):
        _adopt_setup(resources, setup_actions.named_by(resources, subject), None, now=now)
    else:
        _adopt(resources, subject, checkout_id, now=now)


def _adopt(resources: Resources, subject: str, checkout_id: str | None, *, now: datetime) -> None:
    """Find by its metadata what we never got Stripe's ids of."""
    facts = _read(resources, subject, checkout_id)
    about = facts.checkout or facts.intent
    if about is None or about.metadata.get("instance") != resources.settings.instance:
        raise NotOurs
    if "setup" in about.metadata:
        _adopt_setup(resources, about.metadata, checkout_id, now=now)
        return
    with resources.writing() as session:
        attempt_id = adopt(session, about.metadata.get("attempt", ""), facts)
    payments.sync_payment(resources, attempt_id, now=now)


def _adopt_setup(resources: Resources, metadata: Mapping[str, str], checkout_id: str | None, *, now: datetime) -> None:
    if metadata.get("instance") != resources.settings.instance:
        raise NotOurs
    with resources.writing() as session:
        setup = setup_actions.adopt(session, metadata.get("setup", ""), checkout_id)
    if setup is None:
        raise NotYet(f"no setup {metadata.get('setup')!r}")
    setup_actions.sync(resources, setup.id, now=now)


def adopt(session: Session, public_id: str, facts: PaymentFacts) -> int:
    """The attempt that a payment names in its metadata, which remembers Stripe's ids from now on: the answer to our
    question was lost, or the webhook was faster. Raises NotYet, Contended."""
    found = attempts.by_public_id(session, public_id)
    if found is None:
        raise NotYet(f"no attempt {public_id!r}")
    is_kept = attempts.change(
        session,
        found,
        checkout_id=found.checkout_id or (facts.checkout.checkout_id if facts.checkout else None),
        payment_intent_id=found.payment_intent_id or (facts.intent.payment_intent_id if facts.intent else None),
    )
    if not is_kept:
        raise payments.Contended(f"attempt {found.id} changed while its ids were looked for")
    return found.id


def _read(resources: Resources, subject: str, checkout_id: str | None) -> PaymentFacts:
    if resources.stripe is None:
        raise StripeUnavailable("No Stripe key is set.")
    try:
        if checkout_id is not None:
            return resources.stripe.read_payment(checkout_id)
        return resources.stripe.read_payment_by_intent(subject)
    except StripeRefused as refused:
        if refused.code != "resource_missing":
            # A key that was revoked says nothing about whose payment it is.
            raise
        # Not a payment at all, or one of an account that we cannot see.
        raise NotOurs from refused


def _put_off(resources: Resources, ids: list[int], tries: int, error: Exception, *, now: datetime) -> None:
    wait = min(timedelta(seconds=2 ** min(tries, _MOST_DOUBLINGS)), _LONGEST_WAIT)
    is_dead = tries >= _MOST_TRIES and not isinstance(error, StripeUnavailable)
    log.warning("inbox.put_off", events=ids, tries=tries, dead=is_dead, error=repr(error))
    with resources.writing() as session:
        inbox.put_off(
            session,
            ids,
            state="dead" if is_dead else "new",
            tries=tries,
            next_at=now + wait,
            error=repr(error)[:500],
        )
