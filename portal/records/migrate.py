"""Bringing a database to the current schema. Alembic's files live beside this room, in `migrations/`.

Alembic is imported late: it takes longer than most commands take to run, and hardly ever has anything to do.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from portal.records.engine import open_for_migrations

if TYPE_CHECKING:
    from alembic.config import Config

# The newest file in migrations/versions; a test keeps it true. Knowing it here spares each start Alembic's walk.
HEAD = "0014"


def ensure_current(url: str) -> None:
    """Upgrade where needed, and cost one query where not."""
    engine = open_for_migrations(url)
    with engine.connect() as connection:
        known = inspect(connection).has_table("alembic_version")
        at = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if known else None
    engine.dispose()
    if at != HEAD:
        upgrade(url)


def configuration(url: str) -> "Config":
    """Alembic's configuration for this address, built here because an .ini would hold a secret."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """All steps up to `revision` or, if one fails, none."""
    from alembic import command

    command.upgrade(configuration(url), revision)


def downgrade(url: str, revision: str) -> None:
    """All steps back to `revision`, or none; `base` drops every table of ours, with its rows."""
    from alembic import command

    command.downgrade(configuration(url), revision)
