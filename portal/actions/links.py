"""Making pay links, ending them, and telling how one stands."""

from collections.abc import Sequence
from datetime import datetime

from portal.actions import history
from portal.records import Session, accounts
from portal.records import links as records
from portal.records.accounts import ContactRow
from portal.records.links import LinkRow, LinkView
from portal.rules.links import LinkFacts, LinkState, link_state


def create_link(
    session: Session,
    *,
    account_id: int,
    contact_id: int | None,
    charge_id: int | None,
    now: datetime,
    expires_at: datetime,
    dispute_id: int | None = None,
    plan_id: int | None = None,
    collection_id: int | None = None,
    actor: str = "portal",
) -> LinkRow:
    """A link to the whole account, or to one document of it where `charge_id` says so; its button
    leads to a dispute about that document, to a payment plan of the account, or to the confirming of a charge, where
    `dispute_id`, `plan_id` or `collection_id` says so."""
    if not records.fits(
        session, account_id=account_id, contact_id=contact_id, charge_id=charge_id, dispute_id=dispute_id,
        plan_id=plan_id, collection_id=collection_id,
    ):  # fmt: skip
        raise ValueError("what a link names belongs to its account, its dispute to the document")
    link = records.add(
        session,
        account_id=account_id,
        contact_id=contact_id,
        charge_id=charge_id,
        dispute_id=dispute_id,
        plan_id=plan_id,
        collection_id=collection_id,
        now=now,
        expires_at=expires_at,
    )
    _write(session, "link.created", link, actor=actor, now=now)
    return link


def revoke_link(session: Session, link: LinkRow, *, now: datetime, actor: str) -> bool:
    """Cut off the link, its copies and the sessions they opened; False if that was done before."""
    ended = records.revoke(session, link.id, now=now)
    if ended:
        _write(session, "link.revoked", link, actor=actor, now=now)
    return ended


def list_links(session: Session, account_id: int) -> Sequence[LinkView]:
    """Every link of the account, living or not, the oldest first."""
    return records.of_account(session, account_id)


def state_of(view: LinkView, token_version: int, *, now: datetime) -> LinkState:
    """How the link stands towards a token of that version."""
    facts = LinkFacts(
        token_version=token_version,
        version=view.link.version,
        expires_at=view.link.expires_at,
        revoked_at=view.link.revoked_at,
        contact_removed_at=view.contact_removed_at,
    )
    return link_state(facts, now=now)


def contact_on_file(session: Session, view: LinkView) -> ContactRow | None:
    """Who gets a fresh copy of this link: its contact, else the account's oldest."""
    if view.link.contact_id is not None:
        return accounts.contact(session, view.link.contact_id)
    return next(iter(accounts.contacts_of(session, view.link.account_id)), None)


def _write(session: Session, action: str, link: LinkRow, *, actor: str, now: datetime) -> None:
    history.write(
        session,
        action=action,
        actor=actor,
        now=now,
        account_id=link.account_id,
        charge_id=link.charge_id,
        detail={"link": link.id, "contact": link.contact_id},
    )
