"""The store of attachments against their rows: clearing away what nobody needs, and finding what does not agree."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

import structlog

from portal.gateways.files import FileMissing, Files, FilesUnavailable, made_at
from portal.records import attachments as records
from portal.records.attachments import AttachmentRow
from portal.resources import Resources
from portal.rules.refusals import Refusal

# A draft lives as long as somebody may still be filling in the form, a file without a row as long as its row may come.
_LIFE = timedelta(hours=24)
# Crashes leave one or two. So many mean that another installation keeps its files in the same place.
_MOST_ORPHANS = 100
_BATCH = 200

log = structlog.get_logger()


def sweep(resources: Resources, *, now: datetime) -> int:
    """Remove drafts that became part of nothing, with their files, and files that have no row; how many files."""
    # A store that is away says so here, before any row is gone that still has its file.
    next(iter(resources.files.names()), None)
    with resources.writing() as session:
        dropped = records.forget_drafts(session, before=now - _LIFE)
    for name in dropped:
        resources.files.delete(name)
    orphans = [*islice(_orphans(resources, before=now - _LIFE), _MOST_ORPHANS + 1)]
    if len(orphans) > _MOST_ORPHANS:
        log.error("files.not_ours", why="too many files have no row: does another installation keep its files there?")
        return len(dropped)
    for name in orphans:
        resources.files.delete(name)
    if dropped or orphans:
        log.info("files.swept", drafts=len(dropped), orphans=len(orphans))
    return len(dropped) + len(orphans)


def check_files(resources: Resources, *, now: datetime) -> list[str]:
    """A sentence for each attachment whose file is not what was stored, and each stored file that nothing refers to.

    Reads every file there is. Raises Refusal where the store does not answer.
    """
    try:
        return [*_damaged(resources), *_forgotten(resources, now=now)]
    except FilesUnavailable as error:
        raise Refusal(f"The files cannot be read: {error}\nCheck PORTAL_FILES_URL and what belongs to it.") from None


def _damaged(resources: Resources) -> Iterator[str]:
    with resources.reading() as session:
        rows = [*records.everything(session)]
    for row in rows:
        for name in row.stored:
            wrong = _wrong(resources.files, row, name)
            # A draft may have been cleared away meanwhile.
            if wrong and _is_known(resources, name):
                yield f"attachment {row.public_id} ({row.name}): its file {name} {wrong}"


def _wrong(files: Files, row: AttachmentRow, name: str) -> str:
    try:
        data = files.read(name)
    except FileMissing:
        return "is missing"
    if name == row.storage_name and hashlib.sha256(data).digest() != row.sha256:
        return "is not what was stored"
    return "" if data else "is empty"


def _is_known(resources: Resources, name: str) -> bool:
    with resources.reading() as session:
        return bool(records.known(session, [name]))


def _forgotten(resources: Resources, *, now: datetime) -> Iterator[str]:
    # Those of one day are the sweeper's.
    for name in _orphans(resources, before=now - 2 * _LIFE):
        yield f"file {name} belongs to no attachment"


def _orphans(resources: Resources, *, before: datetime) -> Iterator[str]:
    """Stored names from before that time that no row refers to."""
    old = (name for name in resources.files.names() if made_at(name) < before)
    for names in _batches(old):
        with resources.reading() as session:
            known = records.known(session, names)
        yield from (name for name in names if name not in known)


def _batches(names: Iterable[str]) -> Iterator[list[str]]:
    names = iter(names)
    while batch := [*islice(names, _BATCH)]:
        yield batch
