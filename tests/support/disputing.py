"""money.md's example invoice in two lines, a customer who disputes the second, and the seller who decides about it."""

from datetime import UTC, date, datetime

from sqlalchemy import insert

from portal.actions import dispute_answers, dispute_decisions, disputes, policies, statements
from portal.actions.dispute_decisions import Offered
from portal.actions.dispute_steps import Speaker
from portal.actions.disputes import Complaint, Filer, Wrong
from portal.actions.statements import Standing
from portal.records import credits, dispute_talk, ledger
from portal.records import disputes as records
from portal.records.disputes import DisputeRow
from portal.records.tables import charge_lines, charges, sessions
from portal.records.types import new_public_id
from portal.rules import ledger as rules
from portal.rules.resolutions import Approved, all_of, by_amount, none_of
from portal.rules.statement import Row
from tests.support.books import add_customer
from tests.support.house import House
from tests.support.rows import add_row

OWNER = Speaker("staff:1")


class Complaints:
    """An invoice over 920.00 + 80.00 tax of 1 March, 2/10 net 30: ten of A, and ten of B for 200.00 + 16.00."""

    def __init__(self, house: House, *, name: str = "Northwind Traders") -> None:
        self.house = house
        now = house.clock.now()
        with house.resources.writing() as session:
            self.account = add_customer(session, now, name=name)
            values = {
                "public_id": new_public_id(),
                "account_id": self.account.id,
                "kind": "invoice",
                "number": f"{name[:3]}-1",
                "issued_on": date(2026, 3, 1),
                "due_on": date(2026, 3, 31),
                "amount_cents": 100_000,
                "tax_cents": 8_000,
                "terms": "2/10 net 30",
                "discount_base": "net",
                "discount_mode": "full",
                "created_at": now,
            }
            self.charge_id = int(session.execute(insert(charges).returning(charges.c.id), values).scalar_one())
            for position, item, net_cents, tax_cents in ((1, "A", 72_000, 6_400), (2, "B", 20_000, 1_600)):
                line = {"charge_id": self.charge_id, "position": position, "description": item, "quantity": "10"}
                session.execute(
                    insert(charge_lines), line | {"amount_cents": net_cents, "tax_cents": tax_cents, "unit_price": ""}
                )
            issued = rules.invoice_issued(self.charge_id, net_cents=92_000, tax_cents=8_000, on=date(2026, 3, 1))
            ledger.post(session, issued, account_id=self.account.id, currency="usd", posted_at=now)
            session_id = add_row(session, sessions)
        self.filer = Filer(self.account.id, session_id, None)

    def on(self, month: int, day: int) -> "Complaints":
        """Move the clock to noon in New York of that day of 2026."""
        self.house.clock.set(datetime(2026, month, day, 16, tzinfo=UTC))
        return self

    def file(self, *wrong: Wrong, words: str = "Nothing came.") -> DisputeRow:
        """The whole second line, unless told otherwise."""
        complaint = Complaint(self.charge_id, wrong or (Wrong(2, "not_received", ""),), words)
        now = self.house.clock.now()
        return disputes.file(self.house.resources, self.filer, complaint, decimal_mark=".", now=now)

    def decide(self, dispute: DisputeRow, *net_cents: int, words: str = "As agreed.") -> DisputeRow:
        """Approve so much before tax of each line; all of every line without a figure, none of it with 0."""
        now = self.house.clock.now()
        with self.house.resources.writing() as session:
            policy = policies.load(session, now=now)
            lines = dispute_decisions.disputed_lines(session, dispute.id)
            approved: list[Approved] = [
                none_of(line) if cents == 0 else by_amount(line, cents, currency="usd")
                for line, cents in zip(lines, net_cents, strict=True)
            ] if net_cents else [all_of(line) for line in lines]  # fmt: skip
            current = records.by_id(session, dispute.id)
            loaded = dispute_decisions.load_for(session, dispute.public_id, version=current.version)
            return dispute_decisions.decide(session, loaded, approved, words, OWNER, policy=policy, now=now)

    def offer(self, dispute: DisputeRow, given: Offered) -> str:
        """Make an offer, and answer its public id."""
        now = self.house.clock.now()
        with self.house.resources.writing() as session:
            policy = policies.load(session, now=now)
            dispute_decisions.offer(session, records.by_id(session, dispute.id), given, OWNER, policy=policy, now=now)
            made = dispute_talk.open_offer(session, dispute.id)
        assert made is not None
        return made.public_id

    def agree(self, dispute: DisputeRow, offer_id: str) -> None:
        with self.house.resources.writing() as session:
            dispute_answers.agree(session, self.filer, dispute.public_id, offer_id, now=self.house.clock.now())

    def decline(self, dispute: DisputeRow, offer_id: str) -> None:
        with self.house.resources.writing() as session:
            dispute_answers.decline(
                session, self.filer, dispute.public_id, offer_id, "Too little.", now=self.house.clock.now()
            )

    def answer(self, dispute: DisputeRow, words: str, *files: str) -> None:
        with self.house.resources.writing() as session:
            dispute_answers.answer(session, self.filer, dispute.public_id, words, files, now=self.house.clock.now())

    def current(self, dispute: DisputeRow) -> DisputeRow:
        with self.house.resources.reading() as session:
            return records.by_id(session, dispute.id)

    def states(self, dispute: DisputeRow) -> list[str]:
        """Its story so far."""
        with self.house.resources.reading() as session:
            return [move.state for move in records.moves(session, dispute.id)]

    def memos(self) -> list[tuple[int, int]]:
        """Amount and tax of each credit memo of the invoice."""
        with self.house.resources.reading() as session:
            return [(memo.amount_cents, memo.tax_cents) for memo in credits.of_charge(session, self.charge_id)]

    def credit(self) -> int:
        """The account credit."""
        with self.house.resources.reading() as session:
            return ledger.credit_on(session, self.account.id, date.max)

    def decide_policy(self, **decided: str) -> None:
        now = self.house.clock.now()
        with self.house.resources.writing() as session:
            for key, text in decided.items():
                policies.set_policy(session, key, text, effective_on=date(2026, 1, 1), now=now, actor="test")

    def reopen(self, dispute: DisputeRow) -> None:
        with self.house.resources.writing() as session:
            dispute_answers.reopen(
                session, self.filer, dispute.public_id, "Look again.", (), now=self.house.clock.now()
            )

    def withdraw(self, dispute: DisputeRow) -> None:
        with self.house.resources.writing() as session:
            dispute_answers.withdraw(session, self.filer, dispute.public_id, now=self.house.clock.now())

    def standing(self) -> Standing:
        with self.house.resources.reading() as session:
            policy = policies.load(session, now=self.house.clock.now())
            return statements.load(session, self.account, on=policy.today, policy=policy)

    def invoice(self) -> Row:
        """The invoice as it stands today."""
        return next(row for row in self.standing().statement.rows if row.item.charge_id == self.charge_id)

    def figures(self) -> tuple[int, int, int, int, date | None]:
        """Payable, disputed, discount, to pay now, and until when the discount stands."""
        item = self.invoice().item
        found = item.offer
        discount = (
            (found.discount_cents, found.pay_cents, found.until_on) if found else (0, item.parts.payable_cents, None)
        )
        return (item.parts.payable_cents, item.parts.disputed_cents, *discount)
