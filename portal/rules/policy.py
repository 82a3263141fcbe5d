"""What the business has decided: the catalogue of policy keys, their defaults and what may stand in them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from portal.rules.money import check_currency
from portal.rules.refusals import Refusal
from portal.rules.terms import parse_terms, to_text

Value = str | int


@dataclass(frozen=True, slots=True)
class Key:
    """A policy: its default, what it means in a line, and how its text becomes a value (or a Refusal)."""

    name: str
    default: Value
    meaning: str
    parse: Callable[[str], Value]


def parse_policy(key: str, text: str) -> Value:
    """The value of a known key; refuses unknown keys and bad values with a sentence, the field being the key."""
    known = CATALOGUE.get(key)
    if known is None:
        raise Refusal(f"“{key}” is not a policy. There are: {', '.join(CATALOGUE)}.", field=key)
    try:
        return known.parse(text.strip())
    except Refusal as refusal:
        raise Refusal(f"{key}: {refusal.sentence}", field=key) from refusal


def default_policies() -> dict[str, Value]:
    """Every key with its default."""
    return {name: key.default for name, key in CATALOGUE.items()}


def _line(text: str) -> str:
    if not text or "\n" in text or len(text) > 200:
        raise Refusal("write one line of at most 200 characters.")
    return text


def _lines(text: str) -> str:
    if len(text) > 500:
        raise Refusal("write at most 500 characters.")
    return text


def _phone(text: str) -> str:
    if not re.fullmatch(r"[0-9+() ./ext-]{0,40}", text):
        raise Refusal(f"“{text}” is not a phone number.")
    return text


def _email(text: str) -> str:
    if text and not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;.]+", text):
        raise Refusal(f"“{text}” is not an email address.")
    return text


def _time_zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Refusal(f"“{text}” is not a time zone. Write one like America/New_York.") from error


def _locale(text: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}(_[A-Z][a-z]{3})?(_[A-Z]{2})?", text):
        raise Refusal(f"“{text}” is not a locale. Write one like en_US.")
    return text


def _terms(text: str) -> str:
    return to_text(parse_terms(text))


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in choices:
            raise Refusal(f"“{text}” is not possible. Choose {', '.join(choices[:-1])} or {choices[-1]}.")
        return text

    return parse


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch("[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise Refusal(f"“{text}” is not possible. Write a whole number from {least} to {most}.")
        return int(text)

    return parse


_cents = _whole(0, 99_999_999)

CATALOGUE: Mapping[str, Key] = {
    key.name: key
    for key in (
        Key("seller_name", "Your company", "The name customers know you by.", _line),
        Key("seller_address", "", "Your postal address, as on your invoices.", _lines),
        Key("seller_email", "", "Where customers can write to you.", _email),
        Key("seller_phone", "", "Where customers can call you.", _phone),
        Key("time_zone", "America/New_York", "The zone in which your days begin and end.", _time_zone),
        Key("locale", "en_US", "How dates and amounts are written.", _locale),
        Key("currency", "usd", "The currency of new customers.", check_currency),
        Key("default_terms", "net 30", "Terms of invoices that name none.", _terms),
        Key(
            "discount_base",
            "net",
            "What an early-payment discount is taken from: net, gross, or gross with the tax following.",
            _one_of("net", "gross", "gross_tax_follows"),
        ),
        Key(
            "discount_mode",
            "full",
            "full: only with the payment that settles; pro_rata: each payment gets its share.",
            _one_of("full", "pro_rata"),
        ),
        Key("minimum_payment_cents", 50, "The smallest part payment, in cents: 2500 is $25.00.", _whole(0, 99_999_999)),
        Key("link_days", 30, "How many days a pay link works.", _whole(1, 366)),
        Key("session_hours", 12, "How many hours an opened link stays open.", _whole(1, 24 * 31)),
        Key("dispute_days", 90, "How many days after its date an invoice can be disputed.", _whole(0, 3660)),
        Key("dispute_reply_days", 5, "Within how many business days you answer a dispute.", _whole(1, 60)),
        Key("dispute_answer_days", 14, "How many days a customer has to answer your question.", _whole(1, 90)),
        Key("dispute_offer_days", 14, "How many days an offer to settle a dispute is open.", _whole(1, 90)),
        Key("dispute_reopen_days", 14, "How many days a decision can be asked to be looked at again.", _whole(0, 365)),
        Key(
            "dispute_notice",
            "at_once",
            "When you are told what customers do about disputes: at_once, or daily in one letter.",
            _one_of("at_once", "daily"),
        ),
        Key("goodwill_dispute_cents", 0, "Up to how much a dispute is credited without a look; 0: never.", _cents),
        Key("goodwill_year_cents", 0, "How much goodwill one customer may get in a year, in cents.", _cents),
        Key("goodwill_month_cents", 0, "How much goodwill all customers may get in a month, in cents.", _cents),
        Key(
            "late_fee_kind",
            "off",
            "off, flat, or percent of what is payable and due of the invoice.",
            _one_of("off", "flat", "percent"),
        ),
        Key("late_fee_flat_cents", 0, "The flat late fee, in cents.", _cents),
        Key("late_fee_rate_bp", 0, "The late fee in hundredths of a percent: 150 is 1.5%.", _whole(0, 10_000)),
        Key("late_fee_every", "monthly", "once, or monthly while the invoice is late.", _one_of("once", "monthly")),
        Key("late_fee_grace_days", 10, "How many days after the due date the first late fee comes.", _whole(0, 365)),
        Key(
            "late_fee_cap_bp",
            10_000,
            "The most that late fees on an invoice may be, in hundredths of a percent of its total.",
            _whole(0, 10_000),
        ),
        Key("late_fee_min_cents", 0, "The least late fee of a period, in cents.", _cents),
        Key("late_fee_max_cents", 0, "The largest late fee of a period, in cents; 0: no limit.", _cents),
        Key(
            "plan_self_service",
            "on",
            "on: customers may make a payment plan within these limits; off: they can only ask for one.",
            _one_of("on", "off"),
        ),
        Key("plan_most_payments", 4, "At most so many payments after the first amount.", _whole(1, 60)),
        Key("plan_least_cents", 2500, "The smallest payment of a plan, in cents.", _cents),
        Key("plan_most_days", 120, "Within how many days a plan is paid.", _whole(7, 1830)),
        Key(
            "plan_least_down_bp",
            2000,
            "The least first amount, in hundredths of a percent: 2000 is 20%.",
            _whole(0, 9000),
        ),
        Key("plan_first_days", 31, "Within how many days the first payment after it comes.", _whole(0, 120)),
        Key("plan_offer_days", 14, "How many days an offer of a plan is open.", _whole(1, 90)),
        Key(
            "plan_grace_days", 5, "How many days a payment of a plan may be late before notice is given.", _whole(0, 60)
        ),
        Key("plan_cure_days", 10, "How many days a customer has after the notice to make up for it.", _whole(10, 90)),
    )
}
