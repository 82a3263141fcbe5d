"""Webhooks: signed as the real library checks them, sent again until answered, and misled by switches."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
import stripe
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from e2e.serving import serve
from e2e.stripe import customers, post
from tests.e2e.stripe_desk import SECRET, Desk, open_desk
from tests.support.clock import MovableClock


@pytest.fixture
def desk(clock: MovableClock) -> Iterator[Desk]:
    with open_desk(clock) as opened:
        yield opened


def types(desk: Desk) -> list[str]:
    return [json.loads(body)["type"] for body, _ in desk.inbox]


def test_the_real_library_takes_a_webhook(desk: Desk) -> None:
    desk.paid()
    assert desk.world.deliver() == 4
    body, headers = desk.inbox[-1]
    event = stripe.Webhook.construct_event(body, headers["Stripe-Signature"], SECRET, tolerance=None)  # type: ignore[arg-type]
    assert event.type == "checkout.session.completed"
    assert event.data.object["payment_status"] == "paid"
    assert [each.type for each in reversed(desk.v1.events.list().data)] == types(desk)
    assert desk.world.deliver() == 0


def test_every_secret_of_a_rotation_signs(desk: Desk) -> None:
    desk.world.endpoints[0].secrets.append("whsec_second")
    desk.paid()
    desk.world.deliver()
    body, headers = desk.inbox[0]
    assert headers["Stripe-Signature"].count("v1=") == 2
    for secret in (SECRET, "whsec_second"):
        assert stripe.WebhookSignature.verify_header(body, headers["Stripe-Signature"], secret)


def test_a_wrong_secret_and_a_changed_body_do_not_pass(desk: Desk) -> None:
    desk.world.switches.wrong_secret = True
    desk.paid()
    desk.world.deliver()
    body, headers = desk.inbox[0]
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.WebhookSignature.verify_header(body, headers["Stripe-Signature"], SECRET)


def test_a_webhook_is_sent_again_until_it_is_answered(desk: Desk) -> None:
    desk.answers = [500, None, 200]
    desk.world.add_endpoint("http://127.0.0.1:9/other", "whsec_x", types=("nothing",))
    desk.v1.customers.create({"name": "Ada"})
    assert desk.world.deliver() == 1
    assert desk.world.deliver() == 0
    desk.clock.move(minutes=5)
    assert desk.world.deliver() == 1
    desk.clock.move(minutes=29)
    assert desk.world.deliver() == 0
    desk.clock.move(minutes=1)
    assert desk.world.deliver() == 1
    delivery = desk.world.deliveries[0]
    assert [each.status for each in delivery.attempts] == [500, None, 200]
    assert (delivery.state, delivery.event["pending_webhooks"]) == ("delivered", 0)


def test_nobody_calls_for_longer_than_three_days(desk: Desk) -> None:
    desk.answers = [None]
    desk.v1.customers.create({"name": "Ada"})
    for _ in range(40):
        desk.world.settle()
        desk.clock.move(hours=4)
    delivery = desk.world.deliveries[0]
    assert delivery.state == "given_up"
    assert len(delivery.attempts) == 9
    assert delivery.attempts[-1].at - delivery.attempts[0].at <= timedelta(days=3)
    desk.world.deliver_again(delivery.event["id"])
    assert desk.world.deliver() == 1


def test_late(desk: Desk) -> None:
    desk.world.switches.late_seconds = 60
    desk.paid()
    assert desk.world.deliver() == 0
    desk.clock.move(seconds=60)
    assert desk.world.deliver() == 4


def test_copies_and_second_events(desk: Desk) -> None:
    desk.world.switches.copies = 3
    desk.world.switches.second_event = True
    desk.v1.customers.create({"name": "Ada"})
    assert desk.world.deliver() == 6
    ids = [json.loads(body)["id"] for body, _ in desk.inbox]
    assert len(set(ids)) == 2
    assert all(ids.count(each) == 3 for each in ids)


def test_shuffled_by_seed(clock: MovableClock) -> None:
    def order(seed: int) -> list[str]:
        desk = Desk(clock, seed)
        desk.world.switches.shuffle = True
        for n in range(8):
            customers.create(desk.world, {"name": str(n)})
        desk.world.deliver()
        return [json.loads(body)["data"]["object"]["name"] for body, _ in desk.inbox]

    assert order(1) == order(1)
    assert order(1) != order(2)
    assert sorted(order(1)) == sorted(order(2))


def test_some_are_lost_and_the_events_api_still_knows_them(desk: Desk) -> None:
    desk.world.switches.drop_percent = 100
    desk.paid()
    assert desk.world.deliver() == 0
    assert {each.state for each in desk.world.deliveries} == {"dropped"}
    assert len(desk.v1.events.list().data) == 4


def test_from_the_future_and_from_the_wrong_mode(desk: Desk) -> None:
    desk.world.switches.future_seconds = 3_600
    desk.world.switches.flip_livemode = True
    desk.v1.customers.create({"name": "Ada"})
    desk.world.deliver()
    body, headers = desk.inbox[0]
    assert headers["Stripe-Signature"].startswith(f"t={int(desk.clock.now().timestamp()) + 3_600},")
    assert json.loads(body)["livemode"] is True
    assert desk.v1.events.list().data[0].livemode is False


def test_from_inside_the_call(desk: Desk) -> None:
    desk.world.switches.inside_call = True
    desk.v1.customers.create({"name": "Ada"})
    assert types(desk) == ["customer.created"]
    desk.paid()
    assert desk.world.deliver() == 4


def test_the_courier_delivers_by_itself(desk: Desk) -> None:
    desk.world.start_delivery(every_seconds=60)
    desk.paid()
    desk.world.stop_delivery()
    desk.world.settle()
    assert types(desk)[-1] == "checkout.session.completed"


def test_over_http(desk: Desk) -> None:
    async def gone(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("no", 410)(scope, receive, send)

    with serve(gone) as serving:
        assert post.over_http(f"{serving.url}/stripe/webhook", b"{}", {}) == 410
    assert post.over_http(f"{serving.url}/stripe/webhook", b"{}", {}) is None


def test_healing_puts_everything_at_rest(desk: Desk) -> None:
    desk.world.switches.drop_percent = 100
    desk.world.heal()
    desk.v1.customers.create({"name": "Ada"})
    assert desk.world.deliver() == 1
