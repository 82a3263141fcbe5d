"""INSERT … ON CONFLICT, which SQLite and PostgreSQL both know and SQLAlchemy spells once for each."""

from collections.abc import Mapping

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from portal.records.engine import Session


def insert_into(session: Session, table: Table) -> postgresql.Insert | sqlite.Insert:
    """The INSERT of this session's database, with its `on_conflict_…` methods."""
    if session.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def insert_unless_there(session: Session, table: Table, values: Mapping[str, object]) -> bool:
    """Insert a row unless a unique constraint has it already; whether it was inserted."""
    made = session.execute(insert_into(session, table).values(**values).on_conflict_do_nothing())
    return made.rowcount == 1
