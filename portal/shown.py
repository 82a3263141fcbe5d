"""What a page has shown, and when, as a value that its form brings back: signed, so that nobody can make up another.

It opens nothing. It says that we have shown these very words, at this place, at that time.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from portal import signing

_PURPOSE = "portal.shown.v1"


class Shown(NamedTuple):
    """`digest` is the hash of what was shown, `at` an aware time."""

    digest: str
    at: datetime


def sign(keys: Sequence[str], place: str, shown: Shown) -> str:
    """The value for a form, signed with the newest key (the last one). `place` says whose it is and for what."""
    return signing.sign(keys, _PURPOSE, [place, shown.digest, shown.at.isoformat()])


def read(keys: Sequence[str], place: str, value: str) -> Shown | None:
    """What was shown there, if one of the keys signed it for this place, else None."""
    match signing.read(keys, _PURPOSE, value):
        case [str(where), str(digest), str(at)] if where == place:
            return Shown(digest, datetime.fromisoformat(at))
    return None
