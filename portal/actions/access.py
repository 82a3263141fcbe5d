"""What a pay link shows before its button is pressed, the session that the button opens, and its reach.

Reading a link changes nothing: mail scanners open every address they see. The browser gets a new secret at
each button, never one that it brought: a cookie planted in it is worth nothing afterwards.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.actions import history
from portal.actions.links import contact_on_file, state_of
from portal.links import LinkToken
from portal.records import Session, links, sessions
from portal.rules.links import mask_email


@dataclass(frozen=True, slots=True)
class LinkPreview:
    """A living link: who it is for, what it opens, and how much is open of that."""

    account_name: str
    currency: str
    charge_number: str | None
    open_cents: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ExpiredLink:
    """A genuine link whose time is over, and where a fresh one would go (masked), if anywhere."""

    masked_email: str | None


@dataclass(frozen=True, slots=True)
class Opened:
    """The new secret for the browser's cookie, and what was opened: an account, or one document of it."""

    secret: str
    expires_at: datetime
    account: str
    charge: str | None


@dataclass(frozen=True, slots=True)
class Access:
    """What a session may see of an account: everything where `charge_ids` is None, else those documents."""

    session_id: int
    account_id: int
    contact_id: int | None
    charge_ids: frozenset[int] | None

    @property
    def whole_account(self) -> bool:
        return self.charge_ids is None

    def reaches(self, charge_id: int) -> bool:
        return self.charge_ids is None or charge_id in self.charge_ids


def preview_link(session: Session, token: LinkToken | None, *, now: datetime) -> LinkPreview | ExpiredLink | None:
    """What the page behind a link shows; None for a link that is unknown, tampered with or cut off."""
    view = links.by_public_id(session, token.public_id) if token else None
    if token is None or view is None:
        return None
    state = state_of(view, token.version, now=now)
    if state == "gone":
        return None
    if state == "expired":
        contact = contact_on_file(session, view)
        return ExpiredLink(mask_email(contact.email) if contact else None)
    return LinkPreview(
        account_name=view.account_name,
        currency=view.currency,
        charge_number=view.charge_number,
        open_cents=links.open_cents(session, view.link),
        expires_at=view.link.expires_at,
    )


def open_link(
    session: Session, token: LinkToken | None, *, secret: str | None, now: datetime, session_hours: int
) -> Opened | None:
    """Exchange a living link for a session, or add it to the browser's; None if the link is not living.

    `secret` is what the browser's cookie says. A session ends so many hours after its first link, whatever is
    added later.
    """
    view = links.by_public_id(session, token.public_id) if token else None
    if token is None or view is None or state_of(view, token.version, now=now) != "live":
        return None
    fresh = secrets.token_urlsafe(32)
    known = sessions.live(session, _hashed(secret), now=now) if secret else None
    if known is None:
        expires_at = now + timedelta(hours=session_hours)
        session_id = sessions.add(session, _hashed(fresh), now=now, expires_at=expires_at)
    else:
        session_id, expires_at = known
        sessions.change_secret(session, session_id, _hashed(fresh))
    sessions.grant(session, session_id, link_id=view.link.id, link_version=view.link.version, now=now)
    links.mark_opened(session, view.link.id, now=now)
    contact = view.link.contact_id
    history.write(
        session,
        action="link.opened",
        actor=f"contact:{contact}" if contact else f"link:{view.link.id}",
        now=now,
        account_id=view.link.account_id,
        charge_id=view.link.charge_id,
        detail={"link": view.link.id, "session": session_id},
    )
    return Opened(fresh, expires_at, view.account_public_id, view.charge_public_id)


def find_access(session: Session, secret: str | None, account: str, *, now: datetime) -> Access | None:
    """What the browser with this secret may see of the account of this public id; None for nothing at all."""
    grants = sessions.live_grants(session, _hashed(secret), account, now=now) if secret else []
    if not grants:
        return None
    widest = next((grant for grant in grants if grant.charge_id is None), grants[-1])
    documents = frozenset(grant.charge_id for grant in grants if grant.charge_id is not None)
    return Access(
        session_id=widest.session_id,
        account_id=widest.account_id,
        contact_id=widest.contact_id,
        charge_ids=None if widest.charge_id is None else documents,
    )


def end_session(session: Session, secret: str, *, now: datetime) -> None:
    """The secret opens nothing any more, in whatever browser it is."""
    sessions.end(session, _hashed(secret), now=now)


def _hashed(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
