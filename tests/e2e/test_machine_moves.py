"""Moves are lines of text and back, and a seed says which they are."""

import random

import pytest

from e2e.machine import move
from e2e.machine.moves import MOVES, draw, read, read_list


def test_every_move_can_be_written_and_read_back() -> None:
    for kind in MOVES:
        for seed in range(30):
            drawn = move.draw([kind], random.Random(seed))
            assert read(str(drawn)) == drawn


def test_the_same_seed_draws_the_same_moves() -> None:
    one, other = random.Random("moves:1"), random.Random("moves:1")
    assert [draw(one) for _ in range(200)] == [draw(other) for _ in range(200)]


def test_a_list_has_remarks_and_empty_lines() -> None:
    assert [str(each) for each in read_list(["# why", "", "clock +3 days  # and so on"])] == ["clock +3 days"]


def test_what_is_no_move_is_refused() -> None:
    with pytest.raises(ValueError, match="not a move"):
        read("visitor 1 runs away")
