"""Cheques, wires and cash: recorded, put on invoices, taken off, returned; each once, and never by changing a row."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal.actions import manual_payments, policies, refunds, write_offs
from portal.actions.check import check_books
from portal.actions.manual_payments import Recorded
from portal.records import ledger
from portal.records.ledger import PaymentRow
from portal.rules.refusals import Conflict, Refusal
from tests.support.paid import Paid
from tests.support.shop import Shop, together


class Desk:
    """The owner at the books of the shop."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.today = shop.house.clock.now().date()

    def record(self, cents: int, **how: object) -> PaymentRow:
        given = Recorded("cheque", cents, self.today, self.today, "1187", **how)  # type: ignore[arg-type]
        return self.enter(given)

    def enter(self, given: Recorded) -> PaymentRow:
        now = self.shop.house.clock.now()
        with self.shop.house.resources.writing() as session:
            policy = policies.load(session, now=now)
            payment_id = manual_payments.record(session, self.shop.account, given, policy=policy, now=now, actor="cli")
            return ledger.payment_by_id(session, payment_id)

    def do(self, act: str, payment: PaymentRow, *args: object, **how: object) -> int:
        now = self.shop.house.clock.now()
        with self.shop.house.resources.writing() as session:
            policy = policies.load(session, now=now)
            action = getattr(manual_payments, act)
            return int(action(session, payment, *args, policy=policy, now=now, actor="cli", **how))

    def give_up(self, charge_id: int, *, amount_cents: int | None = None, claims_tax: bool = False) -> int:
        now = self.shop.house.clock.now()
        with self.shop.house.resources.writing() as session:
            return write_offs.write_off(
                session,
                self.shop.account,
                charge_id,
                amount_cents=amount_cents,
                claims_tax=claims_tax,
                reason="Gone",
                policy=policies.load(session, now=now),
                now=now,
                actor="cli",
            )

    @property
    def credit(self) -> int:
        return self.shop.standing().statement.balance.credit_cents


@pytest.fixture
def desk(shop: Shop) -> Iterator[Desk]:
    yield Desk(shop)
    with shop.house.resources.reading() as session:
        assert check_books(session, now=shop.house.clock.now() + timedelta(days=30)).breaches == ()


def test_a_cheque_pays_the_oldest_first_with_the_discount_of_the_day_it_came(desk: Desk) -> None:
    desk.shop.house.clock.move(days=20)
    today = desk.shop.house.clock.now().date()
    desk.enter(Recorded("cheque", 100_000, date(2026, 3, 10), today, "1187"))
    # 981.60 settle the first; 18.40 are for the second.
    assert (desk.shop.opens(), desk.credit) == ({"1002": 58_160}, 0)


def test_a_cheque_that_came_late_brings_no_discount_unless_the_owner_allows_it(desk: Desk) -> None:
    desk.shop.house.clock.move(days=20)
    today = desk.shop.house.clock.now().date()
    late = Recorded("cheque", 98_160, today, today, "1187", charge_ids=[desk.shop.first.id])
    with_terms = replace(late, terms_of=date(2026, 3, 11))
    desk.enter(with_terms)
    assert desk.shop.opens() == {"1002": 60_000}


def test_a_cheque_for_nothing_in_particular_is_credit_until_it_is_allocated(desk: Desk) -> None:
    payment = desk.record(70_000, charge_ids=())
    assert (desk.shop.opens(), desk.credit) == ({"1001": 100_000, "1002": 60_000}, 70_000)
    assert desk.do("allocate", payment, charge_ids=[desk.shop.second.id], amount_cents=None) == 58_800
    assert (desk.shop.opens(), desk.credit) == ({"1001": 100_000}, 11_200)
    assert desk.do("allocate", payment, charge_ids=None, amount_cents=None) == 11_200
    assert (desk.shop.opens(), desk.credit) == ({"1001": 88_800}, 0)
    with pytest.raises(Refusal, match="is on no invoice"):
        desk.do("allocate", payment, charge_ids=None, amount_cents=None)


def test_taken_off_an_invoice_it_is_credit_and_the_discount_is_gone(desk: Desk) -> None:
    payment = desk.record(98_160, charge_ids=[desk.shop.first.id])
    assert desk.do("release", payment, desk.shop.first.id, amount_cents=None) == 98_160
    assert (desk.shop.opens(), desk.credit) == ({"1001": 100_000, "1002": 60_000}, 98_160)
    desk.do("allocate", payment, charge_ids=[desk.shop.first.id], amount_cents=None)
    assert (desk.shop.opens(), desk.credit) == ({"1002": 60_000}, 0)


def test_a_returned_cheque_opens_everything_and_may_cost_a_fee(desk: Desk) -> None:
    payment = desk.record(98_160)
    assert desk.do("bounce", payment, fee_cents=2_500, on=desk.today) == 98_160
    assert desk.shop.opens() == {"1001": 100_000, "1002": 60_000, "FEE-00001": 2_500}
    with pytest.raises(Conflict, match="already"):
        desk.do("bounce", payment, fee_cents=0, on=desk.today)


def test_a_cheque_that_was_paid_back_in_part_and_comes_back_is_owed_whole(desk: Desk) -> None:
    payment = desk.record(98_160)
    shop = desk.shop
    wish = refunds.Wish(40_000, covers=False)
    refunds.refund(shop.house.resources, payment, wish, now=shop.house.clock.now(), actor="cli")
    assert desk.do("bounce", payment, fee_cents=0, on=desk.today) == 98_160
    # The invoice, and what had been paid back of money that never was.
    assert shop.opens() == {"1001": 100_000, "1002": 60_000, "DN-00001": 40_000}


def test_money_taken_up_again_in_steps(desk: Desk) -> None:
    desk.give_up(desk.shop.second.id)
    payment = desk.record(30_000, charge_ids=())
    for cents in (10_000, 10_000):
        desk.do("allocate", payment, charge_ids=[desk.shop.second.id], amount_cents=cents)
    assert (desk.shop.opens(), desk.credit) == ({"1001": 100_000}, 10_000)


def test_a_late_cheque_takes_nothing_on_days_when_nothing_was_open(desk: Desk) -> None:
    """The first cheque settled the invoice and came back ten days later; the second is dated in between."""
    first = desk.record(98_160, charge_ids=[desk.shop.first.id])
    desk.shop.house.clock.move(days=10)
    today = desk.shop.house.clock.now().date()
    desk.do("bounce", first, fee_cents=0, on=today)
    desk.shop.house.clock.move(days=1)
    late = date(2026, 3, 6)
    desk.enter(Recorded("cheque", 100_000, late, late, "1188", charge_ids=[desk.shop.first.id]))
    # Received in time for the discount; `desk` checks that no day ever has less than nothing open.
    assert desk.shop.opens() == {"1002": 60_000}


def test_a_payment_of_stripes_is_not_returned_by_hand(desk: Desk) -> None:
    paid = Paid(desk.shop)
    with pytest.raises(Refusal, match="Stripe tells by itself"):
        desk.do("bounce", paid.payment, fee_cents=0, on=desk.today)


def test_the_same_cheque_is_not_recorded_twice(desk: Desk) -> None:
    desk.record(50_000)
    with pytest.raises(Conflict, match="R-00001"):
        desk.record(50_000)
    desk.record(50_000, is_another=True)
    assert desk.shop.opens() == {"1002": 58_160}


def test_eight_clerks_record_the_same_cheque_once(desk: Desk) -> None:
    refused: list[Refusal] = []

    def enter() -> None:
        try:
            desk.record(50_000)
        except Refusal as refusal:
            refused.append(refusal)

    together(8, enter)
    assert len(refused) == 7
    assert desk.shop.opens() == {"1001": 50_000, "1002": 60_000}


@pytest.mark.parametrize(
    ("cents", "days", "deposited", "sentence"),
    [(0, 0, 0, "more than nothing"), (100, 1, 1, "still ahead"), (100, 0, -1, "or later")],
)
def test_what_cannot_be_is_refused(desk: Desk, cents: int, days: int, deposited: int, sentence: str) -> None:
    received, banked = desk.today + timedelta(days=days), desk.today + timedelta(days=deposited)
    with pytest.raises(Refusal, match=sentence):
        desk.enter(Recorded("wire", cents, received, banked, ""))


def test_money_for_what_was_written_off_is_a_recovery(desk: Desk) -> None:
    shop = desk.shop
    shop.pay_first()
    attempt = shop.pay_by_card()
    given_up = desk.give_up(shop.first.id, claims_tax=True)
    assert (given_up, shop.opens()) == (100_000, {"1002": 60_000})
    shop.house.clock.move(days=1)
    shop.sync(attempt)
    assert (shop.opens(), desk.credit) == ({"1002": 60_000}, 0)


def test_a_cheque_named_for_what_was_written_off_recovers_it(desk: Desk) -> None:
    desk.give_up(desk.shop.second.id)
    payment = desk.record(70_000, charge_ids=[desk.shop.second.id])
    assert (desk.shop.opens(), desk.credit) == ({"1001": 100_000}, 10_000)
    desk.do("bounce", payment, fee_cents=0, on=desk.today)
    # It was taken up again: what came back is owed, not given up.
    assert desk.shop.opens() == {"1001": 100_000, "1002": 60_000}


def test_credit_is_put_on_what_was_written_off_only_where_it_is_named(desk: Desk) -> None:
    payment = desk.record(20_000, charge_ids=())
    desk.give_up(desk.shop.second.id)
    assert desk.do("allocate", payment, charge_ids=[desk.shop.second.id], amount_cents=15_000) == 15_000
    assert (desk.shop.opens(), desk.credit) == ({"1001": 100_000}, 5_000)


def test_a_part_of_the_credit_is_allocated(desk: Desk) -> None:
    payment = desk.record(70_000, charge_ids=())
    assert desk.do("allocate", payment, charge_ids=[desk.shop.first.id], amount_cents=10_000) == 10_000
    assert (desk.shop.opens()["1001"], desk.credit) == (90_000, 60_000)


@pytest.mark.parametrize(("fee", "days", "sentence"), [(-1, 0, "less than nothing"), (0, 1, "still ahead")])
def test_a_return_that_cannot_be_is_refused(desk: Desk, fee: int, days: int, sentence: str) -> None:
    payment = desk.record(70_000)
    with pytest.raises(Refusal, match=sentence):
        desk.do("bounce", payment, fee_cents=fee, on=desk.today + timedelta(days=days))


def test_a_write_off_leaves_alone_what_is_on_its_way(desk: Desk) -> None:
    shop = desk.shop
    shop.pay_first(method="us_bank_account")
    shop.sync(shop.pay_by_bank())
    with pytest.raises(Refusal, match=r"\$0.00"):
        desk.give_up(shop.first.id, amount_cents=100)
