"""Bringing a database to the current schema. Alembic's files live beside this room, in `migrations/`."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import inspect, text

from portal.records.engine import open_for_migrations

# The newest file in migrations/versions; a test keeps it true. Knowing it here spares each start Alembic's walk.
HEAD = "0004"


def ensure_current(url: str) -> None:
    """Upgrade where needed, and cost one query where not."""
    engine = open_for_migrations(url)
    with engine.connect() as connection:
        known = inspect(connection).has_table("alembic_version")
        at = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if known else None
    engine.dispose()
    if at != HEAD:
        upgrade(url)


def configuration(url: str) -> Config:
    """Alembic's configuration for this address, built here because an .ini would hold a secret."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> None:
    command.upgrade(configuration(url), revision)


def downgrade(url: str, revision: str) -> None:
    command.downgrade(configuration(url), revision)
