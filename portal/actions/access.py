"""What a pay link shows before its button is pressed, the session that the button opens, and its reach.

Reading a link changes nothing: mail scanners open every address they see. The browser gets a new secret at
each button, never one that it brought: a cookie planted in it is worth nothing afterwards.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.actions import history, statements
from portal.actions.links import state_of
from portal.actions.policies import Policy
from portal.links import LinkToken
from portal.records import Session, links, sessions
from portal.records.accounts import AccountRow
from portal.rules.statement import Statement


@dataclass(frozen=True, slots=True)
class LinkPreview:
    """A living link: who it is for, what it opens (`document` is a number, None for everything), and how much
    is open of that on the seller's day `on`; `due_on` is the document's. `dispute`, `plan`: the number of the one
    that it leads to."""

    customer: str
    currency: str
    document: str | None
    on: date
    balance_cents: int
    overdue_cents: int
    due_on: date | None
    dispute: str | None = None
    plan: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """The new secret for the browser's cookie, and what was opened: an account, a document, a dispute about it,
    a plan, a charge to be confirmed."""

    secret: str
    expires_at: datetime
    account: str
    charge: str | None
    dispute: str | None
    plan: str | None
    collection: str | None


@dataclass(frozen=True, slots=True)
class Access:
    """What a session may see of an account: everything where `charge_ids` is None, else those documents."""

    session_id: int
    account: AccountRow
    contact_id: int | None
    charge_ids: frozenset[int] | None

    @property
    def whole_account(self) -> bool:
        return self.charge_ids is None

    @property
    def actor(self) -> str:
        """What the history calls whoever acts: the contact, else the browser's session."""
        return f"contact:{self.contact_id}" if self.contact_id else f"session:{self.session_id}"

    def reaches(self, charge_id: int) -> bool:
        return self.charge_ids is None or charge_id in self.charge_ids

    def reaches_all(self, charge_ids: Iterable[int]) -> bool:
        """What a payment was for: a link to one document does not show money that is on no document."""
        found = list(charge_ids)
        return self.charge_ids is None or (bool(found) and self.charge_ids.issuperset(found))


def preview_link(session: Session, token: LinkToken | None, *, policy: Policy, now: datetime) -> LinkPreview | None:
    """What the page behind a link shows; None for one that opens nothing, whatever the reason."""
    view = links.by_public_id(session, token.public_id) if token else None
    if token is None or view is None or state_of(view, token.version, now=now) != "live":
        return None
    shown = statements.load(session, view.account, on=policy.today, policy=policy).statement
    if view.link.charge_id is None:
        balance_cents, overdue_cents, due_on = shown.balance.balance_cents, shown.overdue_cents, None
    else:
        balance_cents, overdue_cents, due_on = _of_document(shown, view.link.charge_id)
    return LinkPreview(
        customer=view.account.name,
        currency=view.account.currency,
        document=view.charge_number,
        on=policy.today,
        balance_cents=balance_cents,
        overdue_cents=overdue_cents,
        due_on=due_on,
        dispute=view.dispute_number,
        plan=view.plan_number,
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
    return Opened(
        fresh,
        expires_at,
        view.account.public_id,
        view.charge_public_id,
        view.dispute_public_id,
        view.plan_public_id,
        view.collection_public_id,
    )


def find_access(session: Session, secret: str | None, account: str, *, now: datetime) -> Access | None:
    """What the browser with this secret may see of the account of this public id; None for nothing at all."""
    grants = sessions.live_grants(session, _hashed(secret), account, now=now) if secret else []
    if not grants:
        return None
    whole = [grant for grant in grants if grant.charge_id is None]
    # Somebody in particular before nobody: only a contact can be sent a code.
    widest = next((grant for grant in whole if grant.contact_id is not None), (whole or grants[-1:])[0])
    documents = frozenset(grant.charge_id for grant in grants if grant.charge_id is not None)
    return Access(
        session_id=widest.session_id,
        account=widest.account,
        contact_id=widest.contact_id,
        charge_ids=None if widest.charge_id is None else documents,
    )


def end_session(session: Session, secret: str, *, now: datetime) -> None:
    """The secret opens nothing any more, in whatever browser it is."""
    sessions.end(session, _hashed(secret), now=now)


def _of_document(shown: Statement, charge_id: int) -> tuple[int, int, date | None]:
    """What is open of one document, what of it is overdue, and when it is due; a paid one is on no statement."""
    for row in shown.rows:
        if row.item.charge_id == charge_id:
            payable_cents = row.item.parts.payable_cents
            return row.item.parts.open_cents, payable_cents if row.days_past_due else 0, row.item.due_on
    return 0, 0, None


def _hashed(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
