"""Pay links: the token in an emailed address, signed so that nobody else can make one.

It names a link's row and its version and nothing more: no person, no amount, no time. Whether the link still
opens anything is the row's business, so a token can be cut off, and an expired one can still be read.
"""

from collections.abc import Sequence
from typing import NamedTuple

from portal import signing

_PURPOSE = "portal.pay-link.v1"


class LinkToken(NamedTuple):
    """What a token says: which link, and which version of it."""

    public_id: str
    version: int


def sign(keys: Sequence[str], public_id: str, version: int) -> str:
    """The token of a link, signed with the newest key (the last one)."""
    return signing.sign(keys, _PURPOSE, [public_id, version])


def read(keys: Sequence[str], token: str) -> LinkToken | None:
    """What the token says if one of the keys signed it exactly so, else None."""
    match signing.read(keys, _PURPOSE, token):
        case [str(public_id), int(version)] if any(
            # Base64 has several spellings of one signature; only the one that we wrote is a token.
            sign([key], public_id, version) == token
            for key in keys
        ):
            return LinkToken(public_id, version)
    return None
