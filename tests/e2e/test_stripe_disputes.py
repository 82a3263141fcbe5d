"""Disputes: in part and in whole, asked before they are taken, lost and appealed; a bank's return on any day."""

from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from e2e.stripe.errors import ApiError
from tests.e2e.stripe_desk import Desk, open_desk
from tests.support.clock import MovableClock


@pytest.fixture
def desk(clock: MovableClock) -> Iterator[Desk]:
    with open_desk(clock) as opened:
        yield opened
        for lists in (opened.v1.charges, opened.v1.disputes, opened.v1.events, opened.v1.balance_transactions):
            lists.list({"limit": 100})  # what is answered is walked against Stripe's types
        assert opened.world.type_errors == []


def moved(desk: Desk, dispute: Any) -> list[tuple[int, int]]:
    """(amount, fee) of each movement, as the API tells it."""
    found = desk.v1.disputes.retrieve(dispute["id"]).balance_transactions
    return [(each.amount, each.fee) for each in found]


def balance(desk: Desk) -> int:
    return sum(each["net"] for each in desk.world.all("balance_transaction"))


def debited(desk: Desk) -> str:
    intent = str(desk.world.pay_by_bank(desk.session().id)["id"])
    desk.world.settle_bank(intent)
    return intent


def test_a_part_is_disputed_then_another(desk: Desk) -> None:
    intent = desk.paid(10_000)
    first = desk.world.dispute(intent, "product_not_received", amount_cents=3_000)
    assert (first["amount"], first["reason"], moved(desk, first)) == (3_000, "product_not_received", [(-3_000, 1_500)])
    with pytest.raises(ApiError, match="within the 7000"):
        desk.world.dispute(intent, amount_cents=7_001)
    assert desk.world.dispute(intent)["amount"] == 7_000
    with pytest.raises(ApiError, match="not disputed yet"):
        desk.world.dispute(intent)
    assert len(desk.v1.disputes.list({"payment_intent": intent}).data) == 2


@pytest.mark.parametrize(("amount", "taken"), [(None, 4_000), (10_000, 10_000), (4_001, 4_001)])
def test_more_than_is_left_after_refunds_can_be_disputed(desk: Desk, amount: int | None, taken: int) -> None:
    intent = desk.paid(10_000)
    desk.world.refund(intent, 6_000)
    before = balance(desk)
    dispute = desk.world.dispute(intent, amount_cents=amount)
    assert moved(desk, dispute) == [(-taken, 1_500)]
    assert balance(desk) == before - taken - 1_500
    desk.world.close_dispute(dispute["id"], won=True)
    assert moved(desk, dispute)[1:] == [(taken, 0)]


def test_what_was_refunded_in_full_can_be_disputed_in_full(desk: Desk) -> None:
    intent = desk.paid(10_000)
    desk.world.refund(intent)
    assert desk.world.dispute(intent)["amount"] == 10_000


@pytest.mark.parametrize("amount", [0, -1, 10_001])
def test_a_dispute_stays_within_its_charge(desk: Desk, amount: int) -> None:
    intent = desk.paid(10_000)
    with pytest.raises(ApiError, match="within the 10000"):
        desk.world.dispute(intent, amount_cents=amount)
    assert desk.world.all("dispute") == []
    assert desk.v1.charges.list({"payment_intent": intent}).data[0].disputed is False


def test_an_inquiry_moves_no_money_and_leaves_refunds_open(desk: Desk) -> None:
    intent = desk.paid(10_000)
    before = balance(desk)
    opened = desk.world.inquire(intent)
    dispute = desk.v1.disputes.retrieve(opened["id"])
    assert (dispute.status, dispute.is_charge_refundable) == ("warning_needs_response", True)
    assert dispute.payment_method_details.card.case_type == "inquiry"
    assert (dispute.balance_transactions, balance(desk)) == ([], before)
    assert desk.v1.charges.list({"payment_intent": intent}).data[0].disputed
    assert desk.told()[-1] == "charge.dispute.created"
    assert desk.v1.refunds.create({"payment_intent": intent, "amount": 1_000}).status == "succeeded"
    with pytest.raises(ApiError, match="not disputed yet"):
        desk.world.dispute(intent)
    with pytest.raises(ApiError, match="is warning_needs_response"):
        desk.world.close_dispute(opened["id"], won=True)


def test_an_inquiry_that_escalates_takes_its_whole_amount(desk: Desk) -> None:
    intent = desk.paid(10_000)
    opened = desk.world.inquire(intent, "unrecognized")
    desk.v1.refunds.create({"payment_intent": intent, "amount": 1_000})
    desk.clock.move(days=10)
    desk.world.escalate(opened["id"])
    dispute = desk.v1.disputes.retrieve(opened["id"])
    assert (dispute.status, dispute.is_charge_refundable) == ("needs_response", False)
    assert dispute.payment_method_details.card.case_type == "chargeback"
    assert dispute.evidence_details.due_by == int(desk.clock.now().timestamp()) + 20 * 86_400
    assert moved(desk, opened) == [(-10_000, 1_500)]
    updated, withdrawn = desk.world.all("event")[-2:]
    assert (updated["type"], withdrawn["type"]) == ("charge.dispute.updated", "charge.dispute.funds_withdrawn")
    assert updated["data"]["previous_attributes"] == {"status": "warning_needs_response"}
    with pytest.raises(stripe.InvalidRequestError) as caught:
        desk.v1.refunds.create({"payment_intent": intent})
    assert caught.value.code == "charge_disputed"
    with pytest.raises(ApiError, match="needs_response already"):
        desk.world.escalate(opened["id"])
    desk.world.close_dispute(opened["id"], won=True)
    assert moved(desk, opened) == [(-10_000, 1_500), (10_000, 0)]


def test_an_inquiry_refunded_in_full_cannot_escalate(desk: Desk) -> None:
    intent = desk.paid(10_000)
    opened = desk.world.inquire(intent)
    desk.world.refund(intent)
    with pytest.raises(ApiError, match="can only close"):
        desk.world.escalate(opened["id"])
    assert moved(desk, opened) == []


def test_an_inquiry_closes_and_a_chargeback_may_follow(desk: Desk) -> None:
    intent = desk.paid(10_000)
    opened = desk.world.inquire(intent)
    desk.world.close_inquiry(opened["id"])
    assert desk.v1.disputes.retrieve(opened["id"]).status == "warning_closed"
    assert (desk.told()[-1], moved(desk, opened)) == ("charge.dispute.closed", [])
    for act in (desk.world.close_inquiry, desk.world.escalate, desk.world.appeal):
        with pytest.raises(ApiError, match="warning_closed already"):
            act(opened["id"])
    assert desk.world.dispute(intent)["amount"] == 10_000


@pytest.mark.parametrize("won", [True, False])
def test_a_lost_chargeback_is_appealed(desk: Desk, won: bool) -> None:
    opened = desk.world.dispute(desk.paid(10_000))
    with pytest.raises(ApiError, match="needs_response already"):
        desk.world.appeal(opened["id"])
    desk.world.close_dispute(opened["id"], won=False)
    before = balance(desk)
    desk.world.appeal(opened["id"])
    assert desk.v1.disputes.retrieve(opened["id"]).status == "appeal_under_review"
    assert desk.world.all("event")[-1]["data"]["previous_attributes"] == {"status": "lost"}
    assert (desk.told()[-1], balance(desk)) == ("charge.dispute.updated", before)
    told = len(desk.told())
    desk.world.close_dispute(opened["id"], won=won)
    assert desk.v1.disputes.retrieve(opened["id"]).status == ("won" if won else "lost")
    assert balance(desk) == before + (10_000 if won else 0)
    assert moved(desk, opened)[1:] == ([(10_000, 0)] if won else [])
    reinstated = ["charge.dispute.closed", "charge.dispute.funds_reinstated"]
    assert desk.told()[told:] == (reinstated if won else reinstated[:1])
    if won:
        booked = desk.v1.balance_transactions.list({"source": opened["id"], "limit": 1}).data[0]
        assert (booked.type, booked.reporting_category) == ("adjustment", "dispute_reversal")


def test_what_was_won_can_be_refunded_again(desk: Desk) -> None:
    intent = desk.paid(10_000)
    opened = desk.world.dispute(intent)
    desk.world.close_dispute(opened["id"], won=True)
    assert desk.v1.disputes.retrieve(opened["id"]).is_charge_refundable
    assert desk.v1.refunds.create({"payment_intent": intent, "amount": 500}).status == "succeeded"


@pytest.mark.parametrize("days", [0, 60, 400])
def test_a_bank_returns_a_debit_on_any_day(desk: Desk, days: int) -> None:
    intent = debited(desk)
    desk.clock.move(days=days)
    returned = desk.world.dispute(intent, "debit_not_authorized")
    dispute = desk.v1.disputes.retrieve(returned["id"])
    assert (dispute.status, dispute.created) == ("lost", int(desk.clock.now().timestamp()))
    assert (dispute.evidence_details.due_by, moved(desk, returned)) == (None, [(-12_345, 0)])


def test_a_bank_neither_asks_nor_hears_an_appeal(desk: Desk) -> None:
    intent = debited(desk)
    with pytest.raises(ApiError, match="do not inquire"):
        desk.world.inquire(intent)
    returned = desk.world.dispute(intent, "insufficient_funds")
    with pytest.raises(ApiError, match="is final"):
        desk.world.appeal(returned["id"])
    with pytest.raises(ApiError, match="lost already"):
        desk.world.close_dispute(returned["id"], won=True)
    with pytest.raises(ApiError, match="not disputed yet"):
        desk.world.dispute(intent, "insufficient_funds")


def test_a_bank_may_return_what_was_refunded(desk: Desk) -> None:
    intent = debited(desk)
    desk.v1.refunds.create({"payment_intent": intent, "amount": 12_000})
    desk.clock.move(days=8)
    assert moved(desk, desk.world.dispute(intent, amount_cents=12_345)) == [(-12_345, 0)]
    assert balance(desk) == -12_000 - 99


def test_a_charge_whose_fee_comes_late_is_disputed(desk: Desk) -> None:
    desk.world.business.balance_transaction_delay_seconds = 600
    intent = desk.paid(10_000)
    opened = desk.world.dispute(intent)
    assert desk.v1.charges.list({"payment_intent": intent}).data[0].balance_transaction is None
    desk.clock.move(minutes=10)
    charge = desk.v1.charges.list({"payment_intent": intent, "expand": ["data.balance_transaction"]}).data[0]
    assert (charge.balance_transaction.net, charge.disputed) == (9_680, True)
    assert balance(desk) == 9_680 - 11_500
    assert moved(desk, opened) == [(-10_000, 1_500)]
