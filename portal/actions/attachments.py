"""Files that customers and staff attach: kept as drafts, bound to a dispute when that is filed or answered, read again.

A file is stored before its row, and a row is removed before its file: no row ever lacks its file, and a file without
a row is what a crash has left (`actions/stored_files` clears that away).
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import structlog

from portal.actions import history, throttle
from portal.actions.throttle import TooMany
from portal.gateways import images
from portal.gateways.files import FileMissing, FilesUnavailable
from portal.gateways.images import Picture
from portal.records import Session
from portal.records import attachments as records
from portal.records.attachments import AttachmentRow
from portal.records.types import new_public_id
from portal.resources import Resources
from portal.rules.attachments import LARGEST_BYTES as LARGEST_BYTES
from portal.rules.attachments import MOST_FILES as MOST_FILES
from portal.rules.attachments import PDF, check_size, check_type, shown_name
from portal.rules.refusals import Conflict, NotFound, Refusal

_MOST_AN_HOUR = 20

log = structlog.get_logger()


def keep(
    resources: Resources,
    *,
    account_id: int,
    session_id: int | None,
    name: str,
    data: bytes,
    now: datetime,
    actor: str | None = None,
) -> AttachmentRow:
    """Keep a file as a draft of this session; staff, who have none, say as `actor` who they are.

    Pictures are drawn anew, so what is kept is not what was sent. Raises Refusal for what may not be sent or cannot be
    read, TooMany for the twenty-first file of a customer within the hour.
    """
    check_size(len(data))
    kind = images.media_type(data)
    check_type(kind, name)
    assert kind is not None
    if session_id is not None:
        _count(resources, account_id, now=now)
    kept = Picture(PDF, data, b"") if kind == PDF else images.draw_anew(data, kind)
    storage_name, thumbnail_name = _store(resources, kept, now=now)
    values: dict[str, object] = {
        "public_id": new_public_id(),
        "account_id": account_id,
        "session_id": session_id,
        "name": shown_name(name, kept.media_type),
        "media_type": kept.media_type,
        "size_bytes": len(kept.body),
        "sha256": hashlib.sha256(kept.body).digest(),
        "storage_name": storage_name,
        "thumbnail_name": thumbnail_name,
        "created_at": now,
    }
    with resources.writing() as session:
        row = records.add(session, values)
        history.write(
            session,
            action="attachment.kept",
            actor=actor or f"session:{session_id}",
            now=now,
            account_id=account_id,
            detail={"attachment": row.public_id, "name": row.name, "sha256": row.sha256.hex()},
        )
    return row


def drafts(
    session: Session, session_id: int | None, account_id: int, public_ids: Sequence[str]
) -> Sequence[AttachmentRow]:
    """These drafts, in this order and each once. NotFound where one is of another session or account, belongs to a
    dispute already, or has expired."""
    wanted = [*dict.fromkeys(public_ids)]
    found = {row.public_id: row for row in records.drafts(session, session_id, account_id, wanted)}
    if len(found) < len(wanted):
        raise NotFound("One of the files is not here any more. Attach it again.", field="files")
    return [found[public_id] for public_id in wanted]


def bind(session: Session, rows: Sequence[AttachmentRow], dispute_id: int, message_id: int | None) -> None:
    """Make drafts part of a dispute and of a message in it; Conflict where somebody else has just done that."""
    if records.bind(session, [row.id for row in rows], dispute_id, message_id) < len(rows):
        raise Conflict("One of the files has been used already, or is gone. Reload the page to see.", field="files")


def of_dispute(session: Session, dispute_id: int) -> Sequence[AttachmentRow]:
    """Everything that was attached to it, in the order of sending."""
    return records.of_dispute(session, dispute_id)


def find(session: Session, account_id: int, dispute_id: int, public_id: str) -> AttachmentRow:
    """This file of this dispute of this account; NotFound otherwise."""
    row = records.find(session, account_id, dispute_id, public_id)
    if row is None:
        raise NotFound("There is no such file. Go back and reload the page.")
    return row


def read(resources: Resources, row: AttachmentRow, *, thumbnail: bool = False) -> bytes:
    """The file, or the small JPEG of a picture. Raises Refusal where it is not what was stored, or not to be had."""
    name = row.thumbnail_name if thumbnail else row.storage_name
    if name is None:
        raise NotFound("There is no picture of this file. Download the file itself.")
    try:
        data = resources.files.read(name)
    except FileMissing:
        log.error("attachment.missing", attachment=row.public_id, stored=name)
        data = b""
    except FilesUnavailable as error:
        raise _away(error) from error
    if not thumbnail and hashlib.sha256(data).digest() != row.sha256:
        log.error("attachment.damaged", attachment=row.public_id, stored=name)
        data = b""
    if not data:
        raise Refusal(
            "This file was lost or damaged where it is kept, so it is not shown. Ask for it to be sent again.",
            status=410,
        )
    return data


def _count(resources: Resources, account_id: int, *, now: datetime) -> None:
    try:
        with resources.writing() as session:
            throttle.count(session, f"attachments:{account_id}", limit=_MOST_AN_HOUR, now=now)
    except TooMany:
        raise TooMany(
            "%(most)s files were sent within the hour. Try again in an hour, or send the rest by email.",
            field="files",
            most=_MOST_AN_HOUR,
        ) from None


def _store(resources: Resources, kept: Picture, *, now: datetime) -> tuple[str, str | None]:
    try:
        name = resources.files.write(kept.body, now=now)
        return name, resources.files.write(kept.thumbnail, now=now) if kept.thumbnail else None
    except FilesUnavailable as error:
        raise _away(error) from error


def _away(error: FilesUnavailable) -> Refusal:
    log.error("files.unavailable", why=str(error))
    return Refusal("Files cannot be reached at the moment. Please try again in a few minutes.", status=503)
