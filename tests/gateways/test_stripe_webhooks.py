"""Who may tell us something: signatures, times, modes and bodies, made as Stripe makes them and spoilt on purpose."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from e2e.stripe import StripeWorld, sessions
from portal.gateways.stripe_webhooks import WebhookEvent, WebhookRefused, read_event
from tests.support.clock import A_MONDAY, MovableClock

SECRET = "whsec_ours"


def body(thing: dict[str, Any] | None = None, **changes: Any) -> bytes:
    event = {
        "id": "evt_1",
        "object": "event",
        "type": "payment_intent.succeeded",
        "created": 1_772_000_000,
        "livemode": False,
        "data": {"object": thing or {"id": "pi_1", "object": "payment_intent"}},
    }
    return json.dumps(event | changes).encode()


def sign(raw: bytes, *secrets: str, at: datetime = A_MONDAY) -> str:
    stamp = int(at.timestamp())
    marks = [hmac.new(each.encode(), f"{stamp}.".encode() + raw, hashlib.sha256).hexdigest() for each in secrets]
    return ",".join([f"t={stamp}", *(f"v1={mark}" for mark in marks)])


def read(raw: bytes, signature: str | None, *secrets: str, live: bool = False) -> WebhookEvent:
    return read_event(raw, signature, secrets=secrets or (SECRET,), now=A_MONDAY, live=live)


def refusal(raw: bytes, signature: str | None, *secrets: str, live: bool = False) -> str:
    with pytest.raises(WebhookRefused) as refused:
        read(raw, signature, *secrets, live=live)
    return refused.value.reason


def test_a_genuine_event_is_read() -> None:
    raw = body()
    assert read(raw, sign(raw, SECRET)) == WebhookEvent(
        event_id="evt_1",
        type="payment_intent.succeeded",
        subject="pi_1",
        created_at=datetime.fromtimestamp(1_772_000_000, UTC),
        livemode=False,
        object_id="pi_1",
        checkout_id=None,
        payment_intent_id="pi_1",
    )


@pytest.mark.parametrize(
    ("thing", "subject", "checkout_id", "intent_id"),
    [
        ({"id": "cs_1", "object": "checkout.session", "payment_intent": "pi_1"}, "pi_1", "cs_1", "pi_1"),
        ({"id": "cs_1", "object": "checkout.session", "payment_intent": None}, "cs_1", "cs_1", None),
        ({"id": "ch_1", "object": "charge", "payment_intent": "pi_1"}, "pi_1", None, "pi_1"),
        ({"id": "re_1", "object": "refund", "payment_intent": {"id": "pi_1"}}, "pi_1", None, "pi_1"),
        ({"id": "cus_1", "object": "customer"}, "cus_1", None, None),
        ({"id": "pm_1", "object": "payment_method", "customer": "cus_1"}, "pm_1", None, None),
        ({"id": "seti_1", "object": "setup_intent", "payment_method": "pm_1"}, "seti_1", None, None),
        ({"id": "mandate_1", "object": "mandate", "payment_method": "pm_1"}, "pm_1", None, None),
        ({"id": "mandate_1", "object": "mandate", "payment_method": {"id": "pm_1"}}, "pm_1", None, None),
        ({"id": "cs_1", "object": "checkout.session", "setup_intent": "seti_1"}, "cs_1", "cs_1", None),
        ({"id": "ch_1", "object": "charge", "payment_intent": None, "payment_method": "pm_1"}, "ch_1", None, None),
        ({"object": "balance", "available": [{"amount": 1.5}]}, "balance", None, None),
    ],
)
def test_the_subject_is_the_payment_where_there_is_one(
    thing: dict[str, Any], subject: str, checkout_id: str | None, intent_id: str | None
) -> None:
    raw = body(thing)
    event = read(raw, sign(raw, SECRET))
    assert (event.subject, event.checkout_id, event.payment_intent_id) == (subject, checkout_id, intent_id)


def test_what_the_stand_in_sends_is_read(clock: MovableClock) -> None:
    posted: list[tuple[bytes, dict[str, str]]] = []

    def post(_url: str, raw: bytes, headers: dict[str, str]) -> int:
        posted.append((raw, headers))
        return 200

    world = StripeWorld(clock, send=post)
    world.add_endpoint("http://portal.invalid/stripe/webhook", SECRET, "whsec_next")
    with world.lock:
        session = sessions.create(world, _session_params(clock.now()))
    world.pay_by_card(session["id"])
    world.settle()
    events = [
        read_event(raw, headers["Stripe-Signature"], secrets=["whsec_next"], now=clock.now(), live=False)
        for raw, headers in posted
    ]
    assert {"checkout.session.completed", "payment_intent.succeeded", "charge.succeeded"} <= {e.type for e in events}
    paid = {event.subject for event in events if event.payment_intent_id}
    assert len(paid) == 1


def _session_params(now: datetime) -> dict[str, Any]:
    price = {"currency": "usd", "unit_amount": 1_000, "product_data": {"name": "Invoice"}}
    return {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "success_url": "http://127.0.0.1:1/",
        "line_items": [{"quantity": 1, "price_data": price}],
        "expires_at": int((now + timedelta(minutes=31)).timestamp()),
    }


def test_either_secret_of_a_rotation_opens() -> None:
    raw = body()
    both = sign(raw, "whsec_new", "whsec_old")
    for secrets in (["whsec_old"], ["whsec_new"], ["whsec_old", "whsec_new"], ["whsec_other", "whsec_new"]):
        assert read(raw, both, *secrets).event_id == "evt_1"
    assert read(raw, sign(raw, "whsec_old"), "whsec_new", "whsec_old").event_id == "evt_1"
    assert refusal(raw, both, "whsec_other") == "bad_signature"


@pytest.mark.parametrize("signature", [None, "", "t=1", "v1=abc", "t=x,v1=abc", "t=1,v0=abc", "nonsense", "t=1,v1=é"])
def test_no_signature_worth_the_name(signature: str | None) -> None:
    assert refusal(body(), signature) == ("bad_signature" if signature else "no_signature")


@pytest.mark.parametrize("blank", ["", " ", "\t\r\n\f\v", "\N{NO-BREAK SPACE}"])
def test_a_blank_secret_never_opens(blank: str) -> None:
    raw = body()
    assert refusal(raw, sign(raw, blank), blank) == "no_secret"
    assert refusal(raw, sign(raw, blank), blank, SECRET) == "bad_signature"
    assert read(raw, sign(raw, SECRET), blank, SECRET).event_id == "evt_1"


def test_without_any_secret_nothing_opens() -> None:
    raw = body()
    with pytest.raises(WebhookRefused) as refused:
        read_event(raw, sign(raw, ""), secrets=[], now=A_MONDAY, live=False)
    assert refused.value.reason == "no_secret"


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [(-300, None), (300, None), (-301, "too_old"), (301, "from_the_future"), (31_536_000, "from_the_future")],
)
def test_the_time_is_close_to_ours_in_both_directions(seconds: int, reason: str | None) -> None:
    raw = body()
    signature = sign(raw, SECRET, at=A_MONDAY + timedelta(seconds=seconds))
    if reason is None:
        assert read(raw, signature).event_id == "evt_1"
    else:
        assert refusal(raw, signature) == reason


def test_the_time_that_counts_is_the_one_that_was_signed() -> None:
    raw = body()
    old = sign(raw, SECRET, at=A_MONDAY - timedelta(days=1))
    fresh = f"t={int(A_MONDAY.timestamp())}"
    assert refusal(raw, f"{fresh},{old}") == "bad_signature"
    assert refusal(raw, f"{old},{fresh}") == "too_old"


RAW = body({"id": "ch_1", "object": "charge", "payment_intent": "pi_1", "description": "Café № 7"})
SIGNATURE = sign(RAW, SECRET)


@settings(deadline=None)  # other work on the machine is no failure
@given(position=st.integers(0, len(RAW) * 8 - 1))
@example(position=0)
@example(position=len(RAW) * 8 - 1)
def test_any_bit_changed_in_the_body_is_seen(position: int) -> None:
    changed = bytearray(RAW)
    changed[position // 8] ^= 1 << position % 8
    assert refusal(bytes(changed), SIGNATURE) == "bad_signature"


def _bits_of_the_header() -> Iterator[str]:
    for place, char in enumerate(SIGNATURE):
        for bit in range(8):
            yield SIGNATURE[:place] + chr(ord(char) ^ 1 << bit) + SIGNATURE[place + 1 :]


def test_any_bit_changed_in_the_signature_is_seen() -> None:
    for changed in _bits_of_the_header():
        assert refusal(RAW, changed) == "bad_signature"


@settings(deadline=None)  # other work on the machine is no failure
@given(raw=st.binary(max_size=200), signature=st.none() | st.text(max_size=100))
def test_whatever_strangers_send_is_refused(raw: bytes, signature: str | None) -> None:
    assert refusal(raw, signature) in ("no_signature", "bad_signature")


def test_the_mode_must_be_ours() -> None:
    raw = body()
    assert refusal(raw, sign(raw, SECRET), live=True) == "wrong_mode"
    live = body(livemode=True)
    assert refusal(live, sign(live, SECRET)) == "wrong_mode"
    assert read(live, sign(live, SECRET), live=True).livemode


def test_thin_events_are_not_taken_for_snapshots() -> None:
    thin = json.dumps(
        {"id": "evt_1", "object": "v2.core.event", "type": "v1.billing.meter", "livemode": False}
    ).encode()
    assert refusal(thin, sign(thin, SECRET)) == "thin_event"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b'{"id": NaN}', "not_json"),
        (b"\xef\xbb\xbf{}", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b"[]", "not_an_event"),
        (b"7", "not_an_event"),
        (b"{}", "not_an_event"),
        (body(id=7), "not_an_event"),
        (body(created="yesterday"), "not_an_event"),
        (body(created=10**15), "not_an_event"),
        (body(livemode="false"), "not_an_event"),
        (body(data={"object": []}), "not_an_event"),
        (body(object="list"), "not_an_event"),
        (body()[:-1] + b', "id": "evt_2"}', "not_json"),
        (body().replace(b'{"id": "pi_1"', b'{"id": "pi_2", "id": "pi_1"'), "not_json"),
        (b"\xff{}", "bad_signature"),
    ],
    ids=lambda value: value if isinstance(value, str) else repr(value[:24]),
)
def test_a_signed_body_must_still_be_one_event(raw: bytes, reason: str) -> None:
    assert refusal(raw, sign(raw, SECRET)) == reason
