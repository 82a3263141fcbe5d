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
    )
}
