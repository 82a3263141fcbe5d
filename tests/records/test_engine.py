"""Connections: one that the server has ended is not handed out, and none is another process's."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import event, text

from portal.records import Database, open_database
from portal.records.unavailable import UNAVAILABLE

END_ALL_OTHERS = text(
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def test_a_connection_that_the_server_has_ended_is_replaced(postgresql_url: str) -> None:
    ours, theirs = open_database(postgresql_url), open_database(postgresql_url)
    for kind in (ours.reading, ours.writing):
        with kind() as session:
            session.execute(text("SELECT 1"))
        with theirs.writing() as session:
            session.execute(END_ALL_OTHERS)
        with kind() as session:
            assert session.execute(text("SELECT 1")).scalar() == 1
    ours.dispose()
    theirs.dispose()


def test_a_connection_that_ends_while_it_is_made_is_an_error_of_a_database_away(postgresql_url: str) -> None:
    """As in a restart: what the pool had has ended, and what it makes instead ends as well."""
    ours, theirs = open_database(postgresql_url), open_database(postgresql_url)

    def end(*_: object) -> None:
        with theirs.writing() as session:
            session.execute(END_ALL_OTHERS)

    with ours.reading() as session:
        session.execute(text("SELECT 1"))
    end()
    event.listen(ours.reader, "connect", end)
    with pytest.raises(UNAVAILABLE), ours.reading() as session:
        session.execute(text("SELECT 1"))
    event.remove(ours.reader, "connect", end)
    with ours.reading() as session:
        assert session.execute(text("SELECT 1")).scalar() == 1
    ours.dispose()
    theirs.dispose()


# xdist has threads of its own; what is forked here only ends.
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.parametrize("act", [Database.reading, Database.writing, Database.dispose])
def test_a_fork_cannot_use_what_its_parent_has_opened(database: Database, act: Callable[[Database], object]) -> None:
    with database.writing() as session:
        session.execute(text("SELECT 1"))
    if (child := os.fork()) == 0:
        os._exit(_refused(act, database))
    assert os.waitpid(child, 0)[1] == 0
    with database.writing() as session:
        assert session.execute(text("SELECT 1")).scalar() == 1


def _refused(act: Callable[[Database], object], database: Database) -> int:
    """0 where it was; the way out of a fork, past everything that the parent has to do at its end."""
    try:
        found = act(database)
        if isinstance(found, AbstractContextManager):
            found.__enter__()
    except RuntimeError as error:
        return 0 if "must open the database itself" in str(error) else 2
    except BaseException:
        return 3
    return 1
