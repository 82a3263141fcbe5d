"""The pieces that prove who somebody is: hashes of passwords, codes and their secret, recovery codes, addresses."""

import re
import threading
import time
from datetime import UTC, datetime

import pytest
from argon2 import extract_parameters
from hypothesis import given
from hypothesis import strategies as st

from admin.access import passkeys, passwords, recovery, totp
from admin.web.addresses import own_address
from portal.rules.refusals import Refusal
from portal.settings import Settings

NOW = datetime(2026, 3, 2, 15, 0, 10, tzinfo=UTC)
KEYS = ("old" * 12, "new" * 12)


def test_passwords_are_hashed_by_argon2id_with_nineteen_mebibytes() -> None:
    stored = passwords.hashed("four words do not belong")
    found = extract_parameters(stored)
    assert (found.type.name, found.memory_cost, found.time_cost, found.parallelism) == ("ID", 19 * 1024, 2, 1)
    assert passwords.matches("four words do not belong", stored)
    assert not passwords.matches("four words do not belonG", stored)
    assert not passwords.is_outdated(stored)
    assert passwords.is_outdated(stored.replace("t=2", "t=1"))
    assert not passwords.matches("anything", "not a hash")


def test_no_account_takes_as_long_as_an_account_and_says_no() -> None:
    assert not passwords.matches("nobody has this password", None)
    stored = passwords.hashed("x")
    passwords.matches("y", None)
    times = {}
    for name, known in (("known", stored), ("unknown", None)):
        began = time.perf_counter()
        for _ in range(5):
            passwords.matches("y", known)
        times[name] = time.perf_counter() - began
    assert times["unknown"] > times["known"] / 4


def test_at_most_two_hash_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert passwords._AT_ONCE._value == 2
    # With both places taken a third waits.
    places = threading.BoundedSemaphore(1)
    places.acquire()
    monkeypatch.setattr(passwords, "_AT_ONCE", places)
    done = threading.Event()

    def hash_one() -> None:
        passwords.hashed("x")
        done.set()

    threading.Thread(target=hash_one, daemon=True).start()
    assert not done.wait(0.3)
    places.release()
    assert done.wait(10)


def test_a_crowd_at_the_log_in_leaves_threads_for_customers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_QUEUE", threading.BoundedSemaphore(1))
    with passwords._QUEUE, pytest.raises(Refusal, match="Many are logging in"):
        passwords.matches("x", None)
    assert not passwords.matches("x", None)


def test_a_secret_is_encrypted_by_the_newest_key_and_opened_by_every_key_for_its_owner_only() -> None:
    old = totp.new_secret(KEYS[:1], 7, now=NOW)
    new = totp.new_secret(KEYS, 7, now=NOW)
    plain = totp.plain_secret(KEYS, 7, old)
    assert re.fullmatch(r"[A-Z2-7]{32}", plain)
    assert plain not in old
    assert len(new) <= 200
    assert totp.plain_secret(KEYS[1:], 7, new) == totp.plain_secret(KEYS, 7, new)
    for keys, staff_id, token in ((KEYS[1:], 7, old), (KEYS, 8, new), (KEYS, 7, new[:-4]), (KEYS, 7, "")):
        with pytest.raises(Refusal, match="reset-second-factor"):
            totp.plain_secret(keys, staff_id, token)


def test_a_code_is_that_of_now_or_of_the_step_beside() -> None:
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    now = int(NOW.timestamp()) // 30
    for steps, found in ((-2, None), (-1, now - 1), (0, now), (1, now + 1), (2, None)):
        assert totp.counter_of(secret, totp.code_at(secret, NOW + steps * totp.STEP), now=NOW) == found
    code = totp.code_at(secret, NOW)
    assert totp.counter_of(secret, f" {code[:3]} {code[3:]}", now=NOW) == now
    for typed in ("", code[:5], f"{code}0", f"-{code[1:]}", "١٢٣٤٥٦", code.replace(code[0], "x")):
        assert totp.counter_of(secret, typed, now=NOW) is None


def test_the_drawing_keeps_to_the_content_security_policy() -> None:
    drawn = totp.drawing("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", email="a@b.example", seller='Harbor "S" & <Co>')
    assert drawn.startswith("<svg")
    assert "style" not in drawn
    assert "script" not in drawn


def test_recovery_codes_have_eighty_bits_and_are_found_however_they_are_typed() -> None:
    codes = recovery.new_codes()
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"([A-Z2-7]{4}-){3}[A-Z2-7]{4}", code) for code in codes)
    stored = list(enumerate(recovery.hashed(codes[:3])))
    assert codes[1] not in str(stored)
    assert recovery.find(codes[1], stored) == 1
    assert recovery.find(codes[2].lower().replace("-", " "), stored) == 2
    assert recovery.find(codes[3], stored) is None
    assert recovery.find("", stored) is None


@pytest.mark.parametrize(
    ("address", "possible"),
    [
        ("https://pay.harborsupply.example", True),
        ("http://localhost:8000", True),
        ("http://127.0.0.1:8000", False),
        ("https://203.0.113.7", False),
        ("https://[2001:db8::1]", False),
        ("http://pay.harborsupply.example", False),
    ],
)
def test_passkeys_need_a_name_and_https(address: str, possible: bool) -> None:
    assert passkeys.are_possible(Settings.model_validate({"base_url": address})) is possible


@pytest.mark.parametrize(
    "wanted",
    ["/admin", "/admin/disputes", "/admin/disputes/ab12?turn=seller&page=2", "/admin/account/sessions", "/admin?a=%2F"],
)
def test_pages_of_the_admin_may_be_gone_on_to(wanted: str) -> None:
    assert own_address(wanted) == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        *("", "admin", "//admin", "/admin//evil", "/admin/..", "/admin/../a", "/admin/./x", "/admin/..?x", "/adminx"),
        *("/admin\\evil", "/admin/x\r\nSet-Cookie: a", "/admin/%2e%2e/a", "/admin\n", "javascript:1", "/admin#x"),
        *("https://a.example/admin", "/a/b", "/admin/" + "x" * 2000, "/admin/é"),
    ],
)
def test_nothing_else_may_be_gone_on_to(wanted: str) -> None:
    assert own_address(wanted) == "/admin"


@given(st.text(alphabet="/admin.\\%?#:@ \t\r\nx0", max_size=30))
def test_wherever_one_goes_on_to_begins_in_the_admin(wanted: str) -> None:
    found = own_address(wanted)
    assert re.fullmatch(r"/admin([/?][^\\#\s]*)?", found)
    assert "//" not in found.partition("?")[0]
