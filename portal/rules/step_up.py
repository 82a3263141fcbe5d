"""The code that confirms a browser: six digits from a letter, good for ten minutes, for five tries and for one use.

Six digits are soon guessed by whoever can try them all: what is kept of them is worth nothing without our keys.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from datetime import timedelta

DIGITS = 6
LASTS = timedelta(minutes=10)
MOST_TRIES = 5
DEVICE_LASTS = timedelta(days=180)

_PURPOSE = "portal.step-up-code.v1"
_BETWEEN = re.compile(r"[\s\-‐‑‒–—]+")


def read_code(typed: str) -> str | None:
    """The digits of what was typed, whatever stands between them; None where it is no code at all."""
    digits = _BETWEEN.sub("", typed)
    return digits if re.fullmatch(f"[0-9]{{{DIGITS}}}", digits) else None


def sealed(key: str, code_id: int, code: str) -> bytes:
    """What is stored of a code, 32 bytes that tell nothing without the key."""
    return hmac.digest(key.encode(), f"{_PURPOSE}:{code_id}:{code}".encode(), hashlib.sha256)


def is_it(keys: Iterable[str], code_id: int, code: str, stored: bytes) -> bool:
    """Whether this is the code that was sealed with one of the keys."""
    return any(hmac.compare_digest(sealed(key, code_id, code), stored) for key in keys)


def masked(email: str) -> str:
    """`j•••@example.com`: enough for whoever owns the address."""
    name, _, domain = email.rpartition("@")
    return f"{name[:1]}•••@{domain}"
