"""Column types that read the same on SQLite and PostgreSQL.

SQLite has no time with a zone, so an instant is fixed-width UTC text there: it sorts and compares as text.
"""

import secrets
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ColumnElement, DateTime, Dialect, Integer, String, cast, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

# SQLite gives row ids only to a column declared exactly INTEGER.
Id = BigInteger().with_variant(Integer(), "sqlite")
Cents = BigInteger()
Json = JSON().with_variant(JSONB(), "postgresql")

_SQLITE_INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime; a naive one is refused, because nobody could say when it was."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(27))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a time zone: {value!r}")
        if dialect.name == "sqlite":
            return value.astimezone(UTC).strftime(_SQLITE_INSTANT)
        return value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        return value.astimezone(UTC)  # type: ignore[no-any-return]


def cents(total: ColumnElement[Any]) -> ColumnElement[int]:
    """A sum of cents as an integer, 0 where there is nothing to add (PostgreSQL's SUM of BIGINT is NUMERIC)."""
    return cast(func.coalesce(total, 0), BigInteger)


class smaller(FunctionElement[int]):  # noqa: N801 - a function, to whoever writes a query
    """The lesser of two amounts, none of them NULL: the databases name that function differently.

    A CASE would name each twice, which doubles whatever they are made of with every step.
    """

    inherit_cache = True
    type = Cents


@compiles(smaller)
def _least(element: smaller, compiler: SQLCompiler, **options: Any) -> str:
    name = "min" if compiler.dialect.name == "sqlite" else "least"
    return f"{name}({compiler.process(element.clauses, **options)})"


def new_public_id() -> str:
    """96 random bits for an address: an identifier that cannot be guessed, never a secret by itself."""
    return secrets.token_hex(12)
