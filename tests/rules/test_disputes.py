"""The states of a dispute: who may do what and when, whose turn it is, by when, and the clock that goes on."""

from datetime import date, timedelta

import pytest

from portal.rules.discounts import Clock
from portal.rules.disputes import (
    DECIDED,
    FOR_THE_CUSTOMER,
    MOVES,
    OPEN,
    STATES,
    Act,
    State,
    Waits,
    check_reopening,
    clock,
    move,
    reply_by,
    turn,
)
from portal.rules.refusals import Conflict, Refusal

ACTS: tuple[Act, ...] = (
    "review",
    "ask",
    "offer",
    "accept",
    "accept_partly",
    "reject",
    "answer",
    "decline",
    "withdraw",
    "reopen",
    "lapse",
)
# For each state what each act leads to, in the order of ACTS; "-" is refused.
TABLE: dict[State, str] = {
    "new": "in_review waiting offered accepted partly_accepted rejected new - withdrawn - -",
    "in_review": "- waiting offered accepted partly_accepted rejected in_review - withdrawn - -",
    "waiting": "- waiting offered accepted partly_accepted rejected in_review - withdrawn - in_review",
    "offered": "- waiting offered accepted partly_accepted rejected offered in_review withdrawn - in_review",
    "accepted": "- - - - - - - - - - -",
    "partly_accepted": "- - - - - - - - - in_review -",
    "rejected": "- - - - - - - - - in_review -",
    "withdrawn": "- - - - - - - - - - -",
}
WAITS = Waits(reply_days=3, answer_days=14, reopen_days=14)
FRIDAY = date(2026, 3, 6)


@pytest.mark.parametrize(
    ("state", "act", "expected"),
    [(state, act, following) for state in STATES for act, following in zip(ACTS, TABLE[state].split(), strict=True)],
)
def test_every_act_in_every_state(state: State, act: Act, expected: str) -> None:
    if expected == "-":
        with pytest.raises(Conflict):
            move(state, act)
    else:
        assert move(state, act) == expected


@pytest.mark.parametrize(
    ("state", "act", "words"),
    [
        ("new", "lapse", "something has happened since"),
        ("accepted", "reopen", "cannot be opened again"),
        ("withdrawn", "reopen", "cannot be opened again"),
        ("rejected", "accept", "closed already"),
        ("withdrawn", "answer", "closed already"),
    ],
)
def test_what_comes_too_late_is_told_why(state: State, act: Act, words: str) -> None:
    with pytest.raises(Conflict, match=words):
        move(state, act)


def test_whose_turn_it_is() -> None:
    assert {state: turn(state) for state in STATES} == {
        "new": "seller",
        "in_review": "seller",
        "waiting": "customer",
        "offered": "customer",
        "accepted": None,
        "partly_accepted": None,
        "rejected": None,
        "withdrawn": None,
    }


def test_whoever_may_move_an_open_one_can_bring_it_to_an_end() -> None:
    for state in STATES:
        ends = set(MOVES[state].values()) - OPEN
        assert ends == ((DECIDED | {"withdrawn"}) if state in OPEN else set())
    assert FOR_THE_CUSTOMER < DECIDED
    assert not DECIDED & OPEN


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        # Three business days from a Friday.
        ("new", date(2026, 3, 11)),
        ("in_review", date(2026, 3, 11)),
        ("waiting", date(2026, 3, 20)),
        ("offered", date(2026, 3, 9)),
        ("accepted", None),
        ("partly_accepted", None),
        ("rejected", None),
        ("withdrawn", None),
    ],
)
def test_by_when(state: State, expected: date | None) -> None:
    assert reply_by(state, on=FRIDAY, waits=WAITS, offer_until=date(2026, 3, 9)) == expected


@pytest.mark.parametrize("state", STATES)
def test_every_open_one_has_a_day_and_no_other(state: State) -> None:
    found = reply_by(state, on=FRIDAY, waits=WAITS, offer_until=FRIDAY)
    assert (found is not None) == (state in OPEN)
    assert (turn(state) is not None) == (state in OPEN)


def _reopen(state: State, today: date, *, before: bool = False) -> None:
    check_reopening(state, decided_on=FRIDAY, was_reopened=before, today=today, waits=WAITS)


@pytest.mark.parametrize("state", ["rejected", "partly_accepted"])
def test_it_is_opened_again_once_and_in_time(state: State) -> None:
    last = FRIDAY + timedelta(days=14)
    _reopen(state, FRIDAY)
    _reopen(state, last)
    with pytest.raises(Refusal, match="time to open"):
        _reopen(state, last + timedelta(days=1))
    with pytest.raises(Conflict, match="final"):
        _reopen(state, FRIDAY, before=True)


@pytest.mark.parametrize("state", sorted({*STATES} - {"rejected", "partly_accepted"}))
def test_nothing_else_is_opened_again(state: State) -> None:
    with pytest.raises(Conflict):
        _reopen(state, FRIDAY)


def _clock(before: Clock | None = None, *, reopened: int | None = None, decided: int = 20, net: int = 10_000) -> object:
    return clock(
        before,
        net_cents=net,
        tax_cents=net * 8 // 100,
        filed_on=date(2026, 3, 5),
        reopened_on=date(2026, 3, reopened) if reopened else None,
        decided_on=date(2026, 3, decided),
    )


def test_the_clock_stood_from_filing_to_the_decision() -> None:
    assert _clock() == Clock(10_000, 800, date(2026, 3, 5), date(2026, 3, 20))


def test_nothing_is_left_to_have_a_clock() -> None:
    assert _clock(net=0) is None


def test_the_clock_ran_between_two_decisions_for_the_customer() -> None:
    """It stood from the 5th to the 20th, ran for two days, and stood again from the 22nd to the 30th: 23 days in all,
    so that the window of 11 March ends on 3 April."""
    first = Clock(10_000, 800, date(2026, 3, 5), date(2026, 3, 20))
    second = _clock(first, reopened=22, decided=30, net=5_000)
    assert second == Clock(5_000, 400, date(2026, 3, 5), date(2026, 3, 28))
    stood = (date(2026, 3, 28) - date(2026, 3, 5)).days
    assert date(2026, 3, 11) + timedelta(days=stood) == date(2026, 4, 3)


def test_opened_again_after_a_rejection_it_has_all_the_days_that_were_left() -> None:
    assert _clock(None, reopened=22, decided=30) == Clock(10_000, 800, date(2026, 3, 5), date(2026, 3, 30))
