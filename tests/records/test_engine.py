"""Connections: one that the server has ended is not handed out."""

from sqlalchemy import text

from portal.records import open_database

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
