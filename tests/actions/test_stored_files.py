"""The store against its rows: what is left of files when something goes wrong is cleared away, or named."""

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from threading import Lock

import pytest
from structlog.testing import capture_logs

from e2e.crashes import FILE_POINTS
from e2e.files import MemoryFiles
from portal.actions import stored_files
from portal.actions.attachments import drafts, of_dispute, read
from portal.actions.stored_files import sweep
from portal.rules.refusals import Conflict, NotFound, Refusal
from tests.support.attaching import PAPER, Desk
from tests.support.pictures import flag, saved
from tests.support.shop import Shop, together

DYING = f"""
import sys
from datetime import datetime
from e2e import crashes
from portal.actions.attachments import keep
from portal.resources import open_resources
from portal.settings import Settings
point, url, folder, account = sys.argv[1:]
crashes.install(point)
files = f"file://{{folder}}/files"
settings = Settings.model_validate({{"database_url": url, "files_url": files, "secret_keys": "k" * 32}})
now = datetime.fromisoformat("2026-03-02T15:00:00+00:00")
resources = open_resources(settings, online=False)
keep(resources, account_id=int(account), session_id=1, name="a.pdf", data={PAPER!r}, now=now)
"""


@pytest.fixture
def desk(shop: Shop, tmp_path: Path) -> Desk:
    return Desk(shop, tmp_path / "files")


def test_a_draft_is_gone_after_a_day_and_what_is_bound_stays(desk: Desk) -> None:
    bound, draft = desk.keep(saved(flag()), "box.jpg"), desk.keep(saved(flag()), "box.jpg")
    desk.bind(bound, to=desk.dispute())
    assert desk.sweep(hours=24) == 0
    assert desk.sweep(seconds=1) == 2
    assert desk.sweep(days=400) == 0
    assert desk.stored() == {*bound.stored}
    with desk.resources.reading() as session, pytest.raises(NotFound):
        drafts(session, 1, desk.account_id, [draft.public_id])
    assert desk.check() == []


def test_filing_while_drafts_are_cleared_away_keeps_the_files_or_says_so(desk: Desk) -> None:
    rows = [desk.keep() for _ in range(8)]
    dispute_id = desk.dispute()
    desk.clock.move(hours=25)
    left, lock, refused = iter([*rows, None, None]), Lock(), 0

    def act() -> None:
        nonlocal refused
        with lock:
            row = next(left)
        try:
            if row is None:
                desk.sweep()
            else:
                desk.bind(row, to=dispute_id)
        except Conflict:
            with lock:
                refused += 1

    together(10, act)
    with desk.resources.reading() as session:
        kept = of_dispute(session, dispute_id)
    assert len(kept) == 8 - refused
    assert all(read(desk.resources, row) == PAPER for row in kept)
    assert desk.check() == []


@pytest.mark.parametrize("point", FILE_POINTS)
def test_whoever_dies_while_keeping_a_file_leaves_nothing_for_long(desk: Desk, point: str, tmp_path: Path) -> None:
    url = desk.resources.database.writer.url.render_as_string(hide_password=False).replace("+psycopg", "")
    ended = subprocess.run([sys.executable, "-c", DYING, point, url, str(tmp_path), str(desk.account_id)], timeout=60)
    assert ended.returncode == -signal.SIGKILL
    assert desk.rows() == (1 if point == "attachment.after_commit" else 0)
    assert len(desk.stored()) == 1
    # Whoever looks before the sweeper does finds nothing wrong.
    assert desk.check() == []
    assert desk.sweep(hours=23) == 0
    assert desk.sweep(hours=2) == 1
    assert desk.stored() == set()


def test_while_the_store_is_away_no_row_goes_without_its_file(desk: Desk) -> None:
    desk.keep()
    desk.clock.move(hours=25)
    away = MemoryFiles()
    away.is_away = True
    with pytest.raises(Exception, match="does not answer"):
        sweep(replace(desk.resources, files=away), now=desk.clock.now())
    assert (desk.rows(), len(desk.stored())) == (1, 1)
    assert desk.sweep() == 1
    assert (desk.rows(), desk.stored()) == (0, set())


def test_whoever_dies_between_row_and_file_of_a_draft_is_finished_by_the_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.keep()
    desk.clock.move(hours=25)
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(type(desk.resources.files), "delete", _die)
        desk.sweep()
    assert (desk.rows(), len(desk.stored())) == (0, 1)
    assert desk.sweep() == 1
    assert desk.stored() == set()


def test_so_many_files_without_a_row_are_somebody_elses(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_files, "_MOST_ORPHANS", 3)
    for _ in range(4):
        desk.resources.files.write(b"theirs", now=desk.clock.now())
    with capture_logs() as logs:
        assert desk.sweep(days=2) == 0
    assert [entry["event"] for entry in logs] == ["files.not_ours"]
    assert len(desk.stored()) == 4


def test_what_does_not_agree_is_named(desk: Desk, tmp_path: Path) -> None:
    whole, changed, missing = (desk.keep(saved(flag()), f"{name}.jpg") for name in ("whole", "changed", "missing"))
    paper = desk.keep(PAPER, "paper.pdf")
    desk.bind(whole, changed, missing, paper, to=desk.dispute())
    assert desk.check() == []
    (tmp_path / "files" / changed.storage_name).write_bytes(b"<script>")
    (tmp_path / "files" / paper.storage_name).write_bytes(b"")
    (tmp_path / "files" / (missing.thumbnail_name or "")).unlink()
    orphan = desk.resources.files.write(b"x", now=desk.clock.now())
    desk.clock.move(hours=49)
    assert sorted(desk.check()) == sorted(
        [
            f"attachment {changed.public_id} (changed.jpg): its file {changed.storage_name} is not what was stored",
            f"attachment {missing.public_id} (missing.jpg): its file {missing.thumbnail_name} is missing",
            f"attachment {paper.public_id} (paper.pdf): its file {paper.storage_name} is not what was stored",
            f"file {orphan} belongs to no attachment",
        ]
    )
    for row, event in ((changed, "attachment.damaged"), (paper, "attachment.damaged")):
        with capture_logs() as logs, pytest.raises(Refusal, match="lost or damaged") as refused:
            read(desk.resources, row)
        assert refused.value.status == 410
        assert [entry["event"] for entry in logs] == [event]
    with capture_logs() as logs, pytest.raises(Refusal, match="lost or damaged"):
        read(desk.resources, missing, thumbnail=True)
    assert logs[0]["event"] == "attachment.missing"
    assert read(desk.resources, missing)


def _die(*_: object) -> None:
    raise KeyboardInterrupt
