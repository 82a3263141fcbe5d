"""Ten codes on paper, for whoever has lost their phone: shown once, stored as hashes, each good for one time."""

import base64
import secrets
from collections.abc import Iterable

from admin.access import passwords

_HOW_MANY = 10
_BYTES = 10


def new_codes() -> list[str]:
    """Ten codes of 80 random bits, such as `ABCD-EFGH-IJKL-MN23`."""
    drawn = (base64.b32encode(secrets.token_bytes(_BYTES)).decode() for _ in range(_HOW_MANY))
    return ["-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in drawn]


def hashed(codes: Iterable[str]) -> list[str]:
    """What is stored of them."""
    return [passwords.hashed(_bare(code)) for code in codes]


def find(typed: str, stored: Iterable[tuple[int, str]]) -> int | None:
    """The id of the code that was typed, whatever its case and its dashes, among (id, hash); None if it is none."""
    bare = _bare(typed)
    if len(bare) != 16:
        return None
    return next((code_id for code_id, code_hash in stored if passwords.matches(bare, code_hash)), None)


def _bare(code: str) -> str:
    return "".join(character for character in code.upper() if character.isascii() and character.isalnum())
