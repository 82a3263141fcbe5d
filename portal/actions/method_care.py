"""Looking after saved methods: cards that expire soon or have, and whatever Stripe did not answer for before."""

from calendar import monthrange
from datetime import date, datetime, timedelta

import structlog

from portal.actions import letters, policies, saved_methods
from portal.gateways.stripe_values import StripeRefused, StripeUnavailable
from portal.records import Session, plans
from portal.records import saved_methods as records
from portal.records.saved_methods import MethodRow
from portal.resources import Resources
from portal.rules.collecting import is_expired

_TELL_BEFORE = timedelta(days=10)

log = structlog.get_logger()


def watch(resources: Resources, *, now: datetime) -> int:
    """Do all of it; returns how much there was to do."""
    saved = saved_methods.save_waiting(resources, now=now)
    return saved + saved_methods.detach_waiting(resources, now=now) + _watch_cards(resources, now=now)


def last_day(method: MethodRow) -> date | None:
    """The last day on which a card is good; None for what does not expire."""
    if method.exp_year is None or method.exp_month is None:
        return None
    return date(method.exp_year, method.exp_month, monthrange(method.exp_year, method.exp_month)[1])


def _watch_cards(resources: Resources, *, now: datetime) -> int:
    """Tell of cards that expire before they are needed again, and end those that have."""
    with resources.reading() as session:
        today = policies.load(session, now=now).today
        found = records.expiring(session, year=today.year, month=today.month)
    count = 0
    for method in found:
        if is_expired(method.exp_month, method.exp_year, on=today):
            count += _look_again(resources, method, now=now)
        elif (last := last_day(method)) is not None and last - today <= _TELL_BEFORE:
            with resources.writing() as session:
                count += _tell(session, method, last, now=now)
    return count


def _look_again(resources: Resources, method: MethodRow, *, now: datetime) -> bool:
    """The bank may have sent a new card, and Stripe may have heard of it before us."""
    try:
        return saved_methods.look_again(resources, method.payment_method_id, now=now)
    except (StripeUnavailable, StripeRefused) as error:
        log.warning("method.not_looked_at", method=method.id, error=repr(error))
        return False


def _tell(session: Session, method: MethodRow, last: date, *, now: datetime) -> bool:
    if not _is_needed_after(session, method, last):
        return False
    key = f"method_expiring:{method.id}:{method.exp_year}-{method.exp_month}"
    return letters.stage_to_contact(
        session, "method_expiring", key, method.account_id, method.contact_id, now=now, method_id=method.id
    )


def _is_needed_after(session: Session, method: MethodRow, last: date) -> bool:
    """Whether autopay uses it, or a plan has a payment to come by then."""
    used = [use for use in records.uses(session, method.account_id) if use.method_id == method.id]
    return any(
        use.plan_id is None or any(row.due_on > last for row in plans.agreed(session, use.plan_id)) for use in used
    )
