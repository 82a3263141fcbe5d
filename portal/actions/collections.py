"""Collecting by itself: what is to be charged is announced, then charged on its day; what is late is charged a day
apart.

Every step is saved before the next, so a worker that dies leaves nothing that its successor cannot take up.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import structlog

from portal.actions import collection_charges, collection_endings, collection_plans, payments, policies
from portal.gateways.stripe_values import StripeRefused, StripeUnavailable
from portal.records import collections
from portal.resources import Resources

# Longer than the worker that made a try can still be at it.
_UNKNOWN_AFTER = timedelta(minutes=2)

log = structlog.get_logger()


def announce(resources: Resources, *, now: datetime) -> int:
    """Bring what is to be collected up to date, account by account; returns how much has changed."""
    with resources.reading() as session:
        found = collections.accounts_to_plan(session)
    changed = 0
    for account_id in found:
        with resources.writing() as session:
            changed += collection_plans.plan(session, account_id, now=now)
    return changed


def collect(resources: Resources, *, now: datetime) -> int:
    """Find out about tries that nobody saw end, end what is not wanted any more, charge what is due; returns how many
    were charged."""
    stripe = resources.stripe
    if stripe is None:
        return 0
    with resources.reading() as session:
        begun = collections.begun(session, before=now - _UNKNOWN_AFTER)
        left_open = collections.left_open(session)
    for row in begun:
        _guarded(row.id, partial(collection_charges.go_on, resources, stripe, row, now=now))
    for attempt in left_open:
        _guarded(attempt.collection_id, partial(collection_endings.end, resources, stripe, attempt, now=now))
    with resources.reading() as session:
        due = collections.waiting(session, policies.load(session, now=now).today)
    return sum(
        bool(_guarded(row.id, partial(collection_charges.charge, resources, stripe, row.id, now=now))) for row in due
    )


def _guarded(collection_id: int | None, step: Callable[[], bool | None]) -> bool | None:
    """One that cannot go on now does not keep the others from their turn."""
    try:
        return step()
    except (StripeUnavailable, StripeRefused, payments.Contended, payments.Mismatch) as error:
        log.warning("collection.not_settled", collection=collection_id, error=repr(error))
        return None
