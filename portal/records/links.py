"""Questions about pay links: one with all that its first page shows, those of an account, their end."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, select, update

from portal.records.accounts import AccountRow
from portal.records.engine import Session
from portal.records.tables import accounts, charges, collections, contacts, disputes, links, plans
from portal.records.types import new_public_id


class LinkRow(NamedTuple):
    """A link as the owner sees it. Without `contact_id` it is nobody's in particular; without `charge_id` it
    opens the whole account. With `dispute_id` its button leads to that dispute, and it opens no more than the
    dispute's charge; with `plan_id` to that payment plan, with `collection_id` to the confirming of that charge, and
    it opens the whole account. `opened_at` is when a person first pressed its button."""

    id: int
    public_id: str
    account_id: int
    contact_id: int | None
    charge_id: int | None
    dispute_id: int | None
    plan_id: int | None
    collection_id: int | None
    version: int
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    opened_at: datetime | None


class LinkView(NamedTuple):
    """A link with whom it is for and what it opens."""

    link: LinkRow
    account: AccountRow
    charge_public_id: str | None
    charge_number: str | None
    dispute_public_id: str | None
    dispute_number: str | None
    plan_public_id: str | None
    plan_number: str | None
    collection_public_id: str | None
    contact_email: str | None
    contact_removed_at: datetime | None


_LINK = tuple(links.c[name] for name in LinkRow._fields)
_VIEW = (
    select(
        *_LINK,
        *(accounts.c[name] for name in AccountRow._fields),
        charges.c.public_id,
        charges.c.number,
        disputes.c.public_id,
        disputes.c.number,
        plans.c.public_id,
        plans.c.number,
        collections.c.public_id,
        contacts.c.email,
        contacts.c.removed_at,
    )
    .join(accounts, accounts.c.id == links.c.account_id)
    .outerjoin(charges, charges.c.id == links.c.charge_id)
    .outerjoin(disputes, disputes.c.id == links.c.dispute_id)
    .outerjoin(plans, plans.c.id == links.c.plan_id)
    .outerjoin(collections, collections.c.id == links.c.collection_id)
    .outerjoin(contacts, contacts.c.id == links.c.contact_id)
)
_BY_PUBLIC_ID = _VIEW.where(links.c.public_id == bindparam("wanted"))
_BY_ID = select(*_LINK).where(links.c.id == bindparam("wanted"))
_OF_ACCOUNT = _VIEW.where(links.c.account_id == bindparam("account")).order_by(links.c.id)


def by_public_id(session: Session, public_id: str) -> LinkView | None:
    """The link that a token names, in whatever state: expired, revoked or for a contact since removed."""
    row = session.execute(_BY_PUBLIC_ID, {"wanted": public_id}).first()
    return _view(row) if row else None


def by_id(session: Session, link_id: int) -> LinkRow:
    """The link of this id, in whatever state, which must exist."""
    return LinkRow._make(session.execute(_BY_ID, {"wanted": link_id}).one())


def of_account(session: Session, account_id: int) -> Sequence[LinkView]:
    """Every link the account ever had, the oldest first."""
    return [_view(row) for row in session.execute(_OF_ACCOUNT, {"account": account_id})]


def add(
    session: Session,
    *,
    account_id: int,
    contact_id: int | None,
    charge_id: int | None,
    dispute_id: int | None,
    plan_id: int | None,
    collection_id: int | None,
    now: datetime,
    expires_at: datetime,
) -> LinkRow:
    """Insert a link in its first version; that what it names is the account's is for `fits` to say."""
    values = {
        "public_id": new_public_id(),
        "account_id": account_id,
        "contact_id": contact_id,
        "charge_id": charge_id,
        "dispute_id": dispute_id,
        "plan_id": plan_id,
        "collection_id": collection_id,
        "created_at": now,
        "expires_at": expires_at,
    }
    return LinkRow(*session.execute(insert(links).returning(*_LINK), values).one())


def fits(
    session: Session,
    *,
    account_id: int,
    contact_id: int | None,
    charge_id: int | None,
    dispute_id: int | None,
    plan_id: int | None,
    collection_id: int | None,
) -> bool:
    """Whether the contact, the document, the plan and the collection, where given, are the account's, and the dispute
    the document's. Plans and collections are of the whole account."""
    if charge_id is not None and (plan_id is not None or collection_id is not None):
        return False
    named = ((contacts, contact_id), (charges, charge_id), (plans, plan_id), (collections, collection_id))
    for table, wanted in named:
        if wanted is not None:
            owner = select(table.c.account_id).where(table.c.id == wanted)
            if session.execute(owner).scalar() != account_id:
                return False
    if dispute_id is None:
        return True
    disputed = select(disputes.c.charge_id).where(disputes.c.id == dispute_id)
    return charge_id is not None and session.execute(disputed).scalar() == charge_id


def revoke(session: Session, link_id: int, *, now: datetime) -> bool:
    """End a link for good; False if it was ended before."""
    ended = session.execute(
        update(links).where(links.c.id == link_id, links.c.revoked_at.is_(None)).values(revoked_at=now)
    )
    return ended.rowcount == 1


def mark_opened(session: Session, link_id: int, *, now: datetime) -> None:
    """A person has pressed the link's button; only the first time is kept."""
    session.execute(update(links).where(links.c.id == link_id, links.c.opened_at.is_(None)).values(opened_at=now))


def _view(row: Sequence[Any]) -> LinkView:
    link, account = len(LinkRow._fields), len(AccountRow._fields)
    return LinkView(LinkRow(*row[:link]), AccountRow(*row[link : link + account]), *row[link + account :])
