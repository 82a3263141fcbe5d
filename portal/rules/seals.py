"""The chain that closes the history: each seal is the hash of the one before it and of one act."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

FIRST = bytes(32)


def seal(
    before: bytes,
    *,
    row_id: int,
    at: datetime,
    actor: str,
    action: str,
    account_id: int | None,
    charge_id: int | None,
    detail: Mapping[str, object],
) -> bytes:
    """The 32 bytes that seal an act, after the seal `before` it (FIRST for the first of all)."""
    said = [row_id, at.isoformat(timespec="microseconds"), actor, action, account_id, charge_id, detail]
    return hashlib.sha256(before + _canonical(said)).digest()


def _canonical(value: object) -> bytes:
    """The one way to write it: databases keep neither the spaces of JSON nor the order of its keys."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
