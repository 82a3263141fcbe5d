"""A customer with money.md's example invoice and a younger one, and two visitors who may pay them."""

from collections.abc import Callable
from datetime import date
from threading import Barrier, Thread

from sqlalchemy import select

from portal.actions import checkouts, payments, policies, statements
from portal.actions.checkouts import Payer, Wish
from portal.actions.ledger import Received, post_payment
from portal.actions.quotes import Choice
from portal.records import Session, attempts
from portal.records.accounts import AccountRow
from portal.records.attempts import AttemptRow
from portal.records.tables import attempts as attempts_table
from portal.records.tables import sessions
from portal.rules.allocation import QuoteLine
from tests.support.books import Invoice, add_customer, add_invoice
from tests.support.house import House


class Shop:
    """The customer's side of paying, and what the books say afterwards."""

    def __init__(self, house: House) -> None:
        self.house = house
        now = house.clock.now()
        with house.resources.writing() as session:
            self.account: AccountRow = add_customer(session, now)
            self.first: Invoice = add_invoice(
                session,
                self.account,
                "1001",
                issued_on=date(2026, 3, 1),
                net_cents=92000,
                tax_cents=8000,
                terms="2/10 net 30",
                now=now,
            )
            self.second: Invoice = add_invoice(
                session,
                self.account,
                "1002",
                issued_on=date(2026, 3, 2),
                net_cents=60000,
                terms="2/10 net 30",
                now=now,
            )
            for secret in (b"a" * 32, b"b" * 32):
                session.execute(sessions.insert().values(secret_hash=secret, created_at=now, expires_at=now))

    def begin(
        self,
        choice: Choice,
        shown_cents: int,
        *,
        visitor: int = 1,
        method: str = "card",
        replaces: str | None = None,
        contact_id: int | None = None,
        credit_cents: int = 0,
    ) -> str:
        address = checkouts.begin(
            self.house.resources,
            Payer(account_id=self.account.id, session_id=visitor, contact_id=contact_id),
            Wish(choice, method, shown_cents, replaces, credit_cents),  # type: ignore[arg-type]
            now=self.house.clock.now(),
        )
        # Where credit has paid for all of it there is nowhere to go.
        return address or ""

    def pay_first(self, **how: object) -> str:
        return self.begin(Choice((self.first.public_id,)), 98160, **how)  # type: ignore[arg-type]

    def attempts(self) -> list[AttemptRow]:
        with self.house.resources.reading() as session:
            ids = session.execute(select(attempts_table.c.id).order_by(attempts_table.c.id)).scalars().all()
            return [attempts.by_id(session, attempt_id) for attempt_id in ids]

    def opens(self) -> dict[str, int]:
        """Number → what is open of it today."""
        return {row.item.number: row.item.parts.open_cents for row in self.standing().statement.rows}

    def standing(self) -> statements.Standing:
        with self.house.resources.reading() as session:
            policy = policies.load(session, now=self.house.clock.now())
            return statements.load(session, self.account, on=policy.today, policy=policy)

    def pay_by_card(self) -> AttemptRow:
        """The customer pays the newest checkout on Stripe's page."""
        attempt = self.attempts()[-1]
        assert attempt.checkout_id is not None
        self.house.stripe.pay_by_card(attempt.checkout_id)
        return attempt

    def pay_by_bank(self, number: str = "000123456789") -> AttemptRow:
        attempt = self.attempts()[-1]
        assert attempt.checkout_id is not None
        self.house.stripe.pay_by_bank(attempt.checkout_id, number)
        return attempt

    def fail_debit(self, why: str) -> None:
        """The bank sends the newest debit back."""
        attempt = self.attempts()[-1]
        assert attempt.payment_intent_id is not None
        self.house.stripe.settle_bank(attempt.payment_intent_id, fail_with=why)
        self.sync(attempt)

    def sync(self, attempt: AttemptRow) -> None:
        payments.sync_payment(self.house.resources, attempt.id, now=self.house.clock.now())


def cheque(shop: Shop, session: Session, charge_id: int, cents: int, *, discount_cents: int = 0) -> int:
    """Money that came another way, for this charge, today; answers the payment's id."""
    policy = policies.load(session, now=shop.house.clock.now())
    received = Received(
        method="cheque",
        amount_cents=cents,
        started_at=shop.house.clock.now(),
        discount_on=policy.today,
        received_on=policy.today,
    )
    quote = [QuoteLine(charge_id, cents, discount_cents)]
    return post_payment(session, shop.account, received, quote, policy=policy, now=shop.house.clock.now())


def together(count: int, act: Callable[[], object]) -> None:
    """Do the same in as many threads at one moment."""
    barrier = Barrier(count)
    errors: list[BaseException] = []

    def run() -> None:
        barrier.wait()
        try:
            act()
        except BaseException as error:
            errors.append(error)

    threads = [Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
