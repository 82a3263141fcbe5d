"""Attached files: their rows, never their bytes. Without a dispute a row is a draft of the session that sent it."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, insert, or_, select, update

from portal.records.engine import Session
from portal.records.tables import attachments

_BATCH = 500


class AttachmentRow(NamedTuple):
    """A file: `name` is what its sender called it, made safe to show; `storage_name` is where the bytes are."""

    id: int
    public_id: str
    account_id: int
    session_id: int | None
    dispute_id: int | None
    message_id: int | None
    name: str
    media_type: str
    size_bytes: int
    sha256: bytes
    storage_name: str
    thumbnail_name: str | None
    created_at: datetime

    @property
    def stored(self) -> tuple[str, ...]:
        """The names of its files in the store."""
        return (self.storage_name, self.thumbnail_name) if self.thumbnail_name else (self.storage_name,)


_COLUMNS = tuple(attachments.c[name] for name in AttachmentRow._fields)
_DRAFTS = select(*_COLUMNS).where(
    attachments.c.account_id == bindparam("account"),
    attachments.c.session_id.is_not_distinct_from(bindparam("sender")),
    attachments.c.dispute_id.is_(None),
    attachments.c.public_id.in_(bindparam("wanted", expanding=True)),
)
_OF_DISPUTE = select(*_COLUMNS).where(attachments.c.dispute_id == bindparam("dispute")).order_by(attachments.c.id)
_FIND = select(*_COLUMNS).where(
    attachments.c.account_id == bindparam("account"),
    attachments.c.dispute_id == bindparam("dispute"),
    attachments.c.public_id == bindparam("wanted"),
)
_BIND = (
    update(attachments)
    .where(attachments.c.id.in_(bindparam("wanted", expanding=True)), attachments.c.dispute_id.is_(None))
    .values(dispute_id=bindparam("dispute"), message_id=bindparam("message"))
    .returning(attachments.c.id)
)
_FORGET_DRAFTS = (
    delete(attachments)
    .where(attachments.c.dispute_id.is_(None), attachments.c.created_at < bindparam("before"))
    .returning(attachments.c.storage_name, attachments.c.thumbnail_name)
)
_KNOWN = select(attachments.c.storage_name, attachments.c.thumbnail_name).where(
    or_(
        attachments.c.storage_name.in_(bindparam("names", expanding=True)),
        attachments.c.thumbnail_name.in_(bindparam("names", expanding=True)),
    )
)
_AFTER = select(*_COLUMNS).where(attachments.c.id > bindparam("after")).order_by(attachments.c.id).limit(_BATCH)


def add(session: Session, values: dict[str, object]) -> AttachmentRow:
    """A new row, whose files are stored already."""
    return AttachmentRow(*session.execute(insert(attachments).values(**values).returning(*_COLUMNS)).one())


def drafts(
    session: Session, session_id: int | None, account_id: int, public_ids: Collection[str]
) -> Sequence[AttachmentRow]:
    """Those of these that are drafts of this session (None: of staff) for this account, in no order."""
    given = {"account": account_id, "sender": session_id, "wanted": [*public_ids]}
    return [AttachmentRow(*row) for row in session.execute(_DRAFTS, given)]


def bind(session: Session, ids: Collection[int], dispute_id: int, message_id: int | None) -> int:
    """Make drafts part of a dispute, and of what was said in it; how many were drafts still."""
    given = {"wanted": [*ids], "dispute": dispute_id, "message": message_id}
    return len(session.execute(_BIND, given).all())


def of_dispute(session: Session, dispute_id: int) -> Sequence[AttachmentRow]:
    """Everything that was attached to it, in the order of sending."""
    return [AttachmentRow(*row) for row in session.execute(_OF_DISPUTE, {"dispute": dispute_id})]


def find(session: Session, account_id: int, dispute_id: int, public_id: str) -> AttachmentRow | None:
    """This file of this dispute of this account."""
    given = {"account": account_id, "dispute": dispute_id, "wanted": public_id}
    row = session.execute(_FIND, given).first()
    return AttachmentRow(*row) if row else None


def forget_drafts(session: Session, *, before: datetime) -> Sequence[str]:
    """Remove drafts made before that time; the stored names that nothing refers to any more."""
    removed = session.execute(_FORGET_DRAFTS, {"before": before}).all()
    return [name for row in removed for name in row if name]


def known(session: Session, names: Collection[str]) -> frozenset[str]:
    """Those of these stored names that a row refers to; at most a few hundred at once."""
    found = session.execute(_KNOWN, {"names": [*names]})
    return frozenset(name for row in found for name in row if name) & frozenset(names)


def everything(session: Session) -> Iterator[AttachmentRow]:
    """Every row there is, a few at a time."""
    after = 0
    while batch := [AttachmentRow(*row) for row in session.execute(_AFTER, {"after": after})]:
        yield from batch
        after = batch[-1].id
