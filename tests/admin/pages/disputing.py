"""A customer who disputes a line of money.md's example invoice, and those at the desk who work that."""

from datetime import UTC, date, datetime

from sqlalchemy import event, insert
from starlette.testclient import TestClient

from portal.actions import attachments, dispute_answers, disputes, policies
from portal.actions.disputes import Complaint, Filer, Wrong
from portal.actions.ledger import Received, post_payment
from portal.records import disputes as records
from portal.records import ledger
from portal.records.accounts import AccountRow, contacts_of
from portal.records.disputes import DisputeRow
from portal.records.tables import charge_lines, charges, sessions
from portal.records.types import new_public_id
from portal.rules import ledger as rules
from portal.rules.allocation import QuoteLine
from portal.rules.terms import due_on, parse_terms
from tests.support.site import Site

ISSUED_ON = date(2026, 3, 1)
LINES = (("Rope, 12 mm", "18", 72_000, 6_400), ("Shackle, 1/2 in", "10", 20_000, 1_600))


class Hall:
    """Lines of 720.00 + 64.00 and of 200.00 + 16.00 (10 pieces) on an invoice dated 1 March, `2/10 net 30`."""

    def __init__(
        self, site: Site, *, name: str = "Lantern Café", email: str = "ap@lantern.example", number: str = "2001"
    ) -> None:
        self.site = site
        self.resources = site.resources
        self.account = site.add_account(name, email)
        self.charge_id, self.invoice_id = self.invoice(number)
        self.filer = self.enter(self.account)

    def invoice(self, number: str, *, shackle: str = "Shackle, 1/2 in", terms: str = "2/10 net 30") -> tuple[int, str]:
        """The example invoice once more; its ids."""
        now, public_id = self.site.clock.now(), new_public_id()
        values = {
            "public_id": public_id, "account_id": self.account.id, "kind": "invoice", "number": number,
            "issued_on": ISSUED_ON, "due_on": due_on(parse_terms(terms), ISSUED_ON), "amount_cents": 100_000,
            "tax_cents": 8_000, "terms": terms, "discount_base": "net", "discount_mode": "full", "created_at": now,
        }  # fmt: skip
        with self.resources.writing() as session:
            charge_id = int(session.execute(insert(charges).returning(charges.c.id), values).scalar_one())
            for position, (description, quantity, net_cents, tax_cents) in enumerate(LINES, start=1):
                line = {"charge_id": charge_id, "position": position, "quantity": quantity, "unit_price": ""}
                description = shackle if position == 2 else description
                line |= {"description": description, "amount_cents": net_cents, "tax_cents": tax_cents}
                session.execute(insert(charge_lines), line)
            issued = rules.invoice_issued(charge_id, net_cents=92_000, tax_cents=8_000, on=ISSUED_ON)
            ledger.post(session, issued, account_id=self.account.id, currency="usd", posted_at=now)
        return charge_id, public_id

    def enter(self, account: AccountRow) -> Filer:
        """A browser of the customer's."""
        now = self.site.clock.now()
        values = {"secret_hash": new_public_id().encode(), "created_at": now, "expires_at": now}
        with self.resources.writing() as session:
            session_id = session.execute(insert(sessions).returning(sessions.c.id), values).scalar_one()
            contact = next(iter(contacts_of(session, account.id)), None)
        return Filer(account.id, session_id, contact.id if contact else None)

    def on(self, day: int, month: int = 3) -> None:
        """It is noon of that day."""
        self.site.clock.set(datetime(2026, month, day, 16, tzinfo=UTC))

    def file(
        self, *, reason: str = "duplicate", figure: str = "", words: str = "We have paid for these.",
        charge_id: int = 0, files: tuple[str, ...] = (),
    ) -> DisputeRow:  # fmt: skip
        """About the second line: all of it, 216.00, unless the reason says otherwise."""
        complaint = Complaint(charge_id or self.charge_id, (Wrong(2, reason, figure),), words, files)
        return disputes.file(self.resources, self.filer, complaint, decimal_mark=".", now=self.site.clock.now())

    def attach(self, data: bytes, name: str) -> str:
        kept = attachments.keep(
            self.resources, account_id=self.account.id, session_id=self.filer.session_id,
            name=name, data=data, now=self.site.clock.now(),
        )  # fmt: skip
        return kept.public_id

    def pay(self, cents: int, *, discount_cents: int = 0) -> None:
        """A cheque for the invoice, today."""
        now = self.site.clock.now()
        with self.resources.writing() as session:
            policy = policies.load(session, now=now)
            received = Received(
                method="cheque", amount_cents=cents, started_at=now, discount_on=policy.today, received_on=policy.today
            )
            quote = [QuoteLine(self.charge_id, cents, discount_cents)]
            post_payment(session, self.account, received, quote, policy=policy, now=now)

    def reopen(self, dispute: DisputeRow, words: str = "Look again.") -> None:
        with self.resources.writing() as session:
            dispute_answers.reopen(session, self.filer, dispute.public_id, words, (), now=self.site.clock.now())

    def current(self, dispute: DisputeRow) -> DisputeRow:
        with self.resources.reading() as session:
            return records.by_id(session, dispute.id)


def asked(hall: Hall, desk: TestClient, address: str) -> int:
    """How many questions a page asks the database."""
    found: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        found.append(statement)

    engine = hall.resources.database.reader
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert desk.get(address).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(found)
