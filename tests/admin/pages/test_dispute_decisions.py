"""Deciding a dispute and offering to settle it: what is shown beforehand is what happens then, and not before."""

import re
from datetime import date

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from portal.actions import late_fees, policies, statements
from portal.records import credits, dispute_talk
from portal.records.disputes import DisputeRow
from portal.records.tables import letters
from tests.admin.pages.disputing import Hall
from tests.admin.pages.test_dispute_page import send
from tests.support.dump import dump
from tests.support.reading import rows, words
from tests.support.site import Site
from tests.support.staff import Office

HALF = {"verdict": "accept_partly", "approved-2": "100", "words": "We meet halfway."}


@pytest.fixture
def hall(site: Site) -> Hall:
    return Hall(site)


def effect(
    desk: TestClient, dispute: DisputeRow, act: str = "decision", **typed: str
) -> tuple[dict[str, list[str]], str]:
    """What the preview says: {figure: [now, then]}, and its sentences with the letter."""
    address = f"/admin/disputes/{dispute.public_id}/{act}/preview"
    answer = desk.post(address, data={"version": str(dispute.version), **typed})
    assert answer.status_code == 200, words(answer.text)
    (panel,) = re.findall(r'<section class="effects">.*?</section>', answer.text, re.DOTALL)
    return {row[0]: row[1:] for row in rows(panel)[1:]}, words(panel)


def owed(hall: Hall) -> tuple[int, int, int, date | None]:
    """Balance, payable of the invoice, its discount and until when."""
    with hall.resources.reading() as session:
        policy = policies.load(session, now=hall.site.clock.now())
        found = statements.load(session, hall.account, on=policy.today, policy=policy).statement
    row = next((each for each in found.rows if each.item.charge_id == hall.charge_id), None)
    offer = row.item.offer if row else None
    return (
        found.balance.balance_cents,
        row.item.parts.payable_cents if row else 0,
        offer.discount_cents if offer else 0,
        offer.until_on if offer and offer.discount_cents else None,
    )


def test_a_part_is_accepted_with_the_clock_that_stood_still(hall: Hall, office: Office) -> None:
    hall.on(5)
    dispute = hall.file()
    hall.pay(76_960, discount_cents=1_440)
    hall.on(20)
    desk = office.desk_of("collector")
    before = dump(hall.resources.database)
    figures, told = effect(desk, dispute, **HALF)
    assert dump(hall.resources.database) == before
    assert figures == {
        "Customer’s balance": ["$216.00", "$108.00"],
        "Invoice, open": ["$216.00", "$108.00"],
        "Invoice, disputed": ["$216.00", "$0.00"],
        "Invoice, to pay": ["$0.00", "$108.00"],
        "Discount": ["None", "$2.00 until Mar 26"],
        "Account credit": ["$0.00", "$0.00"],
    }
    assert "A credit memo for $108.00 is written, of it $8.00 tax." in told
    assert "$108.00 more of the invoice is to be paid." in told
    assert "To ap@lantern.example" in told
    assert "We meet halfway." in told
    assert "Nothing has changed yet." in told
    status, page = send(desk, dispute, "decision", **HALF)
    assert status == 303
    assert "The dispute is accepted in part. $108.00 is credited." in page
    assert "A letter to ap@lantern.example is on its way." in page
    assert owed(hall) == (10_800, 10_800, 200, date(2026, 3, 26))
    hall.pay(10_600, discount_cents=200)
    assert owed(hall)[0] == 0


@pytest.mark.parametrize(
    ("day", "discount"), [(8, ["$14.40 until Mar 11", "$18.40 until Mar 11"]), (20, ["None", "None"])]
)
def test_a_rejection_is_as_if_the_clock_had_never_stopped(
    hall: Hall, office: Office, day: int, discount: list[str]
) -> None:
    hall.on(5)
    dispute = hall.file()
    hall.on(day)
    desk = office.desk_of("collector")
    figures, told = effect(desk, dispute, verdict="reject", words="They were delivered.")
    assert figures["Discount"] == discount
    assert figures["Invoice, to pay"] == ["$784.00", "$1,000.00"]
    assert "No credit memo is written." in told
    status, page = send(desk, dispute, "decision", verdict="reject", words="They were delivered.")
    assert status == 303
    assert "The dispute is rejected. What was disputed is to be paid." in page
    assert hall.current(dispute).decision == "They were delivered."


def test_what_was_paid_already_becomes_account_credit_and_its_discount_goes_back(hall: Hall, office: Office) -> None:
    hall.on(10)
    hall.pay(98_160, discount_cents=1_840)
    dispute = hall.file()
    figures, told = effect(office.desk_of("collector"), dispute, verdict="accept")
    assert figures["Account credit"] == ["$0.00", "$212.00"]
    assert figures["Customer’s balance"] == ["$0.00", "−$212.00"]
    assert "$212.00 of it does not fit on the invoice, and becomes account credit." in told
    assert "$4.00 of the discount that was taken is taken back." in told


def test_late_fees_on_what_was_not_owed_are_waived(hall: Hall, office: Office) -> None:
    decided = {"late_fee_kind": "percent", "late_fee_rate_bp": "150", "late_fee_grace_days": "10"}
    with hall.resources.writing() as session:
        for key, text in decided.items():
            now = hall.site.clock.now()
            policies.set_policy(session, key, text, effective_on=date(2026, 1, 1), now=now, actor="test")
    hall.on(15, month=4)
    with hall.resources.writing() as session:
        now = hall.site.clock.now()
        late_fees.assess(session, hall.account, hall.charge_id, policy=policies.load(session, now=now), now=now)
    dispute = hall.file()
    figures, told = effect(office.desk_of("collector"), dispute, verdict="accept")
    assert figures["Late fees of the invoice"] == ["$15.00", "$11.76"]
    assert "Late fees of $3.24 are waived." in told


def test_pieces_are_approved_with_their_share(hall: Hall, office: Office) -> None:
    dispute, desk = hall.file(reason="short", figure="6"), office.desk_of("collector")
    some = {"verdict": "accept_partly", "approved-2": "3", "unit-2": "quantity", "words": "Three were signed for."}
    _, told = effect(desk, dispute, **some)
    assert "A credit memo for $64.80 is written, of it $4.80 tax." in told
    assert send(desk, dispute, "decision", **some)[0] == 303
    with hall.resources.reading() as session:
        (memo,) = credits.of_charge(session, hall.charge_id)
    assert (memo.amount_cents, memo.tax_cents) == (6_480, 480)


@pytest.mark.parametrize(
    ("typed", "credit", "balance"),
    [
        ({"kind": "percentage", "percent": "25"}, 5_400, "$946.00"),
        ({"kind": "credit", "amount": "100.00"}, 10_800, "$892.00"),
        ({"kind": "replacement"}, 0, "$1,000.00"),
    ],
)
def test_an_offer_shows_what_it_does_if_the_customer_agrees(
    hall: Hall, office: Office, typed: dict[str, str], credit: int, balance: str
) -> None:
    dispute, desk = hall.file(), office.desk_of("collector")
    given = {**typed, "days": "7", "offer_words": "Would that do?"}
    before = dump(hall.resources.database)
    figures, told = effect(desk, dispute, "offer", **given)
    assert dump(hall.resources.database) == before
    assert told.startswith("If the customer agrees")
    assert figures["Customer’s balance"] == ["$1,000.00", balance]
    assert "Would that do?" in told
    status, page = send(desk, dispute, "offer", **given)
    assert status == 303
    assert "The offer is made, and it is the customer’s turn." in page
    assert "Answer by Mar 9" in page
    with hall.resources.reading() as session:
        made = dispute_talk.open_offer(session, dispute.id)
    assert made is not None
    assert made.net_cents + made.tax_cents == credit


def test_what_was_given_stays_given_when_it_is_opened_again(hall: Hall, office: Office) -> None:
    dispute, desk = hall.file(), office.desk_of("collector")
    send(desk, dispute, "decision", **HALF)
    hall.reopen(dispute)
    less = {**HALF, "approved-2": "50"}
    status, told = send(desk, dispute, "decision", version="3", **less)
    assert (status, "More than that was approved before" in told) == (422, True)
    figures, told = effect(desk, hall.current(dispute), verdict="accept")
    assert "A credit memo for $108.00 is written, of it $8.00 tax." in told
    assert figures["Customer’s balance"] == ["$892.00", "$784.00"]
    assert send(desk, dispute, "decision", version="3", verdict="accept")[0] == 303
    with hall.resources.reading() as session:
        assert sum(memo.amount_cents for memo in credits.of_charge(session, hall.charge_id)) == 21_600


def test_after_deciding_the_next_one_is_a_click_away(hall: Hall, office: Office) -> None:
    first = hall.file()
    second = hall.file(charge_id=hall.invoice("2002")[0])
    desk = office.desk_of("collector")
    answer = desk.post(f"/admin/disputes/{first.public_id}/decision", data={"version": "1", "verdict": "accept"})
    page = desk.get(answer.headers["location"]).text
    assert f'<a href="/admin/disputes/{second.public_id}">Next dispute</a>' in page
    answer = desk.post(f"/admin/disputes/{second.public_id}/decision", data={"version": "1", "verdict": "accept"})
    assert "No other dispute waits for you" in words(desk.get(answer.headers["location"]).text)


def test_a_customer_whom_no_letter_reaches_gets_none(site: Site, office: Office) -> None:
    hall = Hall(site, email="")
    dispute, desk = hall.file(), office.desk_of("collector")
    _, told = effect(desk, dispute, verdict="accept")
    assert "Nobody at the customer’s reads letters, so none is sent." in told
    status, page = send(desk, dispute, "decision", verdict="accept")
    assert (status, "is on its way" in page) == (303, False)
    with hall.resources.reading() as session:
        kinds = session.execute(select(letters.c.kind).where(letters.c.contact_id.is_not(None))).scalars().all()
    assert kinds == []
