"""Connections: one that the server has ended is not handed out, and a single statement stands by itself."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portal.records import Database, open_database

LEASE = text("INSERT INTO leases VALUES ('worker', 'somebody', '2026-03-02 15:00:00+00:00')")
END_ALL_OTHERS = text(
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def test_a_connection_that_the_server_has_ended_is_replaced(postgresql_url: str) -> None:
    ours, theirs = open_database(postgresql_url), open_database(postgresql_url)
    for kind in (ours.reading, ours.writing, ours.single):
        with kind() as session:
            session.execute(text("SELECT 1"))
        with theirs.writing() as session:
            session.execute(END_ALL_OTHERS)
        with kind() as session:
            assert session.execute(text("SELECT 1")).scalar() == 1
    ours.dispose()
    theirs.dispose()


def test_a_single_statement_stands_as_soon_as_it_is_executed(database: Database) -> None:
    with database.single() as session:
        session.execute(LEASE)
        with database.reading() as other:
            assert other.execute(text("SELECT count(*) FROM leases")).scalar() == 1
    with pytest.raises(IntegrityError), database.single() as session:
        session.execute(LEASE)
    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM leases")).scalar() == 1
