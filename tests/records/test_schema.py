"""The database's own promises, on SQLite and PostgreSQL: history only grows, and migrations say what the tables say."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pytest_alembic import MigrationContext, runner
from pytest_alembic.config import Config
from pytest_alembic.tests import default as alembic_checks
from sqlalchemy import Engine, Table, delete, inspect, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from portal.records import Database, migrate
from portal.records.engine import open_for_migrations
from portal.records.tables import APPEND_ONLY, metadata
from tests.support.dump import dump
from tests.support.rows import add_row

KEPT = [metadata.tables[name] for name in APPEND_ONLY]
VERSIONS = Path(migrate.__file__).with_name("migrations") / "versions"


@pytest.fixture
def migrations(unmigrated_url: str) -> Iterator[MigrationContext]:
    with runner(Config(alembic_config=migrate.configuration(unmigrated_url))) as context:
        yield context


@pytest.fixture
def engine(unmigrated_url: str) -> Iterator[Engine]:
    opened = open_for_migrations(unmigrated_url)
    yield opened
    opened.dispose()


@pytest.mark.parametrize("table", KEPT, ids=APPEND_ONLY)
def test_a_row_of_the_books_is_never_changed_and_never_removed(database: Database, table: Table) -> None:
    with database.writing() as session:
        row_id = add_row(session, table)
    before = dump(database)
    column = next(column for column in table.columns if not (column.primary_key or column.computed is not None))
    for change in (
        update(table).where(table.c.id == row_id).values({column.name: column}),
        update(table).values(id=table.c.id + 1),
        delete(table).where(table.c.id == row_id),
        delete(table),
    ):
        with pytest.raises(DBAPIError, match="append-only: a correction is another row"), database.writing() as session:
            session.execute(change)
    assert dump(database) == before


@pytest.mark.parametrize("table", KEPT, ids=APPEND_ONLY)
def test_not_by_the_back_door_either(database: Database, table: Table) -> None:
    with database.writing() as session:
        add_row(session, table)
        row = session.execute(table.select()).mappings().one()
    before = dump(database)
    if database.writer.dialect.name == "sqlite":
        names = [column.name for column in table.columns if column.computed is None]
        columns, values = ", ".join(names), ", ".join(f'"{name}"' for name in names)
        back_door = f"INSERT OR REPLACE INTO {table.name} ({columns}) SELECT {values} FROM {table.name}"
    else:
        back_door = f"TRUNCATE {table.name} CASCADE"
    with pytest.raises(DBAPIError, match="append-only"), database.writing() as session:
        session.execute(text(back_door))
    assert dump(database) == before
    assert row["id"]


def test_what_is_not_the_books_may_change(database: Database) -> None:
    for table in metadata.sorted_tables:
        if table.name not in APPEND_ONLY and "id" in table.c:
            with database.writing() as session:
                row_id = add_row(session, table)
                session.execute(update(table).where(table.c.id == row_id).values(id=row_id + 1_000))
                session.execute(delete(table).where(table.c.id == row_id + 1_000))


def test_every_table_refuses_rows_without_their_parents(database: Database) -> None:
    for table in metadata.sorted_tables:
        for column in table.columns:
            if column.foreign_keys and table.name not in APPEND_ONLY:
                with pytest.raises(IntegrityError), database.writing() as session:
                    row_id = add_row(session, table)
                    session.execute(update(table).where(table.c.id == row_id).values({column.name: 999_999}))


def test_migrations_have_one_head_and_start_knows_it(migrations: MigrationContext) -> None:
    alembic_checks.test_single_head_revision(migrations)
    assert migrations.heads == [migrate.HEAD]
    assert max(path.name[:4] for path in VERSIONS.glob("0*.py")) == migrate.HEAD


def test_migrations_make_the_tables_and_nothing_else(migrations: MigrationContext) -> None:
    alembic_checks.test_model_definitions_match_ddl(migrations)


def test_migrations_go_up_and_down_and_up_again(migrations: MigrationContext) -> None:
    alembic_checks.test_up_down_consistency(migrations)


def test_migrations_agree_with_the_tables_in_what_alembic_does_not_compare(unmigrated_url: str, engine: Engine) -> None:
    migrate.upgrade(unmigrated_url)
    migrated = shape(engine)
    migrate.downgrade(unmigrated_url, "base")
    assert set(shape(engine)) <= {"alembic_version"}
    with engine.begin() as connection:
        metadata.create_all(connection)
    assert shape(engine) == migrated


def test_starting_migrates_once(unmigrated_url: str, engine: Engine) -> None:
    migrate.ensure_current(unmigrated_url)
    before = shape(engine)
    migrate.ensure_current(unmigrated_url)
    assert shape(engine) == before
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [migrate.HEAD]


def shape(engine: Engine) -> dict[str, dict[str, list[str]]]:
    """Columns, checks, keys and indexes of each table, in words that can be compared."""
    looking = inspect(engine)
    return {
        table: {
            "columns": [
                f"{c['name']} {c['type']} {c['nullable']} {c['default']} {c.get('computed')}"
                for c in looking.get_columns(table)
            ],
            "checks": sorted(f"{c['name']} {c['sqltext']}" for c in looking.get_check_constraints(table)),
            "unique": sorted(f"{c['name']} {c['column_names']}" for c in looking.get_unique_constraints(table)),
            "foreign": sorted(
                f"{c['name']} {c['constrained_columns']} {c['referred_table']}" for c in looking.get_foreign_keys(table)
            ),
            "indexes": sorted(
                f"{c['name']} {c['column_names']} {c['unique']} {_where(c)}" for c in looking.get_indexes(table)
            ),
        }
        for table in looking.get_table_names()
    }


def _where(index: Mapping[str, Any]) -> str:
    """The condition of a partial index."""
    options = index.get("dialect_options") or {}
    return str(options.get("sqlite_where", options.get("postgresql_where", "")))
