"""Reading a file in a test: text or bytes in, invoices or sentences out."""

from collections.abc import Mapping
from datetime import date

from portal.rules.dates import DateOrder
from portal.rules.imports.invoices import read_invoices
from portal.rules.imports.values import ImportedFile, ImportedInvoice

TODAY = date(2026, 3, 2)


def read(
    data: bytes | str,
    *,
    columns: Mapping[str, str] | None = None,
    dates: DateOrder | None = None,
    currency: str = "usd",
) -> ImportedFile:
    raw = data.encode() if isinstance(data, str) else data
    return read_invoices(raw, currency=currency, today=TODAY, columns=columns, dates=dates)


def invoices(
    data: bytes | str,
    *,
    columns: Mapping[str, str] | None = None,
    dates: DateOrder | None = None,
    currency: str = "usd",
) -> list[ImportedInvoice]:
    found = read(data, columns=columns, dates=dates, currency=currency)
    assert found.findings.problems == []
    return list(found.invoices)


def problems(data: bytes | str, *, dates: DateOrder | None = None, currency: str = "usd") -> list[str]:
    return [str(problem) for problem in read(data, dates=dates, currency=currency).findings.problems]


def notes(data: bytes | str) -> list[str]:
    return [str(note) for note in read(data).findings.notes]
