"""Answering, offering, deciding, taking back and opening again: what is possible when, and what it leaves behind."""

from datetime import date

import pytest
from sqlalchemy import select

from portal.actions import credit_memos, dispute_answers, dispute_decisions, policies
from portal.actions.dispute_decisions import Offered
from portal.actions.disputes import Wrong
from portal.records import disputes as records
from portal.records.tables import history
from portal.rules.refusals import Conflict, Refusal
from tests.support.disputing import OWNER, Complaints


def held(complaints: Complaints) -> int:
    return complaints.invoice().item.parts.disputed_cents


def test_closed_is_closed(complaints: Complaints) -> None:
    dispute = complaints.file()
    offer_id = complaints.offer(dispute, Offered("percentage", percent_bp=1_000))
    complaints.decide(dispute)
    for act in (
        lambda: complaints.answer(dispute, "But."),
        lambda: complaints.withdraw(dispute),
        lambda: complaints.decide(dispute),
        lambda: complaints.reopen(dispute),
        lambda: complaints.offer(dispute, Offered("replacement")),
        lambda: complaints.agree(dispute, offer_id),
        lambda: complaints.decline(dispute, offer_id),
    ):
        with pytest.raises(Conflict):
            act()
    assert complaints.states(dispute) == ["new", "offered", "accepted"]
    assert complaints.memos() == [(21_600, 1_600)]


def test_withdrawing_twice_is_withdrawing_once(complaints: Complaints) -> None:
    dispute = complaints.file()
    complaints.withdraw(dispute)
    complaints.withdraw(dispute)
    assert complaints.states(dispute) == ["new", "withdrawn"]


def test_agreeing_twice_is_agreeing_once(complaints: Complaints) -> None:
    dispute = complaints.file()
    offer_id = complaints.offer(dispute, Offered("credit", cents=5_000))
    complaints.agree(dispute, offer_id)
    complaints.agree(dispute, offer_id)
    assert complaints.memos() == [(5_400, 400)]


def test_declining_twice_is_declining_once_and_then_it_cannot_be_agreed_to(complaints: Complaints) -> None:
    dispute = complaints.file()
    offer_id = complaints.offer(dispute, Offered("credit", cents=5_000))
    complaints.decline(dispute, offer_id)
    complaints.decline(dispute, offer_id)
    assert complaints.states(dispute) == ["new", "offered", "in_review"]
    with pytest.raises(Conflict, match="no longer open"):
        complaints.agree(dispute, offer_id)


def test_an_offer_holds_its_last_day_and_not_the_day_after(complaints: Complaints) -> None:
    dispute = complaints.on(3, 5).file()
    offer_id = complaints.offer(dispute, Offered("credit", cents=5_000, days=3))
    assert complaints.current(dispute).reply_by == date(2026, 3, 8)
    complaints.on(3, 9)
    with pytest.raises(Conflict, match="no longer open"):
        complaints.agree(dispute, offer_id)
    complaints.on(3, 8).agree(dispute, offer_id)
    assert complaints.current(dispute).state == "partly_accepted"


def test_a_newer_offer_takes_the_place_of_the_one_before(complaints: Complaints) -> None:
    dispute = complaints.file()
    first = complaints.offer(dispute, Offered("credit", cents=5_000))
    second = complaints.offer(dispute, Offered("credit", cents=9_000))
    with pytest.raises(Conflict):
        complaints.agree(dispute, first)
    complaints.agree(dispute, second)
    assert complaints.memos() == [(9_720, 720)]


@pytest.mark.parametrize(
    "given",
    [
        Offered("credit"),
        Offered("credit", cents=20_001),
        Offered("credit", cents=-1),
        Offered("percentage"),
        Offered("percentage", percent_bp=10_001),
        Offered("percentage", percent_bp=-1),
        Offered("credit", cents=1, days=0),
        Offered("credit", cents=1, days=91),
    ],
)
def test_what_cannot_be_offered(complaints: Complaints, given: Offered) -> None:
    dispute = complaints.file()
    with pytest.raises(Refusal):
        complaints.offer(dispute, given)
    assert complaints.states(dispute) == ["new"]


def test_less_than_all_needs_a_reason_that_the_customer_reads(complaints: Complaints) -> None:
    dispute = complaints.file()
    for cents in (0, 10_000):
        with pytest.raises(Refusal) as caught:
            complaints.decide(dispute, cents, words="")
        assert caught.value.field == "words"
    assert complaints.decide(dispute, words="").state == "accepted"


def test_an_answer_gives_the_turn_back_only_to_who_has_asked(complaints: Complaints) -> None:
    dispute = complaints.on(3, 5).file()
    due = complaints.current(dispute).reply_by
    complaints.on(3, 6).answer(dispute, "One more thing.")
    assert (complaints.current(dispute).state, complaints.current(dispute).reply_by) == ("new", due)
    now = complaints.house.clock.now()
    with complaints.house.resources.writing() as session:
        policy = policies.load(session, now=now)
        loaded = dispute_decisions.load_for(
            session, dispute.public_id, version=records.by_id(session, dispute.id).version
        )
        dispute_decisions.ask(session, loaded, "Which?", OWNER, policy=policy, now=now)
    assert complaints.current(dispute).state == "waiting"
    complaints.answer(dispute, "Those.")
    assert (complaints.current(dispute).state, complaints.current(dispute).reply_by) == ("in_review", date(2026, 3, 13))
    with pytest.raises(Refusal, match="Write a message"):
        complaints.answer(dispute, " \n ")


def test_opened_again_and_rejected_what_was_given_stays_and_its_clock_too(complaints: Complaints) -> None:
    dispute = complaints.on(3, 5).file()
    complaints.on(3, 8).decide(dispute, 10_000)
    before = complaints.figures()
    complaints.reopen(dispute)
    assert held(complaints) == 10_800
    complaints.decide(dispute, 0, words="No.")
    assert complaints.current(dispute).state == "partly_accepted"
    assert complaints.figures() == before
    assert complaints.memos() == [(10_800, 800)]


def test_opened_again_and_taken_back_leaves_what_the_decision_gave(complaints: Complaints) -> None:
    dispute = complaints.on(3, 5).file()
    complaints.on(3, 8).decide(dispute, 10_000)
    before = complaints.figures()
    complaints.reopen(dispute)
    complaints.withdraw(dispute)
    assert complaints.figures() == before


def test_opened_again_needs_a_reason_and_comes_in_time(complaints: Complaints) -> None:
    dispute = complaints.on(3, 5).file()
    complaints.decide(dispute, 0)
    with complaints.house.resources.writing() as session, pytest.raises(Refusal) as caught:
        dispute_answers.reopen(session, complaints.filer, dispute.public_id, " ", (), now=complaints.house.clock.now())
    assert caught.value.field == "words"
    complaints.house.clock.move(days=200)
    with pytest.raises(Refusal, match="time to open"):
        complaints.reopen(dispute)


def test_no_more_is_credited_than_the_invoice_is_over(complaints: Complaints) -> None:
    """Something else has credited it meanwhile: whoever decides is told how much is left."""
    dispute = complaints.on(3, 5).file()
    now = complaints.house.clock.now()
    with complaints.house.resources.writing() as session:
        credit_memos.issue(
            session, complaints.account, complaints.charge_id, net_cents=82_000, tax_cents=8_000, zone="UTC",
            reason="Refunded", on=date(2026, 3, 5), now=now,
        )  # fmt: skip
    with pytest.raises(Conflict, match=r"All but \$100.00"):
        complaints.decide(dispute)
    with pytest.raises(Conflict, match="credited or disputed already"):
        complaints.file(Wrong(1, "duplicate", ""))
    complaints.decide(dispute, 9_000)
    assert sum(amount for amount, _ in complaints.memos()) == 99_720


def test_each_move_is_in_the_history(complaints: Complaints) -> None:
    dispute = complaints.file()
    offer_id = complaints.offer(dispute, Offered("credit", cents=5_000))
    complaints.decline(dispute, offer_id)
    complaints.decide(dispute, 0)
    complaints.reopen(dispute)
    complaints.withdraw(dispute)
    with complaints.house.resources.reading() as session:
        found = session.execute(
            select(history.c.action).where(history.c.action.like("dispute.%")).order_by(history.c.id)
        ).scalars()
        assert list(found) == [
            f"dispute.{act}" for act in ("filed", "offer", "decline", "reject", "reopen", "withdraw")
        ]


def test_what_was_settled_by_an_accepted_offer_stays_settled(complaints: Complaints) -> None:
    dispute = complaints.on(3, 5).file()
    offer_id = complaints.offer(dispute, Offered("percentage", percent_bp=5_000))
    complaints.agree(dispute, offer_id)
    with pytest.raises(Conflict, match="settled by an offer"):
        complaints.reopen(dispute)
