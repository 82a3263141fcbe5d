"""Disputes when two act at one moment: each thing happens once, and whoever comes second is told."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest

from portal.actions import dispute_answers, dispute_decisions, policies
from portal.actions.dispute_decisions import Offered
from portal.actions.disputes import Wrong
from portal.records import disputes as records
from portal.records.disputes import DisputeRow
from portal.rules.refusals import Conflict, Refusal
from portal.rules.resolutions import all_of, by_amount
from tests.support.disputing import OWNER, Complaints
from tests.support.house import House
from tests.support.shop import together


@pytest.fixture
def complaints(checked_house: House) -> Complaints:
    return Complaints(checked_house).on(3, 5)


def race(*acts: Callable[[], object]) -> list[str]:
    """Do them at one moment; what each of those that were refused was told."""
    barrier, told, broken = Barrier(len(acts)), [], []

    def run(act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            act()
        except Refusal as refusal:
            told.append(refusal.sentence)
        except BaseException as error:
            broken.append(error)

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    return told


def decide_on(complaints: Complaints, seen: DisputeRow, cents: int | None) -> None:
    """As one of the staff who looked at the dispute before."""
    now = complaints.house.clock.now()
    with complaints.house.resources.writing() as session:
        policy = policies.load(session, now=now)
        dispute = dispute_decisions.load_for(session, seen.public_id, version=seen.version)
        (line,) = dispute_decisions.disputed_lines(session, dispute.id)
        approved = all_of(line) if cents is None else by_amount(line, cents, currency="usd")
        dispute_decisions.decide(session, dispute, [approved], "So be it.", OWNER, policy=policy, now=now)


def test_the_same_complaint_at_once_is_one(complaints: Complaints) -> None:
    found: list[DisputeRow] = []
    together(4, lambda: found.append(complaints.file()))
    assert len({each.id for each in found}) == 1
    assert complaints.invoice().item.parts.disputed_cents == 21_600


def test_two_complaints_about_the_same_goods_hold_them_once(complaints: Complaints) -> None:
    told = race(lambda: complaints.file(Wrong(2, "short", "")), lambda: complaints.file(Wrong(2, "damaged", "")))
    assert told == ["Look at the lines that you marked: something about them is missing."]
    assert complaints.invoice().item.parts.disputed_cents == 21_600


def test_two_of_the_staff_decide_and_the_second_is_told(complaints: Complaints) -> None:
    dispute = complaints.file()
    told = race(lambda: decide_on(complaints, dispute, None), lambda: decide_on(complaints, dispute, 10_000))
    assert told == ["This dispute has changed since you opened it. See below what happened, then go on."]
    assert len(complaints.memos()) == 1


def test_the_customer_agrees_while_the_seller_decides(complaints: Complaints) -> None:
    dispute = complaints.file()
    offer_id = complaints.offer(dispute, Offered("credit", cents=5_000))
    seen = complaints.current(dispute)
    told = race(lambda: complaints.agree(dispute, offer_id), lambda: decide_on(complaints, seen, None))
    assert len(told) == 1
    assert complaints.memos() in ([(5_400, 400)], [(21_600, 1_600)])


def test_the_customer_takes_it_back_while_the_seller_decides(complaints: Complaints) -> None:
    dispute = complaints.file()
    told = race(lambda: complaints.withdraw(dispute), lambda: decide_on(complaints, dispute, None))
    assert len(told) == 1
    assert len(complaints.memos()) == (complaints.current(dispute).state == "accepted")


@pytest.mark.parametrize("times", [2, 4])
def test_an_offer_agreed_to_at_once_is_credited_once(complaints: Complaints, times: int) -> None:
    dispute = complaints.file()
    offer_id = complaints.offer(dispute, Offered("credit", cents=5_000))
    together(times, lambda: complaints.agree(dispute, offer_id))
    assert complaints.memos() == [(5_400, 400)]


def test_agreeing_and_declining_at_once_is_one_of_them(complaints: Complaints) -> None:
    dispute = complaints.file()
    offer_id = complaints.offer(dispute, Offered("credit", cents=5_000))
    told = race(lambda: complaints.agree(dispute, offer_id), lambda: complaints.decline(dispute, offer_id))
    assert len(told) == 1
    assert complaints.states(dispute)[2:] in (["partly_accepted"], ["in_review"])


def test_taking_it_back_at_once_is_taking_it_back_once(complaints: Complaints) -> None:
    dispute = complaints.file()
    together(3, lambda: complaints.withdraw(dispute))
    assert complaints.states(dispute) == ["new", "withdrawn"]


def test_opening_it_again_at_once_is_opening_it_once(complaints: Complaints) -> None:
    dispute = complaints.file()
    complaints.decide(dispute, 10_000)
    told = race(*(lambda: complaints.reopen(dispute),) * 3)
    assert len(told) == 2
    assert complaints.states(dispute) == ["new", "partly_accepted", "in_review"]


def test_opening_it_again_and_disputing_the_rest_anew_hold_it_once(complaints: Complaints) -> None:
    dispute = complaints.file()
    complaints.decide(dispute, 10_000)
    told = race(lambda: complaints.reopen(dispute), lambda: complaints.file(Wrong(2, "duplicate", "")))
    assert len(told) == 1
    assert complaints.invoice().item.parts.disputed_cents == 10_800


def test_one_of_the_seller_asks_while_another_offers(complaints: Complaints) -> None:
    dispute = complaints.file()
    now = complaints.house.clock.now()

    def ask() -> None:
        with complaints.house.resources.writing() as session:
            policy = policies.load(session, now=now)
            seen = dispute_decisions.load_for(session, dispute.public_id, version=dispute.version)
            dispute_decisions.ask(session, seen, "Which?", OWNER, policy=policy, now=now)

    def offer() -> None:
        with complaints.house.resources.writing() as session:
            policy = policies.load(session, now=now)
            seen = dispute_decisions.load_for(session, dispute.public_id, version=dispute.version)
            given = Offered("percentage", percent_bp=5_000)
            dispute_decisions.offer(session, seen, given, OWNER, policy=policy, now=now)

    assert len(race(ask, offer)) == 1
    assert len(complaints.states(dispute)) == 2


def test_whoever_answers_while_the_seller_decides_is_told(complaints: Complaints) -> None:
    dispute = complaints.file()
    told = race(lambda: complaints.answer(dispute, "Wait."), lambda: decide_on(complaints, dispute, None))
    # An answer is a move: whoever decides without having read it is told.
    assert len(told) == 1
    assert complaints.states(dispute) in (["new", "new"], ["new", "accepted"])


def test_two_customers_spend_the_last_goodwill_of_a_month_once(checked_house: House) -> None:
    first, second = Complaints(checked_house), Complaints(checked_house, name="Harbor Cafe")
    first.decide_policy(goodwill_dispute_cents="2200", goodwill_year_cents="9999", goodwill_month_cents="2200")
    found: list[DisputeRow] = []
    assert (
        race(
            lambda: found.append(first.file(Wrong(2, "short", "9"))),
            lambda: found.append(second.file(Wrong(2, "short", "9"))),
        )
        == []
    )
    assert sorted(each.state for each in found) == ["accepted", "new"]
    assert len(first.memos()) + len(second.memos()) == 1


def test_a_decision_on_a_version_of_before_changes_nothing(complaints: Complaints) -> None:
    dispute = complaints.file()
    now = complaints.house.clock.now()
    with complaints.house.resources.writing() as session:
        policy = policies.load(session, now=now)
        dispute_decisions.review(session, dispute, OWNER, policy=policy, now=now)
        with pytest.raises(Conflict, match="just changed"):
            dispute_decisions.ask(session, dispute, "Which?", OWNER, policy=policy, now=now)
    with pytest.raises(Conflict, match="since you opened it"):
        decide_on(complaints, dispute, None)
    assert complaints.memos() == []


def test_saying_who_works_on_it_keeps_nobody_from_deciding(complaints: Complaints) -> None:
    dispute = complaints.file()
    now = complaints.house.clock.now()
    with complaints.house.resources.writing() as session:
        dispute_decisions.assign(session, dispute, None, OWNER, now=now)
        dispute_decisions.note(session, dispute, "Ring them.", OWNER, now=now)
    decide_on(complaints, dispute, None)
    with complaints.house.resources.reading() as session:
        assert records.by_id(session, dispute.id).state == "accepted"


def test_a_customer_cannot_agree_for_another(complaints: Complaints, checked_house: House) -> None:
    other = Complaints(checked_house, name="Harbor Cafe")
    dispute = complaints.file()
    offer_id = complaints.offer(dispute, Offered("credit", cents=5_000))
    with checked_house.resources.writing() as session, pytest.raises(Refusal):
        dispute_answers.agree(session, other.filer, dispute.public_id, offer_id, now=checked_house.clock.now())
