"""What is refused about a dispute: wrong figures, moves out of order, the second of two who act at once."""

import pytest

from portal.records import credits
from tests.admin.pages.disputing import Hall
from tests.admin.pages.test_dispute_page import send
from tests.support.dump import dump
from tests.support.reading import words
from tests.support.shop import together
from tests.support.site import Site
from tests.support.staff import Office

HALF = {"verdict": "accept_partly", "approved-2": "100", "words": "We meet halfway."}


@pytest.fixture
def hall(site: Site) -> Hall:
    return Hall(site)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Choose whether to accept or to reject."),
        ({"verdict": "nonsense"}, "Choose whether to accept or to reject."),
        ({**HALF, "approved-2": "200.01"}, "Approve that or less."),
        ({**HALF, "approved-2": "-1"}, "This is below zero."),
        ({**HALF, "approved-2": "a lot"}, "a lot"),
        ({**HALF, "approved-2": "9" * 60}, "That is too long for an amount."),
        ({**HALF, "approved-2": "7", "unit-2": "quantity"}, "Enter how many of the disputed 6 are approved."),
        ({**HALF, "approved-2": "NaN", "unit-2": "quantity"}, "Enter how many of the disputed 6 are approved."),
        ({**HALF, "words": "x" * 4_001}, "Shorten what you write"),
    ],
)
@pytest.mark.parametrize("act", ["decision", "decision/preview"])
def test_a_wrong_decision_says_what_is_wrong_and_keeps_what_was_typed(
    hall: Hall, office: Office, act: str, typed: dict[str, str], sentence: str
) -> None:
    dispute = hall.file(reason="short", figure="4") if "unit-2" in typed else hall.file()
    desk = office.desk_of("collector")
    before = dump(hall.resources.database)
    answer = desk.post(f"/admin/disputes/{dispute.public_id}/{act}", data={"version": "1", **typed})
    assert answer.status_code == 422
    assert sentence in words(answer.text)
    assert "There is a problem" in words(answer.text)
    assert typed.get("approved-2", "") in answer.text
    assert typed.get("words", "").strip() in answer.text
    assert dump(hall.resources.database) == before


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"kind": ""}, "Choose what to offer."),
        ({"kind": "credit", "amount": ""}, "Enter an amount"),
        ({"kind": "credit", "amount": "0"}, "Offer more than nothing"),
        ({"kind": "credit", "amount": "200.01"}, "no more than is disputed before tax"),
        ({"kind": "percentage", "percent": ""}, "Enter a percentage from 1 to 100."),
        ({"kind": "percentage", "percent": "101"}, "Enter a percentage from 1 to 100."),
        ({"kind": "replacement", "days": "0"}, "An offer is open for 1 to 90 days."),
        ({"kind": "replacement", "days": "soon"}, "An offer is open for 1 to 90 days."),
        ({"kind": "replacement", "days": "9999"}, "An offer is open for 1 to 90 days."),
    ],
)
def test_a_wrong_offer_says_what_is_wrong(hall: Hall, office: Office, typed: dict[str, str], sentence: str) -> None:
    dispute, desk = hall.file(), office.desk_of("collector")
    for act in ("offer", "offer/preview"):
        status, told = send(desk, dispute, act, **typed)
        assert (status, sentence in told) == (422, True), told
    assert hall.current(dispute).state == "new"


@pytest.mark.parametrize("typed", [{"verdict": "reject", "words": "  "}, {**HALF, "words": ""}])
def test_only_all_of_it_is_accepted_without_words(hall: Hall, office: Office, typed: dict[str, str]) -> None:
    dispute, desk = hall.file(), office.desk_of("collector")
    # What it does can be seen before they are written.
    assert send(desk, dispute, "decision/preview", **typed)[0] == 200
    status, told = send(desk, dispute, "decision", **typed)
    assert (status, "Write why: the customer reads it." in told) == (422, True)
    assert hall.current(dispute).state == "new"
    assert send(desk, dispute, "decision", verdict="accept")[0] == 303


def test_of_three_who_decide_at_one_moment_one_does(hall: Hall, office: Office) -> None:
    dispute = hall.file()
    desks = [office.desk_of(office.add("collector", name=name)) for name in ("Ana", "Kit", "Lou")]
    answers: list[int] = []

    def decide() -> None:
        address = f"/admin/disputes/{dispute.public_id}/decision"
        answers.append(desks.pop().post(address, data={"version": "1", **HALF}).status_code)

    together(3, decide)
    assert sorted(answers) == [303, 409, 409]
    with hall.resources.reading() as session:
        assert [memo.amount_cents for memo in credits.of_charge(session, hall.charge_id)] == [10_800]


def test_the_second_of_two_is_told_what_the_first_did(hall: Hall, office: Office) -> None:
    dispute = hall.file()
    ana, kit = (office.desk_of(office.add("collector", name=name)) for name in ("Ana", "Kit"))
    send(ana, dispute, "question", question="Which invoice?")
    for act in ("decision", "decision/preview"):
        status, told = send(kit, dispute, act, **HALF)
        assert status == 409
        assert "This dispute has changed since you opened it." in told
        assert "Ana asked the customer (Mar 2" in told
        assert "Which invoice?" in told
        assert "We meet halfway." in told
    answer = kit.post(f"/admin/disputes/{dispute.public_id}/decision", data={"version": "1", **HALF})
    assert 'name="version" value="2"' in answer.text
    assert 'value="100"' in answer.text
    # Now that they have seen it, it is theirs to decide.
    assert send(kit, dispute, "decision", version="2", **HALF)[0] == 303


def test_what_was_written_about_a_dispute_that_is_closed_meanwhile_is_kept(hall: Hall, office: Office) -> None:
    dispute = hall.file()
    ana, kit = (office.desk_of(office.add("collector", name=name)) for name in ("Ana", "Kit"))
    send(ana, dispute, "decision", verdict="accept")
    for act, typed in (
        ("decision", HALF),
        ("offer", {"kind": "replacement", "offer_words": "We meet halfway."}),
        ("question", {"question": "We meet halfway."}),
    ):
        status, told = send(kit, dispute, act, **typed)
        assert status == 409
        assert "Ana accepted it (Mar 2" in told
        assert "What you had written We meet halfway." in told
    with hall.resources.reading() as session:
        assert len(credits.of_charge(session, hall.charge_id)) == 1


@pytest.mark.parametrize("act", ["review", "question", "offer", "offer/preview", "decision", "decision/preview"])
def test_what_is_closed_stays_closed(hall: Hall, office: Office, act: str) -> None:
    dispute, desk = hall.file(), office.desk_of("collector")
    send(desk, dispute, "decision", verdict="reject", words="Delivered.")
    typed = {"verdict": "accept", "question": "Really?", "kind": "replacement"}
    before = dump(hall.resources.database)
    status, told = send(desk, dispute, act, version="2", **typed)
    assert status == 409
    assert "This dispute is closed already." in told
    assert dump(hall.resources.database) == before


def test_an_act_on_no_version_is_refused(hall: Hall, office: Office) -> None:
    dispute, desk = hall.file(), office.desk_of("collector")
    for version in ("", "x", "-1", "9" * 30):
        data = {"version": version, "verdict": "accept"}
        answer = desk.post(f"/admin/disputes/{dispute.public_id}/decision", data=data)
        assert answer.status_code == 409
    assert hall.current(dispute).state == "new"
