"""Values that come back from a browser, signed so that nobody else can make one. Each purpose has signatures of its
own: what was signed for one says nothing for another.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

_LONGEST = 512


def sign(keys: Sequence[str], purpose: str, said: list[Any]) -> str:
    """`said` (what JSON can hold) as text that needs no escaping, signed with the newest key (the last one)."""
    return str(_serializer(keys, purpose).dumps(said))


def read(keys: Sequence[str], purpose: str, text: str) -> Any:
    """What was signed, if one of the keys did so for this purpose, else None."""
    if len(text) > _LONGEST:
        return None
    try:
        return _serializer(keys, purpose).loads(text)
    except BadData:
        return None


def _serializer(keys: Sequence[str], purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        list(keys),
        salt=purpose,
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )
