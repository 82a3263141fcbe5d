"""Passwords of staff: argon2id, a few at a time, and the same time for an account that does not exist."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from portal.rules.refusals import Refusal

SHORTEST = 15
LONGEST = 200

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
# A hash takes 19 MiB and a processor for some 40 ms: a crowd at the log-in page must leave room for customers.
_AT_ONCE = threading.BoundedSemaphore(2)
# Whoever waits for a place holds one of the threads that serve pages.
_QUEUE = threading.BoundedSemaphore(2 + 8)
# Hashed where there is no account: how long the answer takes tells nothing.
_NOBODYS = _HASHER.hash("nobody has this password")


def hashed(password: str) -> str:
    """What is stored of a password, or of a recovery code. Refused where too many wait for their turn."""
    with _turn():
        return _HASHER.hash(password)


def matches(password: str, stored: str | None) -> bool:
    """Whether it is the one that was hashed; `stored` None takes as long and says no.

    Refused where too many wait for their turn.
    """
    with _turn():
        try:
            _HASHER.verify(stored or _NOBODYS, password)
        except (VerificationError, InvalidHashError):
            return False
    return bool(stored)


def is_outdated(stored: str) -> bool:
    """Whether passwords are hashed with other parameters today."""
    return _HASHER.check_needs_rehash(stored)


def judge(password: str, *, email: str) -> None:
    """Refuse a password that is too easy: shorter than 15 characters, or made of the address."""
    if len(password) < SHORTEST:
        raise Refusal("Use at least 15 characters, for example four words that do not belong together.")
    if len(password) > LONGEST:
        raise Refusal("Use at most 200 characters.")
    if email.split("@")[0].lower() in password.lower():
        raise Refusal("Leave your email address out of the password.")
    if len(set(password)) < 5:
        raise Refusal("Use more than a few different characters.")


@contextmanager
def _turn() -> Iterator[None]:
    if not _QUEUE.acquire(blocking=False):
        raise Refusal("Many are logging in at the moment. Try again in a minute.", status=503)
    try:
        with _AT_ONCE:
            yield
    finally:
        _QUEUE.release()
