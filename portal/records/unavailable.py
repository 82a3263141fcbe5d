"""What it looks like when the database cannot be reached or is too busy, and a look whether it can."""

from sqlalchemy import text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from portal.records.engine import Session

UNAVAILABLE: tuple[type[Exception], ...] = (OperationalError, InterfaceError, PoolTimeout)


def ping(session: Session) -> None:
    """Returns if the database answers and has been migrated, else raises one of UNAVAILABLE or says what is wrong."""
    session.execute(text("SELECT version_num FROM alembic_version")).one()
