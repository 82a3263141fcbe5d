"""Importing in bulk: what is on file under many numbers at once, and many rows written at once.

SQLAlchemy's own executemany costs several times the driver's. So SQLite gets the driver's, PostgreSQL gets COPY.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, BindParameter, ColumnElement, Date, Select, String, bindparam, cast, func, select, text

from portal.records.charges import ChargeRow
from portal.records.engine import Session
from portal.records.tables import accounts, charges, contacts, credits, metadata, movements, payments
from portal.records.types import Instant

Row = tuple[Any, ...]

METHOD = "import"
# The columns of each table in the order of its tuples in a `Batch`.
_COLUMNS = {
    "accounts": ("id", "public_id", "number", "name", "currency", "created_at"),
    "contacts": ("account_id", "name", "email", "created_at"),
    "charges": (
        "id", "public_id", "account_id", "kind", "number", "issued_on", "due_on", "amount_cents", "tax_cents",
        "terms", "discount_base", "discount_mode", "is_history", "created_at",
    ),
    "charge_lines": (
        "charge_id", "position", "description", "quantity", "unit_price", "amount_cents", "tax_cents",
    ),
    "payments": (
        "id", "public_id", "account_id", "method", "amount_cents", "currency", "started_at", "received_on",
        "reference", "created_at",
    ),
    "credits": (
        "id", "public_id", "account_id", "number", "issued_on", "amount_cents", "tax_cents", "reason",
        "is_history", "created_at",
    ),
    "allocations": (
        "id", "account_id", "payment_id", "charge_id", "amount_cents", "discount_cents", "started_on",
        "effective_on", "created_at",
    ),
    "movements": (
        "source", "debit", "credit", "amount_cents", "currency", "account_id", "charge_id", "payment_id",
        "credit_id", "effective_on", "posted_at", "is_history",
    ),
}  # fmt: skip
_AT_ONCE = 5000
_LOCK = 7_245_117_603
_CHARGES = (
    select(
        *(charges.c[name] for name in ChargeRow._fields if name != "open_cents"),
        func.coalesce(func.sum(movements.c.receivable_cents), 0),
    )
    .outerjoin(movements, movements.c.charge_id == charges.c.id)
    .group_by(charges.c.id)
)
_CREDITS = select(
    credits.c.number, credits.c.account_id, credits.c.issued_on, credits.c.amount_cents, credits.c.tax_cents
)
_PAYMENTS = select(payments.c.reference, payments.c.received_on, payments.c.amount_cents).where(
    payments.c.method == METHOD
)
_ACCOUNTS = select(accounts.c.id, accounts.c.number, accounts.c.name, accounts.c.currency).order_by(accounts.c.id)
_EMAILS = select(contacts.c.account_id, contacts.c.email).order_by(contacts.c.id)


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows to add, parents before children: tuples in the order of `_COLUMNS`."""

    accounts: list[Row] = field(default_factory=list)
    contacts: list[Row] = field(default_factory=list)
    charges: list[Row] = field(default_factory=list)
    charge_lines: list[Row] = field(default_factory=list)
    payments: list[Row] = field(default_factory=list)
    credits: list[Row] = field(default_factory=list)
    allocations: list[Row] = field(default_factory=list)
    movements: list[Row] = field(default_factory=list)


class CreditRow(NamedTuple):
    """A credit memo on file; `amount_cents` includes tax."""

    number: str
    account_id: int
    issued_on: date
    amount_cents: int
    tax_cents: int


def hold(session: Session) -> None:
    """One import at a time, with time enough for a long one (SQLite's write lock does so already)."""
    if session.dialect.name == "sqlite":
        return
    for limit, seconds in (("lock", 60), ("statement", 600), ("idle_in_transaction_session", 600)):
        session.exec_driver_sql(f"SET LOCAL {limit}_timeout = '{seconds}s'")
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def lock_owners(session: Session, numbers: Sequence[str]) -> None:
    """Let nobody else decide about the accounts of these charges meanwhile (SQLite's write lock does so already)."""
    if session.dialect.name == "sqlite":
        return
    owners = select(charges.c.account_id).where(_among(session, charges.c.number))
    wanted = select(accounts.c.id).where(accounts.c.id.in_(owners)).order_by(accounts.c.id)
    session.execute(wanted.with_for_update(key_share=True), _listed(session, numbers)).all()


def all_accounts(session: Session) -> Sequence[tuple[int, str | None, str, str]]:
    """Id, number, name and currency of every account."""
    return [tuple(row) for row in session.execute(_ACCOUNTS)]


def all_emails(session: Session) -> Sequence[tuple[int, str]]:
    """Account and email of every contact. A removed one still tells the account, and is not added again."""
    return [tuple(row) for row in session.execute(_EMAILS)]


def charges_numbered(session: Session, numbers: Sequence[str]) -> dict[str, ChargeRow]:
    """Charges of these numbers, with what is open of them by all that is posted."""
    # PostgreSQL adds up to a Decimal.
    found = (ChargeRow(*row) for row in _numbered(session, _CHARGES, charges.c.number, numbers))
    return {row.number: row._replace(open_cents=int(row.open_cents)) for row in found}


def credits_numbered(session: Session, numbers: Sequence[str]) -> dict[str, CreditRow]:
    """Credit memos of these numbers, by number, whoever's they are."""
    found = (CreditRow(*row) for row in _numbered(session, _CREDITS, credits.c.number, numbers))
    return {row.number: row for row in found}


def payments_imported(session: Session, numbers: Sequence[str]) -> dict[tuple[str, date], int]:
    """What earlier imports posted, in cents, by invoice number and day."""
    found = _numbered(session, _PAYMENTS, payments.c.reference, numbers)
    return {(number, day): cents for number, day, cents in found}


def reserve(session: Session, table: str, count: int) -> Iterator[int]:
    """Ids for that many rows of a table, which nobody else will get."""
    if count == 0:
        return iter(())
    if session.dialect.name == "sqlite":
        newest = session.execute(select(func.coalesce(func.max(metadata.tables[table].c.id), 0))).scalar_one()
        return iter(range(newest + 1, newest + 1 + count))
    found = session.execute(
        text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)"),
        {"name": table, "count": count},
    )
    return iter(found.scalars().all())


def add(session: Session, batch: Batch, on_written: Callable[[int, int], None] | None = None) -> None:
    """Write all of it, telling how many rows of how many. A duplicate raises IntegrityError, and nothing stays."""
    write = _executemany if session.dialect.name == "sqlite" else _copy
    work = [(name, some) for name in _COLUMNS for some in _chunks(getattr(batch, name))]
    total, done = sum(len(some) for _, some in work), 0
    for name, some in work:
        write(session, name, some)
        done += len(some)
        if on_written:
            on_written(done, total)


def _executemany(session: Session, name: str, rows: Sequence[Row]) -> None:
    """The driver's own, so dates and instants are written here as the column types write them."""
    columns = _COLUMNS[name]
    table = metadata.tables[name]
    marks = ", ".join("?" * len(columns))
    converters = [_sqlite_converter(table.c[column].type) for column in columns]
    if any(converters):
        rows = [
            tuple(convert(cell) if convert else cell for convert, cell in zip(converters, row, strict=True))
            for row in rows
        ]
    insert = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - names of ours
    session.exec_driver_sql(insert, list(rows))


def _sqlite_converter(kind: object) -> Callable[[Any], Any] | None:
    if isinstance(kind, Date):
        return _day_text
    return _instant_text if isinstance(kind, Instant) else None


@lru_cache(maxsize=8192)
def _day_text(day: date) -> str:
    return day.isoformat()


@lru_cache(maxsize=8192)
def _instant_text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _copy(session: Session, name: str, rows: Sequence[Row]) -> None:
    driver: Any = session.connection.driver_connection
    copying = f"COPY {name} ({', '.join(_COLUMNS[name])}) FROM STDIN"
    with driver.cursor() as cursor, cursor.copy(copying) as copy:
        for row in rows:
            copy.write_row(row)


def _numbered(
    session: Session, question: Select[Any], column: ColumnElement[str], numbers: Sequence[str]
) -> Iterable[Any]:
    return session.execute(question.where(_among(session, column)), _listed(session, numbers))


def _among(session: Session, column: ColumnElement[str]) -> ColumnElement[bool]:
    """The column is one of the `wanted`: one parameter, however many they are."""
    wanted: BindParameter[Any] = bindparam("wanted")
    if session.dialect.name == "sqlite":
        return column.in_(select(func.json_each(wanted).table_valued("value").c.value))
    return column.in_(select(func.unnest(cast(wanted, ARRAY(String)))))


def _listed(session: Session, numbers: Sequence[str]) -> dict[str, object]:
    return {"wanted": json.dumps(numbers) if session.dialect.name == "sqlite" else list(numbers)}


def _chunks(values: Sequence[Row]) -> Iterator[Sequence[Row]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
