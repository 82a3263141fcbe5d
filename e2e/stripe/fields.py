"""Stripe's limits on what a caller may put into fields that many objects share."""

from typing import Any
from urllib.parse import urlsplit

from e2e.stripe.errors import invalid

LARGEST_AMOUNT_CENTS = 99_999_999
SMALLEST_AMOUNT_CENTS = {"usd": 50, "eur": 50, "gbp": 30, "cad": 50, "aud": 50, "jpy": 50}


def metadata(given: dict[str, str] | str | None, before: dict[str, str] | None = None) -> dict[str, str]:
    """Merge: an empty value removes its key, an empty whole removes all (https://docs.stripe.com/metadata)."""
    if given == "":
        return {}
    merged = dict(before or {})
    for key, value in (given or {}).items() if isinstance(given, dict) else ():
        if len(key) > 40:
            raise invalid(f"Metadata keys are limited to 40 characters: {key}", param="metadata")
        if len(value) > 500:
            raise invalid(f"Metadata values can have up to 500 characters: {key}", param="metadata")
        merged[key] = value
    merged = {key: value for key, value in merged.items() if value != ""}
    if len(merged) > 50:
        raise invalid("Metadata is limited to 50 keys.", param="metadata")
    return merged


def currency(code: str) -> str:
    if code.lower() not in SMALLEST_AMOUNT_CENTS:
        raise invalid(f"Invalid currency: {code}.", param="currency")
    return code.lower()


def amount(cents: int, code: str, *, param: str = "amount") -> int:
    """An amount that Stripe will charge in that currency."""
    if cents < SMALLEST_AMOUNT_CENTS[code]:
        least = SMALLEST_AMOUNT_CENTS[code]
        raise invalid(f"Amount must be at least {least} minor units of {code}.", param=param, code="amount_too_small")
    if cents > LARGEST_AMOUNT_CENTS:
        raise invalid("Amount must be no more than $999,999.99", param=param, code="amount_too_large")
    return cents


def url(text: str, *, param: str) -> str:
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise invalid("Not a valid URL", param=param, code="url_invalid")
    return text


def short(text: str, limit: int, *, param: str) -> str:
    if len(text) > limit:
        raise invalid(
            f"Invalid string: must be at most {limit} characters",
            param=param,
            code="parameter_invalid_string",
        )
    return text


def suffix(given: dict[str, Any]) -> str | None:
    """A card statement's suffix: 22 characters, at least one letter, none of < > \\ ' " *."""
    text: str | None = given.get("statement_descriptor_suffix")
    if text is None:
        return None
    if len(text) > 22 or not any(c.isalpha() for c in text) or set(text) & set("<>\\'\"*"):
        raise invalid("The statement descriptor suffix is not valid.", param="statement_descriptor_suffix")
    return text
