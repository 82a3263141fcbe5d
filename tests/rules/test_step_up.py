"""Codes that confirm a browser: what may be typed for one, and what is kept of it."""

import pytest

from portal.rules.step_up import is_it, masked, read_code, sealed

KEYS = ("a" * 32, "b" * 32)


@pytest.mark.parametrize("typed", ["042815", " 042 815 ", "042-815", "04 28\u00a015", "042–815\n"])
def test_a_code_is_read_whatever_stands_between_its_digits(typed: str) -> None:
    assert read_code(typed) == "042815"


@pytest.mark.parametrize("typed", ["", " ", "42815", "0428150", "o42815", "٠٤٢٨١٥", "042.815", "-", "042815" * 1_000])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert read_code(typed) is None


def test_a_code_is_known_by_any_of_the_keys_and_by_its_own_row_only() -> None:
    for key in KEYS:
        stored = sealed(key, 7, "042815")
        assert len(stored) == 32
        assert is_it(KEYS, 7, "042815", stored)
        assert not is_it(KEYS, 8, "042815", stored)
        assert not is_it(KEYS, 7, "042816", stored)
        assert not is_it(("c" * 32,), 7, "042815", stored)


def test_what_is_kept_tells_nothing_without_the_key() -> None:
    assert sealed(KEYS[0], 7, "042815") != sealed(KEYS[1], 7, "042815")
    assert b"042815" not in sealed(KEYS[0], 7, "042815")


@pytest.mark.parametrize(
    ("email", "shown"),
    [("jane@example.com", "j•••@example.com"), ("j@example.com", "j•••@example.com"), ('"a@b"@c.org', '"•••@c.org')],
)
def test_an_address_is_masked(email: str, shown: str) -> None:
    assert masked(email) == shown
