"""What disputes do to money: the golden figures of money.md 4 and 6, through the books."""

from collections.abc import Iterator
from datetime import date

import pytest

from portal.actions import check, dispute_answers
from portal.actions.dispute_decisions import Offered
from portal.actions.disputes import Wrong
from portal.records import Database, ledger
from portal.rules.refusals import Conflict
from tests.support.clock import MovableClock
from tests.support.disputing import Complaints
from tests.support.house import open_house
from tests.support.shop import cheque


@pytest.fixture
def complaints(database: Database, clock: MovableClock) -> Iterator[Complaints]:
    with open_house(database, clock) as house:
        found = Complaints(house)
        yield found
        with house.resources.reading() as session:
            assert check.check_books(session, now=clock.now()).breaches == ()


def pay(complaints: Complaints, cents: int, *, discount_cents: int = 0) -> None:
    """A cheque for the invoice, today, with its discount."""
    shop = _Payer(complaints)
    with complaints.house.resources.writing() as session:
        cheque(shop, session, complaints.charge_id, cents, discount_cents=discount_cents)  # type: ignore[arg-type]


class _Payer:
    """As much of a shop as a cheque needs."""

    def __init__(self, complaints: Complaints) -> None:
        self.house = complaints.house
        self.account = complaints.account


def credit(complaints: Complaints) -> int:
    with complaints.house.resources.reading() as session:
        return ledger.credit_on(session, complaints.account.id, date.max)


def test_the_rest_is_payable_with_its_discount(complaints: Complaints) -> None:
    complaints.on(3, 5).file()
    assert complaints.figures() == (78_400, 21_600, 1_440, 76_960, date(2026, 3, 11))


def test_decided_in_part_what_is_left_has_the_days_that_were_left(complaints: Complaints) -> None:
    dispute = complaints.on(3, 5).file()
    pay(complaints, 76_960, discount_cents=1_440)
    assert complaints.figures() == (0, 21_600, 0, 0, None)
    complaints.on(3, 20).decide(dispute, 10_000)
    assert complaints.figures() == (10_800, 0, 200, 10_600, date(2026, 3, 26))


@pytest.mark.parametrize(
    ("day", "expected"), [(8, (21_600, 0, 400, 21_200, date(2026, 3, 11))), (20, (21_600, 0, 0, 21_600, None))]
)
@pytest.mark.parametrize("how", ["rejected", "withdrawn"])
def test_decided_against_the_clock_never_stopped(
    complaints: Complaints, how: str, day: int, expected: tuple[int, int, int, int, date | None]
) -> None:
    dispute = complaints.on(3, 5).file()
    pay(complaints, 76_960, discount_cents=1_440)
    complaints.on(3, day)
    if how == "rejected":
        complaints.decide(dispute, 0)
    else:
        complaints.withdraw(dispute)
    assert complaints.figures() == expected


def test_a_credit_on_a_paid_invoice_takes_its_share_of_the_discount_back(complaints: Complaints) -> None:
    complaints.on(3, 5)
    pay(complaints, 98_160, discount_cents=1_840)
    complaints.decide(complaints.on(3, 10).file())
    assert complaints.standing().statement.rows == ()
    assert credit(complaints) == 21_200


def test_credits_one_after_the_other_come_to_the_same(complaints: Complaints) -> None:
    complaints.on(3, 5)
    pay(complaints, 98_160, discount_cents=1_840)
    for day in (10, 11):
        complaints.on(3, day)
        complaints.decide(complaints.file(Wrong(2, "short", "5")))
    assert credit(complaints) == 21_200


def test_reopened_and_decided_once_more(complaints: Complaints) -> None:
    dispute = complaints.on(3, 5).file()
    pay(complaints, 76_960, discount_cents=1_440)
    complaints.on(3, 20).decide(dispute, 10_000)
    complaints.on(3, 22).reopen(dispute)
    assert complaints.figures() == (0, 10_800, 0, 0, None)
    complaints.on(3, 30).decide(dispute, 15_000)
    # Stopped for 15 days and for 8: the window of 11 March ends on 3 April.
    assert complaints.figures() == (5_400, 0, 100, 5_300, date(2026, 4, 3))
    with pytest.raises(Conflict, match="final"):
        complaints.reopen(dispute)


def test_an_offer_accepted_is_as_good_as_a_decision(complaints: Complaints) -> None:
    dispute = complaints.on(3, 5).file()
    offer_id = complaints.offer(dispute, Offered("percentage", percent_bp=5_000, words="Half of it."))
    with complaints.house.resources.writing() as session:
        dispute_answers.agree(session, complaints.filer, dispute.public_id, offer_id, now=complaints.house.clock.now())
    assert complaints.invoice().item.parts.open_cents == 89_200
    assert complaints.figures()[1] == 0


def test_the_goods_once_more_leave_all_to_pay_with_the_days_that_were_left(complaints: Complaints) -> None:
    dispute = complaints.on(3, 5).file()
    pay(complaints, 76_960, discount_cents=1_440)
    complaints.on(3, 20)
    offer_id = complaints.offer(dispute, Offered("replacement"))
    with complaints.house.resources.writing() as session:
        dispute_answers.agree(session, complaints.filer, dispute.public_id, offer_id, now=complaints.house.clock.now())
    assert complaints.figures() == (21_600, 0, 400, 21_200, date(2026, 3, 26))
