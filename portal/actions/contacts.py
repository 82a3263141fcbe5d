"""The people of a customer who get its letters: added, called otherwise, removed."""

import re
from datetime import datetime

from portal.actions import history, links
from portal.records import Session, accounts, ledger, step_up
from portal.records.accounts import AccountRow, ContactRow
from portal.rules.refusals import Conflict, Refusal

LONGEST_NAME = 200
_MOST = 50
_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;.]+")


def add(session: Session, account: AccountRow, *, name: str, email: str, now: datetime, actor: str) -> ContactRow:
    """A new contact; one who was removed is taken back, without the links of then, and letters to them are tried
    again. The name is checked by whoever read it."""
    if len(email) > 254 or not _EMAIL.fullmatch(email):
        raise Refusal("Enter an e-mail address, such as name@company.com.", field="email")
    ledger.lock_account(session, account.id)
    present = accounts.contacts_of(session, account.id)
    known = accounts.contact_of_email(session, account.id, email)
    if known is not None and known in present:
        raise Conflict("%(customer)s has a contact of this address already.", field="email", customer=account.name)
    if len(present) >= _MOST:
        raise Refusal("A customer has %(most)s contacts at most. Remove one first.", field="email", most=_MOST)
    if known is None:
        known = accounts.add_contact(session, account_id=account.id, name=name, email=email, now=now)
    else:
        accounts.set_removed(session, known.id, None)
        accounts.set_refused(session, known.id, None)
        accounts.rename_contact(session, known.id, name)
    _write(session, "contact.added", known, email=known.email, actor=actor, now=now)
    return known


def rename(session: Session, contact: ContactRow, name: str, *, now: datetime, actor: str) -> None:
    """Call them otherwise. Another address is another contact: it must not inherit what was sent to the old one."""
    accounts.rename_contact(session, contact.id, name)
    _write(session, "contact.renamed", contact, name=name, actor=actor, now=now)


def remove(session: Session, contact: ContactRow, *, now: datetime, actor: str) -> None:
    """They get no letters any more, and their links, what these opened and the browsers they confirmed end at once."""
    accounts.set_removed(session, contact.id, now)
    step_up.revoke_all(session, contact.id, now=now)
    for view in links.list_links(session, contact.account_id):
        if view.link.contact_id == contact.id:
            links.revoke_link(session, view.link, now=now, actor=actor)
    _write(session, "contact.removed", contact, email=contact.email, actor=actor, now=now)


def _write(session: Session, action: str, contact: ContactRow, *, actor: str, now: datetime, **detail: str) -> None:
    history.write(
        session,
        action=action,
        actor=actor,
        now=now,
        account_id=contact.account_id,
        detail={"contact": contact.id, **detail},
    )
