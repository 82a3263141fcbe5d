"""What a page showed: what we signed for a place reads back there, and nothing else does."""

import hashlib
import string
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer

from portal import shown
from portal.shown import Shown

OLD, NEW = "o" * 32, "n" * 32
PAGE = Shown("0f" * 32, datetime(2026, 3, 2, 15, 0, 0, 123456, tzinfo=UTC))


def test_it_reads_back_to_the_microsecond_at_its_place_only() -> None:
    value = shown.sign([OLD], "agreement:p1:d1", PAGE)
    assert shown.read([OLD], "agreement:p1:d1", value) == PAGE
    for place in ("agreement:p2:d1", "agreement:p1:d2", "method:p1:d1", ""):
        assert shown.read([OLD], place, value) is None


def test_it_needs_no_escaping_in_a_form() -> None:
    value = shown.sign([OLD], "agreement:p1:d1", PAGE)
    assert set(value) <= set(string.ascii_letters + string.digits + "-_.")


@given(st.text(max_size=600))
def test_any_other_text_says_nothing(text: str) -> None:
    assert shown.read([OLD], "p1", text) is None


def test_keys_rotate_and_a_key_that_is_not_ours_signs_nothing() -> None:
    before = shown.sign([OLD], "p1", PAGE)
    assert shown.read([OLD, NEW], "p1", before) == PAGE
    assert shown.read([NEW], "p1", shown.sign([OLD, NEW], "p1", PAGE)) == PAGE
    assert shown.read([NEW], "p1", before) is None


@pytest.mark.parametrize("salt", ["portal.pay-link.v1", "itsdangerous"])
def test_what_was_signed_for_another_purpose_is_refused(salt: str) -> None:
    said = ["p1", PAGE.digest, PAGE.at.isoformat()]
    for purpose, is_ours in ((salt, False), ("portal.shown.v1", True)):
        signer = URLSafeSerializer(
            OLD, salt=purpose, signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256}
        )
        assert (shown.read([OLD], "p1", str(signer.dumps(said))) == PAGE) is is_ours
