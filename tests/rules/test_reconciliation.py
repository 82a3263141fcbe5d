"""Stripe against the ledger, from tables: what differs, what is held, and what a posted movement is about."""

import pytest

from portal.rules.reconciliation import Expected, differing, named, nothing_held, object_of, still_held, subject_of

REFUND = Expected("stripe:re_1", 500, "refund", "refund re_1", "usd", "pi_1")
BOOKING = Expected("stripe:re_1", 501, "booking", "booking txn_1", "usd", "pi_1")
GONE = Expected("stripe:ch_1", None, "currency", "payment pi_1", "eur", "pi_1")


@pytest.mark.parametrize(
    ("expected", "posted", "differs"),
    [
        (REFUND, {"stripe:re_1": 500}, False),
        (REFUND, {"stripe:re_1": 499}, True),
        (REFUND, {}, True),
        # A booking says what something is worth, not that it is posted.
        (BOOKING, {"stripe:re_1": 500}, True),
        (BOOKING, {}, False),
        (GONE, {}, False),
        (GONE, {"stripe:ch_1": 500}, True),
    ],
)
def test_what_differs(expected: Expected, posted: dict[str, int], differs: bool) -> None:
    assert differing([expected], posted) == ([expected] if differs else [])


def test_both_sides_in_words() -> None:
    (refund, gone) = named([REFUND, GONE], {"stripe:ch_1": 500})
    assert (refund.ours, refund.theirs, refund.key) == ("nothing posted", "5.00 USD", "refund:refund re_1")
    assert (gone.ours, gone.theirs) == ("5.00 EUR", "nothing")


@pytest.mark.parametrize(
    ("status", "waits"),
    [
        ("needs_response", True),
        ("under_review", True),
        ("warning_needs_response", True),
        ("warning_under_review", True),
        ("won", False),
        ("lost", False),
        ("warning_closed", False),
        ("prevented", False),
        ("appeal_under_review", False),
        ("a_word_of_next_year", False),
    ],
)
def test_money_is_held_for_the_undecided_only(status: str, waits: bool) -> None:
    end = nothing_held("du_1", status, currency="usd", payment="pi_1")
    assert (end is None) is waits
    held = still_held("du_1", ["txn_1"], {"stripe:txn_1": 900, "stripe:txn_2": 5, "stripe:du_12/lost/1": -7})
    assert held == {"held:du_1": 900}
    if end is not None:
        assert [each.ours for each in named(differing([end], held), held)] == ["9.00 USD held"]


def test_what_was_lost_or_given_back_is_held_no_longer() -> None:
    lost = {"stripe:txn_1": 900, "stripe:du_1/lost/1": -900}
    assert still_held("du_1", ["txn_1"], lost) == {}
    assert still_held("du_1", ["txn_1", "txn_2"], lost | {"stripe:txn_2": -900}) == {"held:du_1": -900}


@pytest.mark.parametrize(
    ("source", "is_held", "subject", "stripe_object"),
    [
        ("stripe:ch_1", False, ("payment", "payment ch_1"), "stripe:ch_1"),
        ("stripe:re_1", False, ("refund", "refund re_1"), "stripe:re_1"),
        ("stripe:re_1/failed", False, ("refund", "refund re_1"), "stripe:re_1/failed"),
        ("stripe:txn_1", True, ("dispute", "dispute booking txn_1"), "stripe:txn_1"),
        ("stripe:du_1/lost/2", True, ("dispute", "dispute du_1"), "stripe:du_1"),
        ("stripe:du_1/reinstated/1", True, ("dispute", "dispute du_1"), "stripe:du_1"),
        ("fee:txn_1", False, ("fee", "fee txn_1"), "fee:txn_1"),
    ],
)
def test_what_a_movement_is_about(source: str, is_held: bool, subject: tuple[str, str], stripe_object: str) -> None:
    assert subject_of(source, "ch_1", is_held=is_held) == subject
    assert object_of(source) == stripe_object
