"""Charging a saved method without its holder: notice before, which refusals are tried again, and when.

Stripe's decline codes: https://docs.stripe.com/declines/codes. ACH return codes R01 and R09 (insufficient funds) may
be presented again twice (Nacha operating rules); no other return is.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

Kind = Literal["card", "us_bank_account"]
Outcome = Literal["retry", "authenticate", "stop"]

_CARD_DAYS = (0, 3, 7, 14)
_BANK_DAYS = (0, 3, 7)
_NOTICE_DAYS = 2
# A debit whose amount varies from the one before is announced ten days ahead: Regulation E, 12 CFR 1005.10(d).
_VARYING_NOTICE_DAYS = 10
_SPACE = timedelta(hours=24)
_AUTHENTICATE = frozenset({"authentication_required", "authentication_not_handled", "offline_pin_required"})
# The card, or the permission to charge it, is gone: trying again is forbidden by the networks and helps nobody.
_HARD = frozenset(
    {
        "account_closed",
        "card_not_supported",
        "currency_not_supported",
        "do_not_try_again",
        "expired_card",
        "fraudulent",
        "incorrect_number",
        "invalid_account",
        "invalid_expiry_month",
        "invalid_expiry_year",
        "invalid_number",
        "lost_card",
        "merchant_blacklist",
        "new_account_information_available",
        "payment_intent_mandate_invalid",
        "payment_method_not_available",
        "pickup_card",
        "restricted_card",
        "revocation_of_all_authorizations",
        "revocation_of_authorization",
        "stolen_card",
        "stop_payment_order",
    }
)
_BANK_SOFT = frozenset({"insufficient_funds", "processing_error"})
# The account, or the permission to debit it, is gone; other words stop a charge, and say nothing of the account.
_BANK_HARD = _HARD | frozenset({"bank_account_closed", "debit_not_authorized", "no_account"})


@dataclass(frozen=True, slots=True)
class Next:
    """What follows a refusal: another try on a day, the holder's own confirmation, or none; `on` only for a retry."""

    outcome: Outcome
    on: date | None = None


def after_refusal(kind: Kind, code: str, *, tries: int, first_on: date, today: date) -> Next:
    """A soft refusal of a card is tried again 3, 7 and 14 days after the first try, a bank's for want of funds twice,
    a hard one never; its holder is asked to confirm as often at most. `tries` counts the one that was refused; no day
    is used twice."""
    days = _CARD_DAYS if kind == "card" else _BANK_DAYS
    if kind == "card" and code in _AUTHENTICATE:
        return Next("authenticate" if tries < len(days) else "stop")
    is_soft = code not in _HARD if kind == "card" else code in _BANK_SOFT
    if not is_soft or tries >= len(days):
        return Next("stop")
    return Next("retry", max(first_on + timedelta(days=days[tries]), today + timedelta(days=1)))


def is_hard(kind: Kind, code: str) -> bool:
    """Whether the method itself is of no more use."""
    return code in (_HARD if kind == "card" else _BANK_HARD)


def notice_days(kind: Kind, *, varies: bool) -> int:
    """How many days before a charge its notice goes out; `varies`: it is not the amount of the one before."""
    return _VARYING_NOTICE_DAYS if kind == "us_bank_account" and varies else _NOTICE_DAYS


def charge_on(wanted_on: date, *, noticed_on: date, days: int) -> date:
    """The day of a charge: as wanted, but never before its notice has stood so many days."""
    return max(wanted_on, noticed_on + timedelta(days=days))


def may_charge(now: datetime, *, last_at: datetime | None) -> bool:
    """Whether a customer may be charged again: after an outage, what has piled up is charged a day apart."""
    return last_at is None or now - last_at >= _SPACE


def is_expired(exp_month: int | None, exp_year: int | None, *, on: date) -> bool:
    """A card is good until the last day of its month."""
    if exp_month is None or exp_year is None:
        return False
    return (exp_year, exp_month) < (on.year, on.month)
