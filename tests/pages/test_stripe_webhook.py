"""Stripe's events at the door: what is stored and answered, what is refused, and what becomes of it afterwards."""

import hashlib
import hmac
import json
import threading
from collections.abc import Callable

import pytest
from httpx2 import Response
from sqlalchemy import text

from portal.actions import inbox
from portal.pages import stripe_webhook
from tests.support.dump import dump
from tests.support.house import WEBHOOK_SECRET
from tests.support.paying import PayingSite

PATH = "/stripe/webhook"


def signed(body: bytes, at: int, secret: str = WEBHOOK_SECRET) -> str:
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
    return f"t={at},v1={mac.hexdigest()}"


def post(shop: PayingSite, body: bytes, *, at: int | None = None, secret: str = WEBHOOK_SECRET) -> Response:
    """As Stripe posts: from nowhere, with no cookie and none of a browser's headers."""
    now = int(shop.clock.now().timestamp())
    browser = shop.browser(sec_fetch_site="cross-site")
    headers = {"stripe-signature": signed(body, now if at is None else at, secret), "content-type": "application/json"}
    return browser.post(PATH, content=body, headers=headers)


def event(name: str, object_id: str = "pi_other", **changes: object) -> bytes:
    found = {
        "id": f"evt_{name}",
        "object": "event",
        "type": "payment_intent.succeeded",
        "created": 1_772_000_000,
        "livemode": False,
        "data": {"object": {"id": object_id, "object": "payment_intent"}},
    }
    return json.dumps(found | changes).encode()


def states(shop: PayingSite) -> list[str]:
    with shop.resources.reading() as session:
        return list(session.execute(text("SELECT state FROM inbox ORDER BY id")).scalars())


def paid(shop: PayingSite) -> str:
    """A card payment that Stripe has and we do not; answers its intent."""
    shop.pay(shop.visitor(), shop.example)
    return str(shop.house.stripe.all("payment_intent")[-1]["id"])


def balance(shop: PayingSite) -> str:
    return shop.visitor().get(shop.base).text


def test_an_event_is_stored_answered_and_handled(shop_on_both: PayingSite) -> None:
    shop = shop_on_both
    answer = post(shop, event("1", paid(shop)))
    assert (answer.status_code, answer.json()) == (200, {"received": True})
    assert states(shop) == ["handled"]
    after = dump(shop.resources.database)
    assert len(after["payments"]) == 1
    for _ in range(3):
        assert post(shop, event("1", str(shop.attempts()[0].payment_intent_id))).status_code == 200
    assert dump(shop.resources.database) == after


def test_two_events_of_one_payment_post_once(shop: PayingSite) -> None:
    intent_id = paid(shop)
    for name, kind in (("1", "payment_intent.succeeded"), ("2", "charge.succeeded"), ("3", "payment_intent.created")):
        assert post(shop, event(name, intent_id, type=kind)).status_code == 200
    assert states(shop) == ["handled"] * 3
    assert len(dump(shop.resources.database)["payments"]) == 1


REFUSED: dict[str, Callable[[PayingSite, bytes, int], Response]] = {
    "forged": lambda shop, body, now: post(shop, body, secret="whsec_" + "f" * 32),
    "old": lambda shop, body, now: post(shop, body, at=now - 301),
    "future": lambda shop, body, now: post(shop, body, at=now + 301),
    "live": lambda shop, body, now: post(shop, event("1", livemode=True)),
    "empty": lambda shop, body, now: post(shop, b""),
    "not json": lambda shop, body, now: post(shop, b"{"),
    "a list": lambda shop, body, now: post(shop, b"[]"),
    "binary": lambda shop, body, now: post(shop, b"\xff\xfe\x00"),
    "unsigned": lambda shop, body, now: shop.browser().post(PATH, content=body),
    "changed": lambda shop, body, now: shop.browser().post(
        PATH, content=body + b" ", headers={"stripe-signature": signed(body, now)}
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_not_from_stripe_or_not_for_us_stores_nothing(shop: PayingSite, kind: str) -> None:
    before = dump(shop.resources.database)
    answer = REFUSED[kind](shop, event("1"), int(shop.clock.now().timestamp()))
    assert answer.status_code == 400
    assert list(answer.json()) == ["error"]
    assert dump(shop.resources.database) == before


def test_a_captured_event_is_worth_nothing_later(shop: PayingSite) -> None:
    body, at = event("1", paid(shop)), int(shop.clock.now().timestamp())
    assert post(shop, body, at=at).status_code == 200
    after = dump(shop.resources.database)
    shop.clock.move(seconds=301)
    assert post(shop, body, at=at).status_code == 400
    assert dump(shop.resources.database) == after


def test_other_methods_and_huge_bodies_are_refused_in_json(shop: PayingSite) -> None:
    assert shop.browser().get(PATH).status_code == 405
    assert shop.browser().get(PATH).headers["content-type"] == "application/json"
    huge = post(shop, b" " * (1024 * 1024 + 1))
    assert huge.status_code == 413
    assert huge.headers["content-type"] == "application/json"
    assert states(shop) == []


def test_while_many_are_being_handled_the_worker_takes_the_next(
    shop: PayingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = threading.BoundedSemaphore(1)
    full.acquire()
    monkeypatch.setattr(stripe_webhook, "SLOTS", full)
    assert post(shop, event("next", paid(shop))).status_code == 200
    assert states(shop) == ["new"]
    inbox.handle_waiting(shop.resources, now=shop.clock.now())
    assert states(shop) == ["handled"]


def test_with_the_database_away_stripe_is_told_to_come_again(shop: PayingSite) -> None:
    body = event("1", paid(shop))
    with shop.resources.writing() as session:
        session.execute(text("ALTER TABLE inbox RENAME TO inbox_away"))
    away = post(shop, body)
    assert (away.status_code, away.headers["retry-after"]) == (503, "30")
    assert away.headers["content-type"] == "application/json"
    with shop.resources.writing() as session:
        session.execute(text("ALTER TABLE inbox_away RENAME TO inbox"))
    assert post(shop, body).status_code == 200
    assert "1001" not in balance(shop)


def test_payments_of_something_else_are_foreign_and_asked_for_once(shop: PayingSite) -> None:
    client = shop.resources.stripe
    assert client is not None
    made = client.client.v1.payment_intents.create({"amount": 500, "currency": "usd"})
    assert post(shop, event("1", made.id)).status_code == 200
    assert post(shop, event("2", "pi_nobody_knows")).status_code == 200
    assert states(shop) == ["foreign", "foreign"]
    assert inbox.handle_waiting(shop.resources, now=shop.clock.now()) == 0


def test_events_that_are_no_payments_are_put_aside(shop: PayingSite) -> None:
    about = {"object": {"id": "cus_1", "object": "customer"}}
    assert post(shop, event("1", type="customer.created", data=about)).status_code == 200
    assert states(shop) == ["ignored"]


def test_a_poison_event_among_good_ones_keeps_nobody_waiting(shop: PayingSite) -> None:
    client = shop.resources.stripe
    assert client is not None
    ours = {"instance": shop.settings.instance, "attempt": "0" * 24}
    poison = client.client.v1.payment_intents.create({"amount": 500, "currency": "usd", "metadata": ours})
    assert post(shop, event("1", poison.id)).status_code == 200
    assert post(shop, event("2", paid(shop))).status_code == 200
    assert states(shop) == ["new", "handled"]
    for _ in range(12):
        shop.clock.move(hours=7)
        inbox.handle_waiting(shop.resources, now=shop.clock.now())
    assert states(shop) == ["dead", "handled"]
