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
    inserting = insert_into(session, table).values(**values).on_conflict_do_nothing()
    # Without it PostgreSQL's count is forgotten where the row has no id of its own.
    made = session.execute(inserting, execution_options={"preserve_rowcount": True})
    return made.rowcount == 1
