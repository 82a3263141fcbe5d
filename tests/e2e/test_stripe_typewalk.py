"""The type walk: what Stripe's own types do not know is caught, on the way in and on the way out."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
import stripe
from stripe import params

from e2e.stripe import forms, typewalk
from e2e.stripe.errors import ApiError
from tests.e2e.stripe_desk import Desk, open_desk
from tests.support.clock import MovableClock


@pytest.fixture
def desk(clock: MovableClock) -> Iterator[Desk]:
    with open_desk(clock) as opened:
        yield opened


@pytest.mark.parametrize(
    ("change", "param", "code"),
    [
        ({"payment_method_types": ["card"]}, "payment_method_types", "parameter_unknown"),
        ({"ui_mode": "hosted"}, "ui_mode", None),
        ({"expires_at": "tomorrow"}, "expires_at", "parameter_invalid_integer"),
        ({"wallet_options": {"link": {"display": "sometimes"}}}, "wallet_options[link][display]", None),
        ({"adaptive_pricing": {"enabled": "no"}}, "adaptive_pricing[enabled]", "parameter_invalid_boolean"),
        ({"line_items": [{"quantity": 1, "price_data": {}}]}, None, None),
        ({"line_items": [{"quantity": 1, "amount": 5}]}, "line_items[0][amount]", "parameter_unknown"),
    ],
)
def test_a_bad_request_is_named(desk: Desk, change: Any, param: str | None, code: str | None) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        desk.session(**change)
    if param is not None:
        assert (caught.value.param, caught.value.code) == (param, code)
    assert len(desk.world.type_errors) == (param is not None)
    assert desk.v1.checkout.sessions.list().data == []


def test_a_missing_parameter_is_named(desk: Desk) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        desk.v1.payment_intents.create({"amount": 500})
    assert (caught.value.param, caught.value.code) == ("currency", "parameter_missing")


def test_what_would_be_ignored_is_refused(desk: Desk) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=r"does not cover: phone_number_collection\.enabled"):
        desk.session(phone_number_collection={"enabled": True})
    assert len(desk.world.type_errors) == 1


def test_parameters_become_python_values() -> None:
    pairs = [
        ("limit", "5"),
        ("created[gte]", "10"),
        ("expand[0]", "data.customer"),
        ("expand[1]", "data.payment_intent"),
    ]
    assert forms.read(params.ChargeListParams, pairs) == {
        "limit": 5,
        "created": {"gte": 10},
        "expand": ["data.customer", "data.payment_intent"],
    }
    assert forms.read(params.CustomerUpdateParams, [("metadata", "")]) == {"metadata": ""}
    assert forms.read(params.PaymentIntentConfirmParams, [("off_session", "true")]) == {"off_session": True}


@pytest.mark.parametrize("name", ["a[", "a]b", "[a]", ""])
def test_broken_names_are_refused(name: str) -> None:
    with pytest.raises(ApiError):
        forms.read(params.CustomerCreateParams, [(name, "x")])


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("colour", "red", "unknown field of Session"),
        ("amount_total", "12", "'12' is not int"),
        ("status", "done", "'done' is not"),
        ("livemode", None, "None is not bool"),
        ("metadata", {"a": 1}, "1 is not str"),
        ("payment_method_types", "card", "'card' is not"),
        ("automatic_tax", {"enabled": True, "state": None}, "unknown field of Session.AutomaticTax"),
        ("customer_details", 5, "5 is not"),
        ("shipping_options", {"a": 1}, "an object where"),
        ("currency", ["usd"], "a list"),
    ],
)
def test_a_bad_answer_is_caught(desk: Desk, field: str, value: object, words: str) -> None:
    session = copy.deepcopy(desk.world.get("checkout.session", desk.session().id))
    assert typewalk.problems(session) == []
    problems = typewalk.problems(session | {field: value})
    assert len(problems) == 1
    assert words in problems[0]


def test_a_missing_field_is_caught(desk: Desk) -> None:
    session = copy.deepcopy(desk.world.get("checkout.session", desk.session().id))
    del session["livemode"]
    assert typewalk.problems(session) == ["checkout.session.livemode: missing in Session"]


def test_a_bad_answer_never_leaves_the_house(desk: Desk) -> None:
    session = desk.session()
    desk.world.get("checkout.session", session.id)["colour"] = "red"
    with pytest.raises(stripe.APIError, match=r"checkout\.session\.colour: unknown field"):
        desk.v1.checkout.sessions.retrieve(session.id)
    assert desk.world.type_errors == ["checkout.session.colour: unknown field of Session"]


def test_events_are_walked_with_what_they_carry(desk: Desk) -> None:
    desk.paid()
    event = copy.deepcopy(desk.world.all("event")[-1])
    event["data"]["object"]["colour"] = "red"
    assert typewalk.problems(event) == ["event.data: checkout.session.colour: unknown field of Session"]
    assert typewalk.problems({"object": "payout"}) == ["object: 'payout' is no kind that the stand-in answers"]
