"""How Alembic reaches the database: one transaction for the whole way, on SQLite too."""

from alembic import context
from sqlalchemy import Connection

from portal.records.engine import open_for_migrations
from portal.records.tables import metadata


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
        if connection.dialect.name == "sqlite":
            if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
                raise RuntimeError(f"the migration left rows without their parents: {broken[:5]}")


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    engine = open_for_migrations(context.config.attributes["url"])
    with engine.begin() as connection:
        migrate(connection)
    engine.dispose()
