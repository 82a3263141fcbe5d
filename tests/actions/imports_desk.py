"""An import in a test: a database, a clock, files as text, and what the books say afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from e2e.files import MemoryFiles
from portal.actions.account_report import AccountReport, account_report
from portal.actions.check import check_books
from portal.actions.imports import ImportReport, import_file
from portal.actions.policies import load, set_policy
from portal.records import Database, accounts
from portal.resources import Resources
from portal.settings import Settings
from tests.support.clock import MovableClock

IBM_COLUMNS = {
    "customer": "customerID",
    "number": "invoiceNumber",
    "issued_on": "InvoiceDate",
    "due_on": "DueDate",
    "amount": "InvoiceAmount",
    "paid_on": "SettledDate",
}


@dataclass
class Desk:
    database: Database
    clock: MovableClock

    @property
    def resources(self) -> Resources:
        return Resources(
            settings=Settings(),
            database=self.database,
            keys=("k" * 32,),
            stripe=None,
            mailer=None,
            files=MemoryFiles(),
            clock=self.clock.now,
        )

    def bring(
        self, data: str | bytes, *, columns: Mapping[str, str] | None = None, dry_run: bool = False
    ) -> ImportReport:
        return import_file(
            self.resources,
            data.encode() if isinstance(data, str) else data,
            file_name="invoices.csv",
            columns=columns,
            dry_run=dry_run,
            now=self.clock.now(),
        )

    def brought(self, data: str | bytes, *, columns: Mapping[str, str] | None = None) -> ImportReport:
        """As `bring`, for a file that has no problems."""
        report = self.bring(data, columns=columns)
        assert report.problems == ()
        self.check()
        return report

    def said(self, data: str) -> list[str]:
        return [str(problem) for problem in self.bring(data).problems]

    def account(self, customer: str, on: date | None = None) -> AccountReport:
        with self.database.reading() as session:
            (found,) = accounts.find(session, customer)
            policy = load(session, now=self.clock.now(), today=on)
            return account_report(session, found, on=policy.today, policy=policy)

    def decide(self, key: str, value: str) -> None:
        with self.database.writing() as session:
            set_policy(session, key, value, effective_on=date(2020, 1, 1), now=self.clock.now(), actor="test")

    def check(self) -> None:
        """Every invariant of money.md 2 holds."""
        with self.database.reading() as session:
            assert check_books(session, now=self.clock.now()).breaches == ()
