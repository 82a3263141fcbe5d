"""Paying: one attempt per charge, one posting per payment, whatever is pressed twice or arrives out of order."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from portal.actions import attempts as attempt_actions
from portal.actions import checkouts, inbox, payments, policies, statements
from portal.actions.checkouts import FiguresChanged, HeldByAnother, Payer, Wish
from portal.actions.quotes import Choice
from portal.records import Database, attempts
from portal.records.accounts import AccountRow
from portal.records.attempts import AttemptRow
from portal.records.tables import attempt_charges, letters, movements, sessions
from portal.records.tables import attempts as attempts_table
from portal.rules.refusals import Refusal
from tests.support.books import Invoice, add_customer, add_invoice
from tests.support.clock import MovableClock
from tests.support.house import WEBHOOK_SECRET, House, open_house


@pytest.fixture
def house(database: Database, clock: MovableClock) -> Iterator[House]:
    with open_house(database, clock) as opened:
        yield opened


class Shop:
    """A customer with money.md's example invoice and a younger one, and two visitors."""

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
        self, choice: Choice, shown_cents: int, *, visitor: int = 1, method: str = "card", replaces: str | None = None
    ) -> str:
        return checkouts.begin(
            self.house.resources,
            Payer(account_id=self.account.id, session_id=visitor, contact_id=None),
            Wish(choice, method, shown_cents, replaces),  # type: ignore[arg-type]
            now=self.house.clock.now(),
        )

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

    def sync(self, attempt: AttemptRow) -> None:
        payments.sync_payment(self.house.resources, attempt.id, now=self.house.clock.now())


@pytest.fixture
def shop(house: House) -> Shop:
    return Shop(house)


def paid_by_card(shop: Shop, attempt: AttemptRow) -> None:
    assert attempt.checkout_id is not None
    shop.house.stripe.pay_by_card(attempt.checkout_id)


def test_a_card_payment_takes_the_discount_and_closes_the_invoice(shop: Shop) -> None:
    address = shop.pay_first()
    (attempt,) = shop.attempts()
    assert address == attempt.checkout_url
    assert attempt.state == "open"
    paid_by_card(shop, attempt)
    shop.sync(attempt)
    assert shop.opens() == {"1002": 60000}
    assert shop.attempts()[0].state == "succeeded"
    with shop.house.resources.reading() as session:
        posted = {
            (row.debit, row.credit): row.amount_cents
            for row in session.execute(select(movements).where(movements.c.payment_id.is_not(None)))
        }
    assert posted == {
        ("clearing", "unapplied"): 98160,
        ("unapplied", "receivable"): 98160,
        ("discounts_given", "receivable"): 1840,
    }


def test_syncing_twice_posts_once(shop: Shop) -> None:
    shop.pay_first()
    (attempt,) = shop.attempts()
    paid_by_card(shop, attempt)
    for _ in range(3):
        shop.sync(attempt)
    with shop.house.resources.reading() as session:
        assert session.execute(select(func.count()).select_from(letters)).scalar_one() == 1
    assert shop.opens() == {"1002": 60000}


def test_eight_at_once_post_once(shop: Shop) -> None:
    shop.pay_first()
    (attempt,) = shop.attempts()
    paid_by_card(shop, attempt)
    together(8, lambda: shop.sync(attempt))
    assert shop.opens() == {"1002": 60000}
    assert shop.standing().statement.balance.credit_cents == 0


def test_a_bank_debit_is_pending_then_paid_with_the_discount_of_the_day_it_started(shop: Shop) -> None:
    shop.house.clock.move(days=9)  # 11 March, the last day of the window
    shop.pay_first(method="us_bank_account")
    (attempt,) = shop.attempts()
    assert attempt.checkout_id is not None
    shop.house.stripe.pay_by_bank(attempt.checkout_id)
    shop.sync(attempt)
    first = shop.standing().statement.rows[0].item.parts
    assert (first.pending_cents, first.payable_cents) == (100000, 0)
    shop.house.clock.move(days=6)
    shop.house.stripe.tick()
    shop.sync(attempt)
    assert shop.opens() == {"1002": 60000}
    assert shop.attempts()[0].state == "succeeded"


def test_a_bank_debit_that_fails_leaves_everything_open(shop: Shop) -> None:
    shop.pay_first(method="us_bank_account")
    (attempt,) = shop.attempts()
    assert attempt.checkout_id is not None
    shop.house.stripe.pay_by_bank(attempt.checkout_id, "000111111116")
    shop.sync(attempt)
    shop.house.clock.move(days=6)
    shop.house.stripe.tick()
    shop.sync(attempt)
    assert shop.attempts()[0].state == "failed"
    assert shop.opens() == {"1001": 100000, "1002": 60000}
    with shop.house.resources.reading() as session:
        kinds = session.execute(select(letters.c.kind).order_by(letters.c.id)).scalars().all()
    assert kinds == ["processing", "payment_failed"]


def test_a_bank_debit_under_way_blocks_only_its_own_amount(shop: Shop) -> None:
    shop.begin(Choice(amount_cents=50000), 50000, method="us_bank_account")
    (attempt,) = shop.attempts()
    assert attempt.checkout_id is not None
    shop.house.stripe.pay_by_bank(attempt.checkout_id)
    shop.sync(attempt)
    # What settles is 981.60 in all: 500.00 is on its way, the rest brings the discount.
    assert shop.begin(Choice((shop.first.public_id,)), 48160).startswith("http")


def test_pressing_again_answers_the_same_page(shop: Shop) -> None:
    assert shop.pay_first() == shop.pay_first()
    assert len(shop.attempts()) == 1


def test_twenty_clicks_at_once_open_one_page(shop: Shop) -> None:
    addresses: list[str] = []
    together(20, lambda: addresses.append(shop.pay_first()))
    assert len(set(addresses)) == 1
    assert len(shop.attempts()) == 1


def test_another_choice_replaces_the_open_page_which_is_expired_first(shop: Shop) -> None:
    shop.pay_first()
    both = Choice((shop.first.public_id, shop.second.public_id))
    shop.begin(both, 98160 + 58800)
    old, new = shop.attempts()
    assert (old.state, new.state) == ("expired", "open")
    assert old.checkout_id is not None
    assert shop.house.resources.stripe is not None
    facts = shop.house.resources.stripe.read_payment(old.checkout_id)
    assert facts.checkout is not None
    assert facts.checkout.status == "expired"


def test_another_visitor_is_told_and_may_start_here_instead(shop: Shop) -> None:
    shop.pay_first()
    with pytest.raises(HeldByAnother) as told:
        shop.pay_first(visitor=2)
    shop.pay_first(visitor=2, replaces=told.value.holder.public_id)
    assert [attempt.state for attempt in shop.attempts()] == ["expired", "open"]


def test_taking_over_from_somebody_who_has_just_paid_charges_nothing(shop: Shop) -> None:
    shop.pay_first()
    paid_by_card(shop, shop.attempts()[0])
    with pytest.raises(Refusal):
        shop.pay_first(visitor=2, replaces=shop.attempts()[0].public_id)
    assert shop.opens() == {"1002": 60000}


def test_two_visitors_racing_open_one_page(shop: Shop) -> None:
    refused: list[Refusal] = []

    def press(visitor: int) -> None:
        try:
            shop.pay_first(visitor=visitor)
        except HeldByAnother as held:
            refused.append(held)

    threads = [Thread(target=press, args=(visitor,)) for visitor in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    with shop.house.resources.reading() as session:
        active = select(func.count()).where(attempt_charges.c.is_active)
        assert session.execute(active).scalar_one() == 1


def test_an_amount_that_changed_is_shown_again_before_anything_is_charged(shop: Shop) -> None:
    with pytest.raises(FiguresChanged):
        shop.begin(Choice((shop.first.public_id,)), 100000)
    assert shop.attempts() == []


def test_a_lump_sum_goes_to_the_oldest_first(shop: Shop) -> None:
    shop.begin(Choice(amount_cents=150000), 150000)
    (attempt,) = shop.attempts()
    paid_by_card(shop, attempt)
    shop.sync(attempt)
    assert shop.opens() == {"1002": 8160}
    (row,) = shop.standing().statement.rows
    assert row.item.offer is not None
    assert row.item.offer.pay_cents == 6960


def test_a_checkout_opened_in_time_keeps_its_discount(shop: Shop) -> None:
    shop.house.clock.move(days=9, hours=12, minutes=50)  # 11 March, ten minutes before midnight in New York
    shop.pay_first()
    (attempt,) = shop.attempts()
    shop.house.clock.move(minutes=20)
    paid_by_card(shop, attempt)
    shop.sync(attempt)
    assert shop.opens() == {"1002": 60000}


def test_an_expired_checkout_frees_its_charges(shop: Shop) -> None:
    shop.pay_first()
    shop.house.clock.move(days=2)
    shop.house.stripe.tick()
    assert attempt_actions.settle_expired(shop.house.resources, now=shop.house.clock.now()) == 1
    assert shop.attempts()[0].state == "expired"
    shop.pay_first(visitor=2)


def test_every_webhook_in_any_order_and_twice_posts_once(shop: Shop) -> None:
    received: list[str] = []

    def send(url: str, body: bytes, headers: Mapping[str, str]) -> int:
        now = shop.house.clock.now()
        received.append(inbox.receive(shop.house.resources, body, headers["Stripe-Signature"], now=now))
        return 200

    shop.house.stripe.post.post = send
    shop.house.stripe.add_endpoint("http://portal.invalid/stripe/webhook", WEBHOOK_SECRET)
    shop.pay_first()
    paid_by_card(shop, shop.attempts()[0])
    shop.house.stripe.deliver()
    assert len(received) > 2
    for subject in reversed(received + received):
        inbox.handle(shop.house.resources, subject, now=shop.house.clock.now())
    assert shop.opens() == {"1002": 60000}
    assert inbox.handle_waiting(shop.house.resources, now=shop.house.clock.now()) == 0


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
