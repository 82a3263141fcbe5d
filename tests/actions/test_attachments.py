"""Attached files from the draft to the dispute."""

import hashlib
from dataclasses import replace
from pathlib import Path
from threading import Lock

import pytest
from sqlalchemy import select

from e2e.files import MemoryFiles
from portal.actions import attachments
from portal.actions.attachments import LARGEST_BYTES, drafts, find, of_dispute, read
from portal.actions.throttle import TooMany
from portal.records.tables import history
from portal.rules.attachments import JPEG, PDF
from portal.rules.refusals import Conflict, NotFound, Refusal
from tests.support.attaching import PAPER, Desk
from tests.support.pictures import flag, opened, saved
from tests.support.shop import Shop, together


@pytest.fixture
def desk(shop: Shop, tmp_path: Path) -> Desk:
    return Desk(shop, tmp_path / "files")


def test_a_pdf_is_kept_as_it_is(desk: Desk) -> None:
    row = desk.keep(PAPER, "../delivery note.PDF")
    assert (row.name, row.media_type, row.size_bytes) == ("delivery note.pdf", PDF, len(PAPER))
    assert row.sha256 == hashlib.sha256(PAPER).digest()
    assert row.thumbnail_name is None
    assert read(desk.resources, row) == PAPER
    with pytest.raises(NotFound, match="no picture"):
        read(desk.resources, row, thumbnail=True)


def test_a_picture_is_drawn_anew_and_small(desk: Desk) -> None:
    row = desk.keep(saved(flag(), "WEBP"), "IMG 7.webp")
    assert (row.name, row.media_type) == ("IMG 7.jpg", JPEG)
    body = read(desk.resources, row)
    assert (len(body), hashlib.sha256(body).digest()) == (row.size_bytes, row.sha256)
    assert opened(body).size == opened(read(desk.resources, row, thumbnail=True)).size == (40, 20)
    assert desk.stored() == {row.storage_name, row.thumbnail_name}
    with desk.resources.reading() as session:
        written = session.execute(select(history.c.actor, history.c.detail).order_by(history.c.id.desc())).first()
    assert written is not None
    assert written.actor == "session:1"
    assert written.detail["sha256"] == row.sha256.hex()


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "empty.pdf", "empty"),
        (b"%PDF-" + b"x" * LARGEST_BYTES, "large.pdf", "larger than 10 MB"),
        (b"<svg onload='x'/>", "box.svg", "Only PDF, JPEG and PNG"),
        (b"<html>", "page.png", "Only PDF, JPEG and PNG"),
        (PAPER, "page.html", "does not say"),
        (b"\xff\xd8\xff\xe0 broken", "box.jpg", "cannot be read"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "IMG_1.HEIC", "as a JPEG"),
    ],
)
def test_what_is_refused_leaves_nothing(desk: Desk, data: bytes, name: str, sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        desk.keep(data, name)
    assert desk.rows() == 0
    assert desk.stored() == set()


def test_twenty_files_within_the_hour_are_the_most(desk: Desk) -> None:
    for _ in range(20):
        desk.keep()
    with pytest.raises(TooMany, match="20 files were sent within the hour") as refused:
        desk.keep(session_id=2)
    assert refused.value.status == 429
    # Staff send what they must.
    desk.keep(session_id=None)
    desk.clock.move(hours=1)
    desk.keep()


def test_only_who_sent_a_draft_finds_it_and_only_until_it_is_bound(desk: Desk) -> None:
    first, second, of_staff = desk.keep(), desk.keep(), desk.keep(session_id=None)
    other = desk.shop.house.resources
    with other.reading() as session:
        given = [second.public_id, first.public_id, second.public_id]
        assert drafts(session, 1, desk.account_id, given) == [second, first]
        assert drafts(session, None, desk.account_id, [of_staff.public_id]) == [of_staff]
        assert drafts(session, 1, desk.account_id, []) == []
        for session_id, account_id, wanted in (
            (2, desk.account_id, first),
            (None, desk.account_id, first),
            (1, desk.account_id + 1, first),
            (1, desk.account_id, of_staff),
        ):
            with pytest.raises(NotFound, match="Attach it again"):
                drafts(session, session_id, account_id, [wanted.public_id])
    dispute_id = desk.dispute()
    desk.bind(first, second, to=dispute_id)
    with desk.resources.reading() as session:
        with pytest.raises(NotFound):
            drafts(session, 1, desk.account_id, [first.public_id])
        found = of_dispute(session, dispute_id)
        assert [row.public_id for row in found] == [first.public_id, second.public_id]
        assert find(session, desk.account_id, dispute_id, first.public_id) == found[0]
        for account_id, dispute in ((desk.account_id + 1, dispute_id), (desk.account_id, dispute_id + 1)):
            with pytest.raises(NotFound):
                find(session, account_id, dispute, first.public_id)
        with pytest.raises(NotFound):
            find(session, desk.account_id, dispute_id, of_staff.public_id)


def test_a_draft_is_bound_once_however_many_try(desk: Desk) -> None:
    row, ids = desk.keep(), [desk.dispute(f"D-{number}") for number in range(4)]
    lock, refused = Lock(), 0
    left = iter(ids)

    def file() -> None:
        nonlocal refused
        with lock:
            dispute_id = next(left)
        try:
            desk.bind(row, to=dispute_id)
        except Conflict:
            with lock:
                refused += 1

    together(4, file)
    assert refused == 3
    with desk.resources.reading() as session:
        assert sum(len(of_dispute(session, dispute_id)) for dispute_id in ids) == 1


def test_the_same_file_twice_is_kept_twice(desk: Desk) -> None:
    together(3, desk.keep)
    assert desk.rows() == 3
    assert len(desk.stored()) == 3


def test_a_store_that_is_away_is_told_in_a_sentence(desk: Desk) -> None:
    row = desk.keep()
    away = MemoryFiles()
    away.is_away = True
    desk.resources = replace(desk.resources, files=away)
    with pytest.raises(Refusal, match="cannot be reached") as refused:
        desk.keep()
    assert refused.value.status == 503
    with pytest.raises(Refusal, match="cannot be reached"):
        attachments.read(desk.resources, row)
    with pytest.raises(Refusal, match="PORTAL_FILES_URL"):
        desk.check()
    assert desk.rows() == 1


def test_no_name_is_ever_that_of_a_file(desk: Desk) -> None:
    names = ["../../portal.db.pdf", "a\0b.pdf", "\u202efdp.exe.pdf", "x" * 300 + ".pdf", "..pdf", "C:\\x.pdf"]
    for name in names:
        row = desk.keep(name=name)
        assert name not in row.storage_name
        assert len(row.name) <= 120
        assert read(desk.resources, row) == PAPER
