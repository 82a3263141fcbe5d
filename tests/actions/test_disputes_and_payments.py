"""Disputes on invoices that are being paid: pages at Stripe, bank debits, money that comes by an older quote."""

from dataclasses import replace
from datetime import date

import pytest

from e2e.stripe.faults import Fault
from portal.actions import checkouts, payments, policies, write_offs
from portal.actions.checkouts import Payer, Wish
from portal.actions.disputes import Complaint, Wrong, file
from portal.actions.quotes import Choice
from portal.records import attempts as attempt_records
from portal.records import charges
from portal.records.attempts import AttemptRow
from portal.records.disputes import DisputeRow
from portal.rules.refusals import Conflict
from tests.support.disputing import Complaints
from tests.support.house import House
from tests.support.shop import cheque


class Payers(Complaints):
    """Who disputes and pays."""

    def open_page(self, cents: int, method: str = "card") -> AttemptRow:
        with self.house.resources.reading() as session:
            public_id = charges.by_id(session, self.charge_id, date(2026, 3, 5)).public_id
        checkouts.begin(
            self.house.resources,
            Payer(account_id=self.account.id, session_id=self.filer.session_id, contact_id=None),
            Wish(Choice((public_id,)), method, cents, None, 0),  # type: ignore[arg-type]
            now=self.house.clock.now(),
        )
        return self.attempt()

    def attempt(self) -> AttemptRow:
        with self.house.resources.reading() as session:
            return attempt_records.by_id(session, 1)

    def pay(self) -> None:
        checkout_id = self.attempt().checkout_id
        assert checkout_id is not None
        self.house.stripe.pay_by_card(checkout_id)
        payments.sync_payment(self.house.resources, 1, now=self.house.clock.now())


@pytest.fixture
def payers(checked_house: House) -> Payers:
    return Payers(checked_house).on(3, 5)  # type: ignore[return-value]


def test_a_page_that_would_pay_what_is_disputed_is_ended(payers: Payers) -> None:
    payers.open_page(98_160)
    payers.file()
    assert payers.attempt().state == "expired"
    assert [page["status"] for page in payers.house.stripe.all("checkout.session")] == ["expired"]
    assert payers.figures()[:2] == (78_400, 21_600)


@pytest.mark.parametrize("kind", ["drop_before", "server_error", "rate_limit"])
def test_a_dispute_is_filed_though_stripe_is_away_and_what_is_paid_anyway_is_kept(payers: Payers, kind: str) -> None:
    payers.open_page(98_160)
    payers.house.stripe.fault(Fault(kind, path="/v1/checkout/sessions", times=None))  # type: ignore[arg-type]
    dispute = payers.file()
    assert dispute.state == "new"
    assert payers.attempt().state == "open"
    payers.house.stripe.heal()
    payers.pay()
    # All that is open takes the money, the disputed part too, and the discount that was promised with it.
    assert payers.standing().statement.rows == ()
    payers.on(3, 20).decide(dispute)
    assert payers.credit() == 21_200


def test_without_stripe_a_dispute_is_filed_all_the_same(payers: Payers) -> None:
    payers.open_page(98_160)
    resources = replace(payers.house.resources, stripe=None)
    complaint = Complaint(payers.charge_id, (Wrong(2, "short", "0"),), "")
    filed: DisputeRow = file(resources, payers.filer, complaint, decimal_mark=".", now=payers.house.clock.now())
    assert filed.state == "new"


def test_a_page_that_was_paid_a_moment_before_is_in_the_books(payers: Payers) -> None:
    attempt = payers.open_page(98_160)
    assert attempt.checkout_id is not None
    payers.house.stripe.pay_by_card(attempt.checkout_id)
    dispute = payers.file()
    assert payers.attempt().state == "succeeded"
    assert payers.standing().statement.rows == ()
    payers.decide(dispute, 10_000)
    assert payers.credit() == 10_600


def test_a_debit_under_way_comes_before_what_is_disputed(payers: Payers) -> None:
    attempt = payers.open_page(98_160, "us_bank_account")
    assert attempt.checkout_id is not None
    payers.house.stripe.pay_by_bank(attempt.checkout_id, "000123456789")
    payments.sync_payment(payers.house.resources, 1, now=payers.house.clock.now())
    dispute = payers.file()
    assert payers.attempt().state == "processing"
    parts = payers.invoice().item.parts
    assert (parts.pending_cents, parts.disputed_cents, parts.payable_cents) == (100_000, 0, 0)
    intent_id = payers.attempt().payment_intent_id
    assert intent_id is not None
    payers.house.stripe.settle_bank(intent_id, fail_with="insufficient_funds")
    payments.sync_payment(payers.house.resources, 1, now=payers.house.clock.now())
    assert payers.figures()[:2] == (78_400, 21_600)
    payers.decide(dispute)
    assert payers.invoice().item.parts.open_cents == 78_400


def test_the_rest_is_paid_and_the_page_for_it_lives_on_when_the_seller_decides(payers: Payers) -> None:
    dispute = payers.file()
    payers.open_page(76_960)
    payers.decide(dispute)
    payers.pay()
    assert payers.standing().statement.rows == ()
    assert payers.credit() == 0


def test_another_complaint_ends_the_page_for_the_rest(payers: Payers) -> None:
    payers.file()
    payers.open_page(76_960)
    payers.decide(payers.file(Wrong(1, "short", "9")))
    assert payers.attempt().state == "expired"
    assert payers.memos() == [(7_840, 640)]


def test_a_part_paid_before_leaves_no_more_disputed_than_is_open(payers: Payers) -> None:
    with payers.house.resources.writing() as session:
        cheque(payers, session, payers.charge_id, 90_000)  # type: ignore[arg-type]
    dispute = payers.file()
    parts = payers.invoice().item.parts
    assert (parts.disputed_cents, parts.payable_cents) == (10_000, 0)
    payers.decide(dispute)
    assert payers.standing().statement.rows == ()
    assert payers.credit() == 11_600


def test_a_paid_invoice_can_be_disputed_and_is_not_open_for_it(payers: Payers) -> None:
    payers.open_page(98_160)
    payers.pay()
    dispute = payers.file()
    assert payers.standing().statement.rows == ()
    assert payers.standing().statement.balance.disputed_cents == 0
    payers.decide(dispute, 0)
    assert payers.credit() == 0


@pytest.mark.parametrize(
    ("given_up_cents", "wanted"), [(None, "credited or disputed"), (90_000, "credited or disputed")]
)
def test_what_is_written_off_cannot_be_credited_too(
    complaints: Complaints, given_up_cents: int | None, wanted: str
) -> None:
    complaints.on(3, 5)
    with complaints.house.resources.writing() as session:
        policy = policies.load(session, now=complaints.house.clock.now())
        write_offs.write_off(
            session, complaints.account, complaints.charge_id, amount_cents=given_up_cents, claims_tax=False,
            reason="", policy=policy, now=complaints.house.clock.now(), actor="test",
        )  # fmt: skip
    with pytest.raises(Conflict, match="credited or disputed"):
        complaints.file()
    # What is left of it may still be wrong.
    if given_up_cents is not None:
        complaints.decide(complaints.file(Wrong(2, "short", "6")))
        assert complaints.invoice().item.parts.open_cents == 10_000 - 8_640
