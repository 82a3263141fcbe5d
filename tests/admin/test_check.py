"""`portal check` walks the history's chain."""

from sqlalchemy import update

from portal.actions import history
from portal.actions.history_seals import seal_waiting
from portal.records.append_only import unguard
from portal.records.tables import history as acts
from tests.admin.conftest import CommandLine


def test_check_prints_the_head_and_names_the_row_that_was_tampered_with(sqlite_portal: CommandLine) -> None:
    resources = sqlite_portal.resources()
    now = resources.clock()
    with resources.writing() as session:
        history.write(session, action="staff.added", actor="cli", now=now)
    assert "sealed" not in sqlite_portal("check").out
    seal_waiting(resources, now=now)
    said = sqlite_portal("check")
    assert said.code == 0
    assert said.out.startswith("1 sealed in the history. Head: ")
    with resources.writing() as session:
        unguard(session, ["history"])
        session.execute(update(acts).values(actor="staff:1"))
    resources.close()
    said = sqlite_portal("check")
    assert said.code == 1
    assert "the history does not hold: history row 1 (staff.added) is not as it was sealed" in said.out
