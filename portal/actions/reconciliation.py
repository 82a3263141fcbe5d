"""Stripe against the ledger: whatever differs is read and posted by the webhook's own code; what still differs then
is a break with a name. Nothing is ever adjusted.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import structlog

from portal.actions import inbox, letters, payments
from portal.actions.stripe_listed import (
    Compared,
    Listed,
    at_stripe,
    compare,
    read_listed,
    seen,
    told_of_older,
    with_whole,
)
from portal.gateways.stripe_checkout import StripeCheckouts
from portal.gateways.stripe_values import PaymentFacts, StripeRefused, StripeUnavailable
from portal.records import attempts, breaks
from portal.records.breaks import BreakRow, PostedRow
from portal.resources import Resources
from portal.rules.reconciliation import Break, Kind, differing, made, named, object_of, subject_of, words

NIGHTLY = timedelta(days=10)
# Chargebacks and unauthorized debits come back after months.
WEEKLY = timedelta(days=400)
_DAY = timedelta(hours=23)
_WEEK = timedelta(days=6, hours=23)
# Longer than a look takes: one that failed is taken again after it.
_LEASE = timedelta(hours=1)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reconciled:
    """How many facts of Stripe's were compared, what was repaired on the way, and the breaks that remain: found now,
    or earlier about what this look did not see."""

    since: datetime
    compared: int
    repaired: tuple[Break, ...]
    breaks: tuple[Break, ...]


def reconcile(resources: Resources, *, since: datetime, now: datetime) -> Reconciled:
    """Compare everything since then, and everything of ours that is not at its end yet.

    Raises StripeUnavailable or StripeRefused where Stripe cannot be read; then nothing is known.
    """
    stripe = resources.stripe
    if stripe is None:
        raise StripeUnavailable("No Stripe key is set.")
    listed = _read(resources, stripe, since=since)
    before = _compare(resources, listed)
    different = differing(before.expected, before.posted)
    # What is not at its end may have begun long before.
    with resources.reading() as session:
        unsettled = [attempt.id for attempt in attempts.unsettled(session)]
    for attempt_id in unsettled:
        _read_again(resources, attempt_id, now=now)
    for payment in dict.fromkeys(each.payment for each in different):
        _repair(resources, listed, payment, now=now)
    after = _compare(resources, listed)
    with resources.reading() as session:
        ours = breaks.posted_between(session, since, now)
    found = [*named(differing(after.expected, after.posted), after.posted), *_not_at_stripe(stripe, listed, ours)]
    kept = _remember(resources, found, seen(listed) | _subjects(ours), now=now)
    still = {each.key for each in found}
    repaired = [each for each in named(different, before.posted) if each.key not in still]
    return Reconciled(since, len(before.expected), tuple(repaired), (*found, *kept))


def reconcile_nightly(resources: Resources, *, now: datetime) -> int:
    """Once a day ten days back, once a week four hundred; returns how many differences were found.

    A look that failed is taken again as soon as its lease is over.
    """
    if resources.stripe is None:
        return 0
    with resources.writing() as session:
        is_weekly = _is_due(breaks.mark(session, "reconciled weekly"), now - _WEEK)
        if not (is_weekly or _is_due(breaks.mark(session, "reconciled nightly"), now - _DAY)):
            return 0
        if not breaks.claim(session, "reconciling", before=now - _LEASE, now=now):
            return 0
    try:
        done = reconcile(resources, since=now - (WEEKLY if is_weekly else NIGHTLY), now=now)
    except (StripeUnavailable, StripeRefused) as error:
        log.warning("reconciliation.waits", error=repr(error))
        return 0
    with resources.writing() as session:
        # A week's look counts as the day's.
        for name in ("reconciled weekly", "reconciled nightly") if is_weekly else ("reconciled nightly",):
            breaks.set_mark(session, name, now)
    log.info("reconciliation.done", compared=done.compared, repaired=len(done.repaired), breaks=len(done.breaks))
    return len(done.repaired) + len(done.breaks)


def _is_due(last_at: datetime | None, before: datetime) -> bool:
    return last_at is None or last_at < before


def _read(resources: Resources, stripe: StripeCheckouts, *, since: datetime) -> Listed:
    listed = read_listed(stripe, since=since)
    with resources.reading() as session:
        older = told_of_older(session, listed)
    return with_whole(listed, [facts for intent_id in older if (facts := _whole(stripe, intent_id))])


def _whole(stripe: StripeCheckouts, intent_id: str) -> PaymentFacts | None:
    """The payment as Stripe has it now; None where it has none."""
    try:
        return stripe.read_payment_by_intent(intent_id)
    except StripeRefused as refused:
        if refused.code != "resource_missing":
            raise
        return None


def _compare(resources: Resources, listed: Listed) -> Compared:
    with resources.reading() as session:
        return compare(session, listed, instance=resources.settings.instance)


def _repair(resources: Resources, listed: Listed, payment: str, *, now: datetime) -> None:
    """Read the whole payment again and post what is missing, as a webhook about it would have."""
    with resources.reading() as session:
        attempt = attempts.by_stripe_id(session, payment)
    if attempt is not None:
        _read_again(resources, attempt.id, now=now)
        return
    facts = listed.intents.get(payment)
    if facts is None or facts.intent is None:
        return
    try:
        with resources.writing() as session:
            attempt_id = inbox.adopt(session, facts.intent.metadata.get("attempt", ""), facts)
    except (inbox.NotYet, payments.Contended) as error:
        log.warning("reconciliation.not_adopted", payment=payment, error=repr(error))
        return
    _read_again(resources, attempt_id, now=now)


def _read_again(resources: Resources, attempt_id: int, *, now: datetime) -> None:
    try:
        payments.sync_payment(resources, attempt_id, now=now)
    except (StripeUnavailable, StripeRefused, payments.Contended, payments.Mismatch) as error:
        # What stays different is named below.
        log.warning("reconciliation.not_repaired", attempt=attempt_id, error=repr(error))


def _not_at_stripe(stripe: StripeCheckouts, listed: Listed, ours: Sequence[PostedRow]) -> Iterator[Break]:
    """What we posted by Stripe's word and Stripe does not have: not in its lists, and not in the payment itself."""
    whole = PaymentFacts(None, None, None, listed.refunds, listed.disputes)
    there = at_stripe([*listed.intents.values(), whole], listed.booked)
    missing = [each for each in ours if object_of(each.source) not in there]
    for intent_id in dict.fromkeys(each.intent_id for each in missing):
        facts = _whole(stripe, intent_id)
        known = at_stripe([facts] if facts else [])
        gone = [each for each in missing if each.intent_id == intent_id and object_of(each.source) not in known]
        yield from _gone(gone, is_charge_there=bool(gone) and f"stripe:{gone[0].charge_id}" in known)


def _gone(gone: Sequence[PostedRow], *, is_charge_there: bool) -> Iterator[Break]:
    """A payment that is not there is named once, not by each of its refunds and fees."""
    if gone and not is_charge_there:
        received = [
            words(each.amount_cents, each.currency) for each in gone if each.source == f"stripe:{each.charge_id}"
        ]
        ours = " over ".join((gone[0].charge_id, *received))
        yield made("not_at_stripe", _receipt(gone[0]), ours=ours, theirs="not there")
        return
    for each in gone:
        kind, subject = subject_of(each.source, each.charge_id, is_held=each.is_held)
        yield made(kind, subject, ours=words(each.amount_cents, each.currency), theirs="not there")


def _subjects(ours: Iterable[PostedRow]) -> set[str]:
    rows = list(ours)
    return {subject_of(each.source, each.charge_id, is_held=each.is_held)[1] for each in rows} | set(
        map(_receipt, rows)
    )


def _receipt(row: PostedRow) -> str:
    return f"payment R-{row.payment_id:05d}"


def _remember(
    resources: Resources, found: Sequence[Break], subjects: Collection[str], *, now: datetime
) -> tuple[Break, ...]:
    """New breaks are told to the seller once; one is closed when what it is about was seen and agrees.

    Answers those that stay open because this look did not see what they are about.
    """
    by_key = {each.key: each for each in found}
    with resources.writing() as session:
        standing = [row for row in breaks.open_breaks(session) if row.key not in by_key]
        breaks.close(session, [row.key for row in standing if row.subject in subjects], now=now)
        # In one order, so that two looks at once do not wait for each other.
        rows = [
            BreakRow(key, each.kind, each.subject, each.ours, each.theirs, each.repair, now)
            for key, each in sorted(by_key.items())
        ]
        fresh = [row.key for row in rows if breaks.add(session, row)]
        if fresh:
            letters.stage_to_seller(session, "seller_breaks", f"seller_breaks:{now.isoformat()}", None, now=now)
    kept = (row for row in standing if row.subject not in subjects)
    return tuple(made(cast(Kind, row.kind), row.subject, ours=row.ours, theirs=row.theirs) for row in kept)
