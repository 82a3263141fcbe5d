"""An invoice that is late, a business that charges for that, and whether the books hold afterwards."""

from datetime import UTC, date, datetime

from portal.actions import late_fees, manual_payments, policies, statements
from portal.actions.check import check_books
from portal.actions.manual_payments import Recorded
from portal.records import Database, Session, charges, ledger
from portal.records import late_fees as records
from portal.records.accounts import AccountRow
from portal.records.late_fees import FeeRow
from portal.rules.statement import activity
from tests.support.books import Invoice, add_customer, add_invoice

ISSUED = date(2026, 1, 31)
LATER = datetime(2026, 4, 20, 15, tzinfo=UTC)


class Late:
    """A customer with an invoice of 1,000.00 that was due on 31 January, and a business that charges for that."""

    def __init__(self, database: Database, **decided: str) -> None:
        self.database = database
        with database.writing() as session:
            at = datetime(2026, 1, 1, tzinfo=UTC)
            self.account: AccountRow = add_customer(session, at)
            self.invoice: Invoice = add_invoice(
                session, self.account, "1001", issued_on=ISSUED, net_cents=100_000, terms="due on receipt", now=at
            )
            for key, text in decided.items():
                policies.set_policy(session, key, text, effective_on=date(2026, 1, 1), now=at, actor="owner")

    def assess(self, now: datetime = LATER) -> None:
        with self.database.writing() as session:
            policy = policies.load(session, now=now)
            late_fees.assess(session, self.account, self.invoice.id, policy=policy, now=now)

    def pay(self, charge_id: int, cents: int, on: date, now: datetime) -> None:
        with self.database.writing() as session:
            manual_payments.record(
                session,
                self.account,
                Recorded(
                    method="cheque", amount_cents=cents, received_on=on, deposited_on=on, charge_ids=[charge_id],
                    reference=str(charge_id),
                ),
                policy=policies.load(session, now=now),
                now=now,
                actor="owner",
            )  # fmt: skip

    def waive(self, charge_id: int, cents: int | None = None) -> int:
        with self.database.writing() as session:
            return late_fees.waive(
                session, self.account, charge_id, amount_cents=cents, reason="They asked nicely",
                policy=policies.load(session, now=LATER), now=LATER, actor="owner",
            )  # fmt: skip

    def fees(self) -> list[FeeRow]:
        with self.database.reading() as session:
            return list(records.of_invoice(session, self.invoice.id))

    def drawn(self) -> list[tuple[date, int]]:
        return [(fee.assessed_on, fee.amount_cents) for fee in self.fees()]

    def open_cents(self, charge_id: int) -> int:
        with self.database.reading() as session:
            return charges.by_id(session, charge_id, date.max).open_cents

    def credit_cents(self) -> int:
        with self.database.reading() as session:
            return ledger.credit_on(session, self.account.id, date.max)


def at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 15, tzinfo=UTC)


def books_hold(session: Session, account: AccountRow, now: datetime = LATER) -> bool:
    """`portal check` finds nothing, and the walk to the balance ends at the statement's."""
    policy = policies.load(session, now=now)
    standing = statements.load(session, account, on=policy.today, policy=policy)
    walked = activity(ledger.of_account(session, account.id, policy.today), since=date.min, until=policy.today)
    found = check_books(session, now=now).breaches
    return not found and walked.closing_cents == standing.statement.balance.balance_cents


def check(late: Late) -> None:
    with late.database.reading() as session:
        assert books_hold(session, late.account)
