"""The list of differences between Stripe and the ledger, those that are gone too."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from portal.records.listing import Condition, Listing
from portal.records.tables import breaks


class BreakListedRow(NamedTuple):
    """A difference: what the ledger says, what Stripe says, and what to do about it."""

    id: int
    kind: str
    subject: str
    ours: str
    theirs: str
    repair: str
    found_at: datetime
    closed_at: datetime | None


def _state(value: str) -> Condition:
    return breaks.c.closed_at.is_(None) if value == "open" else breaks.c.closed_at.is_not(None)


BREAKS = Listing(
    found=select(*(breaks.c[name] for name in BreakListedRow._fields)),
    row=BreakListedRow._make,
    searched=(breaks.c.kind, breaks.c.subject, breaks.c.ours, breaks.c.theirs),
    sorts={"found": breaks.c.found_at, "kind": breaks.c.kind},
    last=breaks.c.id,
    choices={"state": _state},
)
