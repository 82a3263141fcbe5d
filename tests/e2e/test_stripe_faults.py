"""Idempotency keys and an API that fails on demand, as the real library meets them."""

from collections.abc import Iterator

import pytest
import stripe

from e2e.stripe import Fault
from tests.e2e.stripe_desk import Desk, open_desk
from tests.support.clock import MovableClock


@pytest.fixture
def desk(clock: MovableClock) -> Iterator[Desk]:
    with open_desk(clock) as opened:
        yield opened


KEY = {"idempotency_key": "attempt-1:session:1"}


def make(desk: Desk, *, name: str = "Ada", key: str = "key-1") -> stripe.Customer:
    made: stripe.Customer = desk.v1.customers.create({"name": name}, {"idempotency_key": key})
    return made


def test_the_same_key_gives_the_same_answer(desk: Desk) -> None:
    first, second = make(desk), make(desk)
    assert first.id == second.id
    assert second.last_response is not None
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(desk.v1.customers.list().data) == 1


def test_other_parameters_under_the_same_key_are_refused(desk: Desk) -> None:
    make(desk)
    with pytest.raises(stripe.IdempotencyError) as caught:
        make(desk, name="Bob")
    assert caught.value.http_status == 400


def test_a_key_is_forgotten_after_a_day(desk: Desk) -> None:
    first = make(desk)
    desk.clock.move(hours=23, minutes=59)
    assert make(desk).id == first.id
    desk.clock.move(minutes=1)
    assert make(desk).id != first.id


def test_a_500_is_the_answer_for_good(desk: Desk) -> None:
    desk.world.fault(Fault("server_error"))
    for _ in range(2):
        with pytest.raises(stripe.APIError) as caught:
            make(desk)
        assert caught.value.http_status == 500
    assert desk.v1.customers.list().data == []
    assert make(desk, key="key-2").name == "Ada"


def test_a_declined_card_is_the_answer_for_good(desk: Desk) -> None:
    intent = desk.v1.payment_intents.create({"amount": 500, "currency": "usd"})
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            desk.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_chargeDeclined"}, KEY)
    assert len(desk.v1.charges.list().data) == 1


@pytest.mark.parametrize(("kind", "status"), [("conflict", 409), ("rate_limit", 429)])
def test_conflict_and_rate_limit_leave_the_key_free(desk: Desk, kind: str, status: int) -> None:
    desk.world.fault(Fault(kind))  # type: ignore[arg-type]
    with pytest.raises(stripe.StripeError) as caught:
        make(desk)
    assert caught.value.http_status == status
    assert make(desk).name == "Ada"


def test_bad_parameters_leave_the_key_free(desk: Desk) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        desk.v1.customers.create({"nom": "Ada"}, {"idempotency_key": "key-1"})
    assert make(desk).name == "Ada"


def test_two_at_once_under_one_key(desk: Desk) -> None:
    met: list[int | None] = []

    def meanwhile(url: str, body: bytes, headers: dict[str, str]) -> int:
        with pytest.raises(stripe.StripeError) as caught:
            make(desk)
        met.append(caught.value.http_status)
        return 200

    desk.world.post.post = meanwhile
    desk.world.switches.inside_call = True
    first = make(desk)
    desk.world.heal()
    assert met == [409]
    assert make(desk).id == first.id


@pytest.mark.parametrize(("kind", "made"), [("drop_before", 0), ("drop_after", 1)])
def test_dropped_before_or_after_its_effect(desk: Desk, kind: str, made: int) -> None:
    desk.world.fault(Fault(kind, path="/v1/customers"))  # type: ignore[arg-type]
    with pytest.raises(stripe.APIConnectionError):
        make(desk)
    assert len(desk.v1.customers.list().data) == made
    make(desk)
    assert len(desk.v1.customers.list().data) == 1


def test_the_library_retries_a_lost_answer_by_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stripe.HTTPClient, "_sleep_time_seconds", lambda *_: 0)
    desk.world.fault(Fault("drop_after"))
    client = stripe.StripeClient(
        "sk_test_stand_in", base_addresses={"api": desk.url}, http_client=desk.http, max_network_retries=2
    )
    assert client.v1.customers.create({"name": "Ada"}).name == "Ada"
    assert len(desk.v1.customers.list().data) == 1


def test_should_retry_is_said(desk: Desk) -> None:
    desk.world.fault(Fault("server_error", should_retry=False))
    with pytest.raises(stripe.APIError) as caught:
        make(desk)
    assert caught.value.headers is not None
    assert caught.value.headers["Stripe-Should-Retry"] == "false"


def test_faults_choose_their_calls(desk: Desk) -> None:
    desk.world.fault(Fault("rate_limit", method="GET", path="/v1/events", skip=1, times=2))
    desk.v1.events.list()
    make(desk)
    for _ in range(2):
        with pytest.raises(stripe.RateLimitError):
            desk.v1.events.list()
    desk.v1.events.list()


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "conflict", "rate_limit", "server_error"])
@pytest.mark.parametrize("method", ["GET", "*"])
def test_reading_goes_wrong_too(desk: Desk, kind: str, method: str) -> None:
    customer = make(desk)
    desk.world.fault(Fault(kind, method=method, path="/v1/customers"))  # type: ignore[arg-type]
    with pytest.raises(stripe.StripeError):
        desk.v1.customers.retrieve(customer.id)
    assert desk.v1.customers.retrieve(customer.id).id == customer.id


@pytest.mark.parametrize(("method", "written"), [("GET", True), ("POST", False), ("*", False)])
def test_a_fault_hits_its_method_or_every_one(desk: Desk, method: str, written: bool) -> None:
    desk.world.fault(Fault("rate_limit", method=method, times=None))
    try:
        make(desk)
    except stripe.RateLimitError:
        assert not written
    else:
        assert written
    try:
        desk.v1.customers.list()
    except stripe.RateLimitError:
        assert method in ("GET", "*")
    else:
        assert method == "POST"
    assert len(desk.world.all("customer")) == int(written)


def test_a_share_of_the_calls(desk: Desk) -> None:
    desk.world.fault(Fault("conflict", method="*", times=None, percent=30))
    failed = 0
    for _ in range(50):
        try:
            desk.v1.accounts.retrieve_current()
        except stripe.StripeError:
            failed += 1
    assert 5 <= failed <= 25


def test_slow(desk: Desk) -> None:
    desk.world.fault(Fault("slow", seconds=0.01))
    assert make(desk).name == "Ada"
