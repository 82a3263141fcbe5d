"""Webhooks from Stripe: who sent these bytes, and which payment they are about. Nothing else is believed.

The library would ask the clock and accept any time in the future, so the timestamp is compared here. Building
its event object costs twenty times the check itself, so the body is read as plain JSON.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from stripe import SignatureVerificationError, WebhookSignature

Reason = Literal[
    "no_secret",
    "no_signature",
    "bad_signature",
    "too_old",
    "from_the_future",
    "not_json",
    "thin_event",
    "not_an_event",
    "wrong_mode",
]
# https://docs.stripe.com/webhooks#replay-attacks, and as much for a clock that runs ahead of ours.
_TOLERANCE_SECONDS = 300
_LATEST = 10**11  # the year 5138: beyond it, `created` is no time in seconds


class WebhookRefused(Exception):
    """These bytes are not a webhook for us, to be answered with 400; `reason` is a word to count by."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """A hint that something happened to `subject`, which is to be read again from Stripe.

    `subject` is the payment intent where the event's object is or has one, else the checkout, else a mandate's
    payment method, else the object itself: events with one subject are one piece of work. An object with no id (a
    balance) goes by its kind.
    """

    event_id: str
    type: str
    subject: str
    created_at: datetime
    livemode: bool
    object_id: str
    checkout_id: str | None
    payment_intent_id: str | None


def read_event(
    raw: bytes,
    signature: str | None,
    *,
    secrets: Sequence[str],
    now: datetime,
    live: bool,
) -> WebhookEvent:
    """The event in `raw`, the exact body that came, if its `Stripe-Signature` was made with one of `secrets`.

    Blank secrets never match. Raises WebhookRefused. https://docs.stripe.com/webhooks#verify-manually
    """
    _verify(raw, signature, secrets, int(now.timestamp()))
    return event_in(raw, live=live)


def event_in(raw: bytes, *, live: bool) -> WebhookEvent:
    """The event in `raw` without asking who sent it: for one that we fetched from Stripe's API ourselves.

    Raises WebhookRefused. https://docs.stripe.com/api/events/object
    """
    event = _parsed(raw)
    if event.get("object") == "v2.core.event":
        raise WebhookRefused("thin_event")
    read = _event(event)
    if read.livemode is not live:
        raise WebhookRefused("wrong_mode")
    return read


def _verify(raw: bytes, signature: str | None, secrets: Sequence[str], now: int) -> None:
    usable = [secret for secret in secrets if secret.strip()]
    if not usable:
        raise WebhookRefused("no_secret")
    if not signature:
        raise WebhookRefused("no_signature")
    # The comparison in constant time takes ASCII only.
    if not signature.isascii() or not any(_signed(raw, signature, secret) for secret in usable):
        raise WebhookRefused("bad_signature")
    sent = _timestamp(signature)
    if sent < now - _TOLERANCE_SECONDS:
        raise WebhookRefused("too_old")
    if sent > now + _TOLERANCE_SECONDS:
        raise WebhookRefused("from_the_future")


def _signed(raw: bytes, signature: str, secret: str) -> bool:
    try:
        WebhookSignature.verify_header(raw, signature, secret)
    except (SignatureVerificationError, UnicodeDecodeError):
        return False
    return True


def _timestamp(signature: str) -> int:
    """The first `t`, which is the one that was signed; it was an integer when the signature was checked."""
    items = (item.split("=", 2) for item in signature.split(","))
    return next(int(item[1]) for item in items if item[0] == "t")


def _parsed(raw: bytes) -> dict[str, Any]:
    try:
        event = json.loads(raw.decode(), object_pairs_hook=_object, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise WebhookRefused("not_json") from None
    if not isinstance(event, dict):
        raise WebhookRefused("not_an_event")
    return event


def _event(event: dict[str, Any]) -> WebhookEvent:
    match event:
        case {
            "object": "event",
            "id": str(event_id),
            "type": str(kind),
            "created": int(created),
            "livemode": bool(livemode),
            "data": {"object": {"object": str(object_kind)} as thing},
        } if 0 <= created < _LATEST:
            pass
        case _:
            raise WebhookRefused("not_an_event")
    object_id = _id_of(thing.get("id")) or object_kind
    checkout_id = object_id if object_kind == "checkout.session" else None
    intent_id = object_id if object_kind == "payment_intent" else _id_of(thing.get("payment_intent"))
    method_id = _id_of(thing.get("payment_method")) if object_kind == "mandate" else None
    return WebhookEvent(
        event_id=event_id,
        type=kind,
        subject=intent_id or checkout_id or method_id or object_id,
        created_at=datetime.fromtimestamp(created, UTC),
        livemode=livemode,
        object_id=object_id,
        checkout_id=checkout_id,
        payment_intent_id=intent_id,
    )


def _id_of(value: object) -> str | None:
    """Of an id, or of an object in its place."""
    if isinstance(value, dict):
        value = value.get("id")
    return value if isinstance(value, str) and value else None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two readers of a doubled key could each believe another value; Stripe never sends one."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")
