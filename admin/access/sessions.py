"""The sessions of staff: what a browser's cookie stands for, and how one begins, is proved, and ends.

The browser gets a new secret at each step, never one that it brought; only the secret's hash is stored.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.records import Session, staff_sessions
from portal.records.staff import StaffRow
from portal.records.staff_sessions import StaffSessionRow

LASTS = timedelta(hours=12)
# Between the password and the second factor.
HALF_OPEN_LASTS = timedelta(minutes=10)
# For so long after the second factor was shown, it is not asked for again.
CONFIRMED_LASTS = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Held:
    """What a cookie stands for: a session that lives, and whose it is."""

    session: StaffSessionRow
    staff: StaffRow

    @property
    def is_open(self) -> bool:
        """Whether the second factor was shown too."""
        return self.session.verified_at is not None

    def is_confirmed(self, now: datetime) -> bool:
        """Whether the second factor was shown within the last five minutes."""
        at = self.session.confirmed_at
        return at is not None and timedelta() <= now - at < CONFIRMED_LASTS


@dataclass(frozen=True, slots=True)
class Fresh:
    """The new secret for the browser's cookie, and when the session ends."""

    secret: str
    expires_at: datetime


def find(session: Session, secret: str | None, *, now: datetime) -> Held | None:
    """The session that this secret stands for, half open or open; None where there is none, or it has ended."""
    found = staff_sessions.live(session, _hashed(secret), now=now) if secret else None
    return Held(*found) if found else None


def begin(session: Session, staff_id: int, *, address: str, browser: str, now: datetime) -> Fresh:
    """A half-open session for somebody whose password was right."""
    fresh = Fresh(secrets.token_urlsafe(32), now + HALF_OPEN_LASTS)
    staff_sessions.add(
        session,
        staff_id,
        _hashed(fresh.secret),
        address=address,
        browser=browser[:200],
        now=now,
        expires_at=fresh.expires_at,
    )
    return fresh


def open_fully(session: Session, held: Held, *, now: datetime) -> Fresh:
    """The second factor was shown for the first time: from here the session lasts twelve hours, whatever happens."""
    fresh = Fresh(secrets.token_urlsafe(32), now + LASTS)
    staff_sessions.open_fully(session, held.session.id, _hashed(fresh.secret), now=now, expires_at=fresh.expires_at)
    return fresh


def confirm(session: Session, held: Held, *, now: datetime) -> Fresh:
    """The second factor was shown again. The session ends when it would have ended."""
    fresh = Fresh(secrets.token_urlsafe(32), held.session.expires_at)
    staff_sessions.confirm(session, held.session.id, _hashed(fresh.secret), now=now)
    return fresh


def _hashed(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
