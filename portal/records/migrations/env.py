"""How Alembic reaches the database: one transaction for the whole way, on SQLite too."""

from alembic import context
from sqlalchemy import Connection

from portal.records.engine import open_for_migrations
from portal.records.tables import metadata

# Any number will do, as long as it is only ours.
LOCK = 7_204_611


def migrate(connection: Connection) -> None:
    """Take the steps that Alembic was asked for; RuntimeError undoes them where SQLite lost a row's parent."""
    is_sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        if not is_sqlite:
            # Two processes that start together: the second waits, then finds nothing left to do.
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        context.run_migrations()
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() if is_sqlite else []
        if broken:
            raise RuntimeError(f"the migration left rows without their parents: {broken[:5]}")


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    engine = open_for_migrations(context.config.attributes["url"])
    try:
        with engine.begin() as connection:
            migrate(connection)
    finally:
        engine.dispose()
