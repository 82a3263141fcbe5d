"""Stripe against the ledger: whatever differs is read and posted by the webhook's own code; what still differs then
is a break with a name. Nothing is ever adjusted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from portal.actions import inbox, letters, payments
from portal.actions.stripe_listed import Listed, expectations, read_listed
from portal.gateways.stripe_values import StripeRefused, StripeUnavailable
from portal.records import Session, attempts, breaks, ledger
from portal.records.breaks import BreakRow
from portal.resources import Resources
from portal.rules.reconciliation import Break, Expected, differing, made, named

NIGHTLY = timedelta(days=10)
# Chargebacks and unauthorized debits come back after months.
WEEKLY = timedelta(days=400)
_DAY = timedelta(hours=23)
_WEEK = timedelta(days=6, hours=23)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reconciled:
    """How many facts of Stripe's were compared, what was repaired on the way, and the breaks that remain."""

    since: datetime
    compared: int
    repaired: tuple[Break, ...]
    breaks: tuple[Break, ...]


def reconcile(resources: Resources, *, since: datetime, now: datetime) -> Reconciled:
    """Compare everything since then, and everything of ours that is not at its end yet.

    Raises StripeUnavailable or StripeRefused where Stripe's lists cannot be read; then nothing is known.
    """
    if resources.stripe is None:
        raise StripeUnavailable("No Stripe key is set.")
    listed = read_listed(resources.stripe, since=since)
    before, compared = _compare(resources, listed)
    was_different = _breaks(resources, before)
    # What is not at its end may have begun long before.
    with resources.reading() as session:
        unsettled = [attempt.id for attempt in attempts.unsettled(session)]
    for attempt_id in unsettled:
        _read_again(resources, attempt_id, now=now)
    for payment in dict.fromkeys(each.payment for each in before):
        _repair(resources, listed, payment, now=now)
    after, _ = _compare(resources, listed)
    found = [*_breaks(resources, after), *_not_at_stripe(resources, listed)]
    still = {(each.kind, each.subject) for each in found}
    repaired = [each for each in was_different if (each.kind, each.subject) not in still]
    _remember(resources, found, now=now)
    return Reconciled(since, compared, tuple(repaired), tuple(found))


def reconcile_nightly(resources: Resources, *, now: datetime) -> int:
    """Once a day ten days back, once a week four hundred; returns how many differences were found."""
    if resources.stripe is None:
        return 0
    with resources.writing() as session:
        # Both are asked, so that a week's look counts as the day's.
        weekly = breaks.claim(session, "reconciled weekly", before=now - _WEEK, now=now)
        nightly = breaks.claim(session, "reconciled nightly", before=now - _DAY, now=now)
    if not (weekly or nightly):
        return 0
    try:
        done = reconcile(resources, since=now - (WEEKLY if weekly else NIGHTLY), now=now)
    except (StripeUnavailable, StripeRefused) as error:
        log.warning("reconciliation.waits", error=repr(error))
        return 0
    log.info("reconciliation.done", compared=done.compared, repaired=len(done.repaired), breaks=len(done.breaks))
    return len(done.repaired) + len(done.breaks)


def _compare(resources: Resources, listed: Listed) -> tuple[list[Expected], int]:
    with resources.reading() as session:
        expected = expectations(session, listed, instance=resources.settings.instance)
        posted = ledger.posted(session, [each.source for each in expected])
    return differing(expected, posted), len(expected)


def _breaks(resources: Resources, differences: Sequence[Expected]) -> list[Break]:
    with resources.reading() as session:
        posted = ledger.posted(session, [each.source for each in differences])
    return named(differences, posted)


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


def _not_at_stripe(resources: Resources, listed: Listed) -> Iterable[Break]:
    """Payments that we have from Stripe, of the time that was listed, and that Stripe does not have."""
    there = {facts.charge.charge_id for facts in listed.intents.values() if facts.charge is not None}
    with resources.reading() as session:
        ours = ledger.stripe_payments_since(session, listed.since)
    return [
        made(
            "not_at_stripe",
            f"payment R-{row.id:05d}",
            ours=f"{row.stripe_charge_id} over {row.amount_cents} {row.currency.upper()}",
            theirs="not there",
        )
        for row in ours
        if row.stripe_charge_id not in there
    ]


def _remember(resources: Resources, found: Sequence[Break], *, now: datetime) -> None:
    """New breaks are told to the seller once; those no longer found are closed."""
    with resources.writing() as session:
        known = {row.key for row in breaks.open_breaks(session)}
        fresh = {each.key: each for each in found if each.key not in known}
        for key, each in fresh.items():
            breaks.add(session, BreakRow(key, each.kind, each.subject, each.ours, each.theirs, each.repair, now))
        breaks.close(session, known - {each.key for each in found}, now=now)
        if fresh:
            _tell(session, now=now)


def _tell(session: Session, *, now: datetime) -> None:
    letters.stage_to_seller(session, "seller_breaks", f"seller_breaks:{now.isoformat()}", None, now=now)
