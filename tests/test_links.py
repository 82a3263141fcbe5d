"""Tokens of pay links: what we signed reads back, and nothing else does."""

import hashlib
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer

from portal import links
from portal.links import LinkToken

OLD, NEW = "o" * 32, "n" * 32
ALPHABET = string.ascii_letters + string.digits + "-_.=~!"


def test_a_token_reads_back() -> None:
    assert links.read([OLD], links.sign([OLD], "3f9c", 7)) == LinkToken("3f9c", 7)


def test_a_token_is_short_and_needs_no_escaping_in_an_address() -> None:
    token = links.sign([OLD], "0123456789abcdef01234567", 1)
    assert len(token) < 100
    assert set(token) <= set(string.ascii_letters + string.digits + "-_.")


@given(st.integers(min_value=0), st.sampled_from(ALPHABET))
def test_no_character_can_be_changed(position: int, letter: str) -> None:
    token = links.sign([OLD], "0123456789abcdef01234567", 1)
    at = position % len(token)
    changed = token[:at] + letter + token[at + 1 :]
    assert links.read([OLD], changed) == (LinkToken("0123456789abcdef01234567", 1) if changed == token else None)


@given(st.integers(min_value=0), st.text(alphabet=ALPHABET, min_size=1, max_size=3))
def test_nothing_can_be_added(position: int, more: str) -> None:
    token = links.sign([OLD], "0123456789abcdef01234567", 1)
    at = position % (len(token) + 1)
    assert links.read([OLD], token[:at] + more + token[at:]) is None


@given(st.text(max_size=600))
def test_any_other_text_is_no_token(text: str) -> None:
    assert links.read([OLD], text) is None


def test_a_key_that_is_not_ours_signs_nothing() -> None:
    assert links.read([OLD], links.sign([NEW], "3f9c", 1)) is None


def test_keys_rotate() -> None:
    before = links.sign([OLD], "3f9c", 1)
    after = links.sign([OLD, NEW], "3f9c", 1)
    assert links.read([OLD, NEW], before) == links.read([OLD, NEW], after) == LinkToken("3f9c", 1)
    assert links.read([NEW], after) == LinkToken("3f9c", 1)
    assert links.read([NEW], before) is None


@pytest.mark.parametrize(
    ("salt", "digest"),
    [("portal.pay-link.v2", hashlib.sha256), ("itsdangerous", hashlib.sha256), ("portal.pay-link.v1", hashlib.sha1)],
)
def test_a_token_for_another_purpose_is_refused(salt: str, digest: object) -> None:
    other = URLSafeSerializer(OLD, salt=salt, signer_kwargs={"key_derivation": "hmac", "digest_method": digest})
    assert links.read([OLD], str(other.dumps(["3f9c", 1]))) is None


@pytest.mark.parametrize("said", [["3f9c"], ["3f9c", "1"], [1, 1], {"id": "3f9c"}, "3f9c", None, ["3f9c", 1, 2]])
def test_a_genuine_signature_under_something_else_is_no_token(said: object) -> None:
    ours = URLSafeSerializer(
        OLD,
        salt="portal.pay-link.v1",
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )
    assert links.read([OLD], str(ours.dumps(said))) is None
