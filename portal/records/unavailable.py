"""What it looks like when the database cannot be reached or is too busy, a look whether it can, and another try.

Transactions that got into each other's way on PostgreSQL left nothing behind: what they were for is done again.
"""

import secrets
import time
from collections.abc import Callable
from typing import TypeVar

import structlog
from sqlalchemy import text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from portal.records.engine import Session

UNAVAILABLE: tuple[type[Exception], ...] = (OperationalError, InterfaceError, PoolTimeout)

_CONTENDED = {"40001": "not serializable", "40P01": "deadlock", "55P03": "lock timeout"}
_TRIES = 5
_FIRST_WAIT_MS = 10

Done = TypeVar("Done")

log = structlog.get_logger()


def ping(session: Session) -> None:
    """Returns if the database answers and has been migrated, else raises one of UNAVAILABLE or says what is wrong."""
    session.execute(text("SELECT version_num FROM alembic_version")).one()


def tried_again(work: Callable[[], Done]) -> Done:
    """What `work` returns, done up to five times while others are in its way; then it raises one of UNAVAILABLE.

    Each of its transactions must be safe to repeat, whatever became of those after it.
    """
    for tries in range(1, _TRIES):
        try:
            return work()
        except OperationalError as error:
            if (why := _CONTENDED.get(getattr(error.orig, "sqlstate", ""))) is None:
                raise
            log.warning("database.contended", why=why, tries=tries)
        # Whoever met once would meet again after equal waits.
        time.sleep(secrets.randbelow(_FIRST_WAIT_MS * 2**tries) / 1000)
    return work()
