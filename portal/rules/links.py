"""When a pay link opens, and what may be shown of an address to somebody who is not known to own it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

LinkState = Literal["live", "expired", "gone"]


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """What decides whether a token opens its link. `token_version` is the token's, `version` the row's."""

    token_version: int
    version: int
    expires_at: datetime
    revoked_at: datetime | None
    contact_removed_at: datetime | None


def link_state(facts: LinkFacts, *, now: datetime) -> LinkState:
    """Live; expired (the same person may have a fresh one); or gone, because somebody cut it off."""
    cut_off = facts.revoked_at is not None or facts.contact_removed_at is not None
    if cut_off or facts.token_version != facts.version:
        return "gone"
    return "live" if now < facts.expires_at else "expired"


def mask_email(email: str) -> str:
    """`anna@example.com` as `a•••@example.com`: enough for its owner to recognise, too little to learn it."""
    person, _, domain = email.rpartition("@")
    return f"{person[:1]}•••@{domain}"
