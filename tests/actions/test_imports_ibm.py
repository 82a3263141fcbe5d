"""2,466 real invoices of 100 customers, all paid: imported whole, with the right balance on any day in between."""

import csv
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.actions.imports import Total
from portal.records import Database
from portal.records import tables as t
from tests.actions.imports_desk import IBM_COLUMNS, Desk
from tests.support.clock import MovableClock

# Not part of the repository: it lies beside it where the project is developed.
FILE = Path(__file__).parents[3] / "shared" / "data" / "ibm-accounts-receivable.csv"

pytestmark = pytest.mark.skipif(not FILE.exists(), reason=f"the real invoices are not at {FILE}")


def test_history_is_reproduced(database: Database, clock: MovableClock) -> None:
    desk = Desk(database, clock)
    report = desk.brought(FILE.read_bytes(), columns=IBM_COLUMNS)
    assert (report.rows, report.accounts, report.invoices, report.payments) == (2466, 100, 2466, 2466)
    assert report.totals == (Total("usd", 14_770_318, 0, 14_770_318),)
    assert report.notes == ()
    expected = _balances()
    for day in (date(2012, 6, 30), date(2012, 12, 31), date(2013, 1, 15), date(2013, 7, 4), date(2013, 12, 2)):
        assert _open_on(database, day) == {name: cents for name, cents in expected(day).items() if cents}
    assert _open_on(database, date(2026, 3, 2)) == {}
    assert desk.account("0379-NEVHP", date(2013, 1, 14)).balance_cents == expected(date(2013, 1, 14))["0379-NEVHP"]
    again = desk.bring(FILE.read_bytes(), columns=IBM_COLUMNS)
    assert (again.unchanged, again.invoices, again.payments, again.problems) == (2466, 0, 0, ())


def _open_on(database: Database, day: date) -> dict[str, int]:
    owed = func.sum(t.movements.c.receivable_cents - t.movements.c.unapplied_cents)
    question = (
        select(t.accounts.c.name, owed)
        .join(t.movements, t.movements.c.account_id == t.accounts.c.id)
        .where(t.movements.c.effective_on <= day)
        .group_by(t.accounts.c.name)
        .having(owed != 0)
    )
    with database.reading() as session:
        return {name: int(cents) for name, cents in session.execute(question)}


class _Balances:
    """Computed from the file alone, by another way than the importer's."""

    def __init__(self) -> None:
        with FILE.open(newline="") as lines:
            self.rows = [
                (row["customerID"], _day(row["InvoiceDate"]), _day(row["SettledDate"]), Decimal(row["InvoiceAmount"]))
                for row in csv.DictReader(lines)
            ]

    def __call__(self, day: date) -> dict[str, int]:
        owed: dict[str, int] = defaultdict(int)
        for customer, issued_on, settled_on, amount in self.rows:
            if issued_on <= day < settled_on:
                owed[customer] += int(amount * 100)
        return owed


def _balances() -> _Balances:
    return _Balances()


def _day(text: str) -> date:
    return datetime.strptime(text, "%m/%d/%Y").date()  # noqa: DTZ007 - a date has no zone
