"""Policy as versioned rows: the newest row of a key that is in effect on a day wins."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, insert, select

from portal.records.engine import Session
from portal.records.tables import policies


class PolicyRow(NamedTuple):
    """One decision: what a key is from `effective_on` on, as the text that `rules/policy` reads."""

    key: str
    value: str
    effective_on: date
    set_at: datetime
    set_by: str


_COLUMNS = (policies.c.key, policies.c.value, policies.c.effective_on, policies.c.set_at, policies.c.set_by)
# Ordered so that, read into a dict, the row that wins comes last.
_UNTIL = (
    select(*_COLUMNS)
    .where(policies.c.effective_on <= bindparam("day"))
    .order_by(policies.c.effective_on, policies.c.id)
)
_OF_KEY = (
    select(*_COLUMNS)
    .where(policies.c.key == bindparam("key"))
    .order_by(policies.c.effective_on.desc(), policies.c.id.desc())
)
_ALL = select(*_COLUMNS).order_by(policies.c.effective_on, policies.c.id)


def of_key(session: Session, key: str) -> Sequence[PolicyRow]:
    """Every version of one key, those to come too; the one that comes into effect last is first."""
    return [PolicyRow(*row) for row in session.execute(_OF_KEY, {"key": key})]


def every(session: Session) -> Sequence[PolicyRow]:
    """Every version of every key, those to come too, in the order in which they come into effect."""
    return [PolicyRow(*row) for row in session.execute(_ALL)]


def until(session: Session, on: date) -> Sequence[PolicyRow]:
    """Every version in effect by that day; of one key, the last one wins."""
    return [PolicyRow(*row) for row in session.execute(_UNTIL, {"day": on})]


def add(session: Session, row: PolicyRow) -> None:
    """Insert a version; of two for one day, the later one inserted wins."""
    session.execute(insert(policies), row._asdict())
