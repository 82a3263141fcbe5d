"""Tables that refuse UPDATE and DELETE, said by the database itself, so that no code path can forget.

A correction is another row. PostgreSQL also refuses TRUNCATE; SQLite has none.
"""

from collections.abc import Iterable

from sqlalchemy import Connection

# The sign is doubled because the driver reads a single one as a parameter.
_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%% is append-only: a correction is another row', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def guard(connection: Connection, tables: Iterable[str]) -> None:
    """Install the refusing triggers on these tables."""
    if connection.dialect.name == "sqlite":
        for table in tables:
            for verb in ("update", "delete"):
                connection.exec_driver_sql(
                    f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} BEGIN"
                    f" SELECT RAISE(ABORT, '{table} is append-only: a correction is another row'); END"
                )
        return
    connection.exec_driver_sql(_FUNCTION)
    for table in tables:
        connection.exec_driver_sql(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        connection.exec_driver_sql(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def unguard(connection: Connection, tables: Iterable[str]) -> None:
    """Take the triggers away again, before a downgrade drops or rebuilds the tables."""
    verbs = ("update", "delete") if connection.dialect.name == "sqlite" else ("change", "truncate")
    for table in tables:
        for verb in verbs:
            on_table = "" if connection.dialect.name == "sqlite" else f" ON {table}"
            connection.exec_driver_sql(f"DROP TRIGGER {table}_no_{verb}{on_table}")
