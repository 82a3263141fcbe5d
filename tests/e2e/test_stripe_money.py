"""Money that moves after the payment: bank debits, refunds, disputes, fees that come late."""

from collections.abc import Iterator

import pytest
import stripe

from e2e.stripe.errors import ApiError
from tests.e2e.stripe_desk import Desk, open_desk
from tests.support.clock import MovableClock


@pytest.fixture
def desk(clock: MovableClock) -> Iterator[Desk]:
    with open_desk(clock) as opened:
        yield opened


def test_a_bank_debit_takes_four_working_days(desk: Desk) -> None:
    session = desk.session()
    intent = desk.world.pay_by_bank(session.id)
    session = desk.v1.checkout.sessions.retrieve(session.id)
    assert (session.status, session.payment_status, intent["status"]) == ("complete", "unpaid", "processing")
    assert desk.told()[-3:] == ["charge.pending", "payment_intent.processing", "checkout.session.completed"]
    desk.clock.move(days=3)
    assert desk.v1.payment_intents.retrieve(intent["id"]).status == "processing"
    desk.clock.move(days=1)
    settled = desk.v1.payment_intents.retrieve(intent["id"], {"expand": ["latest_charge.balance_transaction"]})
    assert (settled.status, settled.latest_charge.balance_transaction.fee) == ("succeeded", 99)
    assert desk.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
    assert desk.told()[-3:] == [
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.async_payment_succeeded",
    ]


def test_the_bank_fee_is_capped(desk: Desk) -> None:
    intent = desk.world.pay_by_bank(desk.session(9_000_000).id)
    desk.world.settle_bank(intent["id"])
    assert desk.world.all("balance_transaction")[0]["fee"] == 500


@pytest.mark.parametrize(
    ("number", "code"),
    [("000111111116", "no_account"), ("000111111113", "account_closed"), ("000222222227", "insufficient_funds")],
)
def test_a_bank_debit_fails_days_later(desk: Desk, number: str, code: str) -> None:
    session = desk.session()
    intent = desk.world.pay_by_bank(session.id, number)
    desk.clock.move(days=6)
    failed = desk.v1.payment_intents.retrieve(intent["id"], {"expand": ["latest_charge"]})
    assert failed.status == "requires_payment_method"
    assert failed.last_payment_error.code == code
    assert (failed.latest_charge.status, failed.latest_charge.balance_transaction) == ("failed", None)
    session = desk.v1.checkout.sessions.retrieve(session.id)
    assert (session.status, session.payment_status) == ("complete", "unpaid")
    assert [each for each in desk.told() if each.endswith("failed")] == [
        "charge.failed",
        "payment_intent.payment_failed",
        "checkout.session.async_payment_failed",
    ]


def test_a_debit_that_stays_is_moved_by_hand(desk: Desk) -> None:
    intent = desk.world.pay_by_bank(desk.session().id, "000000000009")
    desk.clock.move(days=40)
    assert desk.v1.payment_intents.retrieve(intent["id"]).status == "processing"
    desk.world.settle_bank(intent["id"], fail_with="insufficient_funds")
    assert desk.v1.payment_intents.retrieve(intent["id"]).status == "requires_payment_method"


def test_refunds_never_exceed_what_is_left(desk: Desk) -> None:
    intent = desk.paid(1_000)
    first = desk.v1.refunds.create({"payment_intent": intent, "amount": 400, "metadata": {"row": "1"}})
    assert (first.status, first.amount) == ("succeeded", 400)
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        desk.v1.refunds.create({"payment_intent": intent, "amount": 601})
    desk.v1.refunds.create({"payment_intent": intent})
    with pytest.raises(stripe.InvalidRequestError) as caught:
        desk.v1.refunds.create({"payment_intent": intent})
    assert caught.value.code == "charge_already_refunded"
    charge = desk.v1.charges.list({"payment_intent": intent, "expand": ["data.refunds"]}).data[0]
    assert (charge.amount_refunded, charge.refunded) == (1_000, True)
    assert [each.amount for each in charge.refunds.data] == [600, 400]
    assert len(desk.v1.refunds.list({"payment_intent": intent}).data) == 2
    assert desk.told()[-2:] == ["refund.created", "charge.refunded"]


def test_a_refund_may_fail_after_it_succeeded(desk: Desk) -> None:
    intent = desk.paid(1_000)
    refund = desk.v1.refunds.create({"payment_intent": intent})
    desk.world.fail_refund(refund.id)
    failed = desk.v1.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
    assert failed.status == "failed"
    assert failed.failure_balance_transaction.amount == 1_000
    assert desk.v1.charges.list({"payment_intent": intent}).data[0].amount_refunded == 0
    assert "refund.failed" in desk.told()
    assert desk.v1.refunds.create({"payment_intent": intent}).amount == 1_000


def test_refunds_in_parts_from_the_dashboard(desk: Desk) -> None:
    intent = desk.paid(1_000)
    made = [desk.world.refund(intent, cents)["id"] for cents in (200, 200, 100)]
    charge = desk.v1.charges.list({"payment_intent": intent}).data[0]
    assert (charge.amount_refunded, charge.refunded) == (500, False)
    desk.world.fail_refund(made[1])
    assert desk.world.refund(intent)["amount"] == 700
    assert desk.v1.charges.list({"payment_intent": intent}).data[0].refunded
    statuses = [(each.amount, each.status) for each in desk.v1.refunds.list({"payment_intent": intent}).data]
    assert statuses == [(700, "succeeded"), (100, "succeeded"), (200, "failed"), (200, "succeeded")]


def test_a_pending_refund_is_called_off(desk: Desk) -> None:
    intent = desk.world.pay_by_bank(desk.session(1_000).id)["id"]
    desk.world.settle_bank(intent)
    refund = desk.v1.refunds.create({"payment_intent": intent, "amount": 400})
    told = len(desk.told())
    desk.world.cancel_refund(refund.id)
    canceled = desk.v1.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
    assert (canceled.status, canceled.failure_reason, canceled.pending_reason) == ("canceled", "merchant_request", None)
    assert canceled.failure_balance_transaction.amount == 400
    assert desk.told()[told:] == ["refund.updated", "charge.refund.updated"]
    assert desk.world.all("event")[-1]["data"]["previous_attributes"] == {"status": "pending"}
    assert desk.v1.charges.list({"payment_intent": intent}).data[0].amount_refunded == 0
    desk.clock.move(days=10)
    assert desk.v1.refunds.retrieve(refund.id).status == "canceled"
    with pytest.raises(ApiError, match="canceled and cannot fail"):
        desk.world.fail_refund(refund.id)
    assert desk.v1.refunds.create({"payment_intent": intent}).amount == 1_000


def test_only_a_pending_refund_is_called_off(desk: Desk) -> None:
    intent = desk.paid(1_000)
    refund = desk.v1.refunds.create({"payment_intent": intent})
    with pytest.raises(ApiError, match="succeeded and cannot be canceled"):
        desk.world.cancel_refund(refund.id)
    assert desk.v1.charges.list({"payment_intent": intent}).data[0].amount_refunded == 1_000


def test_stripes_books_differ_by_a_cent(desk: Desk) -> None:
    intent = desk.paid(1_000)
    desk.world.dispute(intent)
    received, taken = desk.world.all("balance_transaction")
    told = len(desk.told())
    for booked, by in ((received, 1), (taken, -1)):
        desk.world.corrupt(booked["id"], by)
    now = [(each.amount, each.fee, each.net) for each in desk.v1.balance_transactions.list().data]
    assert now == [(-1_001, 1_500, -2_501), (1_001, 59, 942)]
    assert desk.v1.disputes.list().data[0].balance_transactions[0].amount == -1_001
    assert desk.v1.charges.list({"payment_intent": intent}).data[0].amount == 1_000
    assert len(desk.told()) == told


def test_a_bank_refund_takes_days_and_has_a_limit(desk: Desk) -> None:
    intent = desk.world.pay_by_bank(desk.session(1_000).id)["id"]
    desk.world.settle_bank(intent)
    refund = desk.v1.refunds.create({"payment_intent": intent, "amount": 100})
    assert refund.status == "pending"
    desk.clock.move(days=8)
    assert desk.v1.refunds.retrieve(refund.id).status == "succeeded"
    desk.clock.move(days=180)
    with pytest.raises(stripe.InvalidRequestError, match="180 days"):
        desk.v1.refunds.create({"payment_intent": intent})


@pytest.mark.parametrize("won", [True, False])
def test_a_chargeback_takes_the_money_until_it_is_won(desk: Desk, won: bool) -> None:
    intent = desk.paid(10_000)
    opened = desk.world.dispute(intent)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        desk.v1.refunds.create({"payment_intent": intent})
    assert caught.value.code == "charge_disputed"
    desk.world.close_dispute(opened["id"], won=won)
    dispute = desk.v1.disputes.retrieve(opened["id"], {"expand": ["charge"]})
    assert dispute.status == ("won" if won else "lost")
    assert dispute.charge.disputed
    moved = [(each.amount, each.fee) for each in dispute.balance_transactions]
    assert moved == ([(-10_000, 1_500), (10_000, 0)] if won else [(-10_000, 1_500)])
    assert desk.v1.disputes.list({"payment_intent": intent}).data[0].id == dispute.id
    assert ("charge.dispute.funds_reinstated" in desk.told()) == won


def test_a_bank_return_is_lost_at_once_and_ends_the_mandate(desk: Desk) -> None:
    intent = desk.world.pay_by_bank(desk.session().id)["id"]
    desk.world.settle_bank(intent)
    charge = desk.v1.charges.list({"payment_intent": intent}).data[0]
    mandate = str(charge.payment_method_details.us_bank_account.mandate)
    assert desk.v1.mandates.retrieve(mandate).status == "active"
    assert desk.world.dispute(intent, "debit_not_authorized")["status"] == "lost"
    assert desk.v1.mandates.retrieve(mandate).status == "inactive"
    assert desk.told()[-4:] == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.closed",
        "mandate.updated",
    ]


def test_test_numbers_that_are_disputed_later(desk: Desk) -> None:
    desk.world.pay_by_card(desk.session().id, "4000000000000259")
    desk.world.pay_by_bank(desk.session().id, "000555555559")
    desk.clock.move(days=10)
    reasons = {each.reason for each in desk.v1.disputes.list().data}
    assert reasons == {"fraudulent", "debit_not_authorized"}


def test_a_saved_bank_account_is_debited_until_its_mandate_ends(desk: Desk) -> None:
    session = desk.session(payment_intent_data={"setup_future_usage": "off_session"})
    first = desk.world.pay_by_bank(session.id)
    desk.world.settle_bank(first["id"])
    kept = desk.v1.customers.payment_methods.list(first["customer"]).data[0]
    again = {"amount": 500, "currency": "usd", "customer": first["customer"], "payment_method": kept.id}
    more = {"confirm": True, "off_session": True}
    assert desk.v1.payment_intents.create(again | more).status == "processing"
    desk.world.dispute(first["id"], "debit_not_authorized")
    with pytest.raises(stripe.InvalidRequestError) as caught:
        desk.v1.payment_intents.create(again | more)
    assert caught.value.code == "payment_intent_mandate_invalid"


def test_a_fee_may_be_known_later(desk: Desk) -> None:
    desk.world.business.balance_transaction_delay_seconds = 600
    intent = desk.paid(1_000)
    assert desk.v1.charges.list({"payment_intent": intent}).data[0].balance_transaction is None
    assert desk.v1.balance_transactions.list().data == []
    desk.clock.move(minutes=10)
    charge = desk.v1.charges.list({"payment_intent": intent}).data[0]
    booked = desk.v1.balance_transactions.list({"source": charge.id}).data[0]
    assert (charge.balance_transaction, booked.fee, booked.status) == (booked.id, 59, "pending")
    assert desk.told()[-1] == "charge.updated"
    desk.clock.move(days=2)
    assert desk.v1.balance_transactions.retrieve(booked.id).status == "available"


def test_everything_said_so_far_was_in_stripes_words(desk: Desk) -> None:
    for pay in (desk.world.pay_by_card, desk.world.pay_by_bank):
        intent = pay(desk.session().id)["id"]
        if pay == desk.world.pay_by_bank:
            desk.world.settle_bank(intent)
        desk.v1.refunds.create({"payment_intent": intent, "amount": 100})
        desk.world.dispute(intent)
    for lists in (desk.v1.charges, desk.v1.refunds, desk.v1.disputes, desk.v1.events, desk.v1.balance_transactions):
        assert lists.list({"limit": 100}).data
    assert desk.world.type_errors == []
