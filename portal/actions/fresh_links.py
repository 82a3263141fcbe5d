"""Sending a fresh pay link to the address on file.

Who asks learns nothing: a known and an unknown address get the same answer, and are counted alike.
"""

import hashlib
from datetime import datetime

from portal.actions import history, letters, throttle
from portal.actions.links import contact_on_file, state_of
from portal.links import LinkToken
from portal.records import Session, accounts, links
from portal.records.accounts import ContactRow

PER_ADDRESS = 3
PER_VISITOR = 20


def send_fresh_links(session: Session, *, email: str, visitor: str, now: datetime) -> None:
    """Stage a letter with a fresh link for each account that has this address on file, if any has.

    `visitor` is where the request comes from. Too many requests are refused alike, whoever owns the address.
    """
    counted = _count(session, email.strip().lower(), visitor, now)
    for contact in accounts.contacts_by_email(session, email):
        _stage(session, contact, counted=counted, now=now)


def send_fresh_link(session: Session, token: LinkToken | None, *, visitor: str, now: datetime) -> None:
    """As above, for whoever shows a token that has expired: same reach, to the address of that link.

    Any other token stages nothing. Tokens are counted by themselves: a limit shared with an address would tell
    whoever holds a link, by being reached, that the address they guess is the one on file.
    """
    counted = _count(session, f"link:{token.public_id}" if token else f"link-from:{visitor}", visitor, now)
    view = links.by_public_id(session, token.public_id) if token else None
    contact = contact_on_file(session, view) if view else None
    if token and view and contact and state_of(view, token.version, now=now) == "expired":
        link = view.link
        about = {"charge_id": link.charge_id, "dispute_id": link.dispute_id, "plan_id": link.plan_id}
        _stage(session, contact, counted=f"{link.id}:{counted}", now=now, **about)


def _count(session: Session, wanted: str, visitor: str, now: datetime) -> str:
    """Count the request, refuse one too many, and name it: for what is `wanted`, a name is never given twice."""
    throttle.count(session, f"fresh-link-from:{visitor}", limit=PER_VISITOR, now=now)
    hashed = hashlib.sha256(wanted.encode()).hexdigest()[:32]
    times = throttle.count(session, f"fresh-link-to:{hashed}", limit=PER_ADDRESS, now=now)
    return f"{throttle.window(now):%Y%m%dT%H}:{times}"


def _stage(
    session: Session,
    contact: ContactRow,
    *,
    counted: str,
    now: datetime,
    charge_id: int | None = None,
    dispute_id: int | None = None,
    plan_id: int | None = None,
) -> None:
    letters.stage(
        session,
        kind="link",
        key=f"link:{contact.id}:{counted}",
        account_id=contact.account_id,
        contact_id=contact.id,
        charge_id=charge_id,
        dispute_id=dispute_id,
        plan_id=plan_id,
        now=now,
    )
    history.write(
        session,
        action="link.requested",
        actor=f"contact:{contact.id}",
        now=now,
        account_id=contact.account_id,
        charge_id=charge_id,
    )
