"""What the business has decided, as it stands on a day, and how it is decided anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from portal.actions import history
from portal.records import Session
from portal.records import policies as records
from portal.records.policies import PolicyRow
from portal.rules.dates import local_day
from portal.rules.policy import default_policies, parse_policy

if TYPE_CHECKING:
    from portal.wording import Words


@dataclass(frozen=True, slots=True)
class Policy:
    """Every policy in effect on `today`, the seller's day; the fields are the keys of `rules/policy.py`."""

    today: date
    seller_name: str
    seller_address: str
    seller_email: str
    seller_phone: str
    time_zone: str
    locale: str
    currency: str
    default_terms: str
    discount_base: str
    discount_mode: str
    minimum_payment_cents: int
    link_days: int
    session_hours: int
    dispute_days: int
    dispute_reply_days: int
    dispute_answer_days: int
    dispute_offer_days: int
    dispute_reopen_days: int
    dispute_notice: str
    goodwill_dispute_cents: int
    goodwill_year_cents: int
    goodwill_month_cents: int
    late_fee_kind: str
    late_fee_flat_cents: int
    late_fee_rate_bp: int
    late_fee_every: str
    late_fee_grace_days: int
    late_fee_cap_bp: int
    late_fee_min_cents: int
    late_fee_max_cents: int
    plan_self_service: str
    plan_most_payments: int
    plan_least_cents: int
    plan_most_days: int
    plan_least_down_bp: int
    plan_first_days: int
    plan_offer_days: int
    plan_grace_days: int
    plan_cure_days: int

    def words(self, currency: str) -> "Words":
        """How figures of this currency, dates and sentences are written today."""
        # Imported late: a command line that shows no words in a customer's language need not wait for them.
        from portal.wording import Words

        return Words(self.locale, currency, self.time_zone, self.today)


def load(session: Session, *, now: datetime, today: date | None = None) -> Policy:
    """The policy of the seller's day that `now` falls into, or of the day that is given."""
    # A zone ahead of UTC may already have tomorrow's date.
    rows = records.until(session, max(now.date(), today or now.date()) + timedelta(days=1))
    zone = _values(rows, now.date())["time_zone"]
    today = today or local_day(now, str(zone))
    return Policy(today=today, **_values(rows, today))  # type: ignore[arg-type]


def set_policy(session: Session, key: str, text: str, *, effective_on: date, now: datetime, actor: str) -> str | int:
    """Decide a policy from a day on, and return its value; an unknown key or a bad value is a Refusal."""
    value = parse_policy(key, text)
    records.add(session, PolicyRow(key, str(value), effective_on, now, actor))
    history.write(
        session,
        action="policy.set",
        actor=actor,
        now=now,
        detail={"key": key, "value": str(value), "effective_on": effective_on.isoformat()},
    )
    return value


def _values(rows: Sequence[PolicyRow], on: date) -> dict[str, str | int]:
    decided = {row.key: row.value for row in rows if row.effective_on <= on}
    return {
        key: parse_policy(key, decided[key]) if key in decided else default
        for key, default in default_policies().items()
    }
