"""The page of one dispute: the claim beside the invoice, evidence, thread and notes, and what is done about it."""

import pytest
from starlette.testclient import TestClient

from portal.records import dispute_talk
from portal.records.disputes import DisputeRow
from portal.records.history import of_account
from tests.admin.pages.disputing import Hall, asked
from tests.pages.test_canaries import CANARIES, LIVE
from tests.support.attaching import PAPER
from tests.support.dump import dump
from tests.support.pictures import flag, opened, saved
from tests.support.reading import rows, words
from tests.support.site import Site
from tests.support.staff import Office

ACTS = ("review", "assignee", "notes", "question", "offer", "offer/preview", "decision", "decision/preview")


@pytest.fixture
def hall(site: Site) -> Hall:
    return Hall(site)


def page_of(desk: TestClient, dispute: DisputeRow) -> str:
    answer = desk.get(f"/admin/disputes/{dispute.public_id}")
    assert answer.status_code == 200
    return answer.text


def send(desk: TestClient, dispute: DisputeRow, act: str, *, version: str = "1", **typed: str) -> tuple[int, str]:
    """The status, and the page's words; of what comes after a redirect where that is the answer."""
    answer = desk.post(f"/admin/disputes/{dispute.public_id}/{act}", data={"version": version, **typed})
    if answer.status_code == 303:
        return 303, words(desk.get(answer.headers["location"]).text)
    return answer.status_code, words(answer.text)


def test_the_claim_stands_beside_the_invoice(hall: Hall, office: Office) -> None:
    hall.on(5)
    dispute = hall.file(reason="short", figure="8", words="Two were missing.\nThe driver knows.")
    page = page_of(office.desk_of("read_only"), dispute)
    line = rows(page)[1]
    assert line[0] == "Shackle, 1/2 in Short delivery “8 of 10 arrived”"
    assert line[1:] == ["$200.00 × 10 + $16.00 tax", "$40.00 × 2 + $3.20 tax", "–"]
    told = words(page)
    assert "Disputed with tax $43.20" in told
    assert "ap@lantern.example Customer · Mar 5, 11:00 AM Two were missing. The driver knows." in told
    assert "Turn Your turn Clock Answer by Mar 12" in told
    assert "Balance $1,000.00 Overdue Nothing Disputes before None" in told
    assert "Open $1,000.00 To pay now $956.80 Discount $17.60 until Mar 11" in told
    assert "ap@lantern.example filed it Mar 5, 11:00 AM" in told


def test_evidence_is_seen_small_and_large_and_papers_are_saved(hall: Hall, office: Office) -> None:
    picture, paper = hall.attach(saved(flag()), "photo.jpg"), hall.attach(PAPER, "slip.pdf")
    dispute = hall.file(files=(picture, paper))
    desk = office.desk_of("read_only")
    told = words(page_of(desk, dispute))
    assert "photo.jpg Picture" in told
    assert "slip.pdf PDF" in told
    files = f"/admin/disputes/{dispute.public_id}/files"
    for address in (f"{files}/{picture}/thumbnail", f"{files}/{picture}/picture"):
        shown = desk.get(address)
        assert shown.headers["content-disposition"].startswith("inline")
        assert "sandbox" in shown.headers["content-security-policy"]
        assert opened(shown.content).size == (40, 20)
    saved_paper = desk.get(f"{files}/{paper}")
    assert saved_paper.headers["content-disposition"].startswith('attachment; filename="slip.pdf"')
    assert saved_paper.content == PAPER
    assert desk.get(f"{files}/{paper}/picture").status_code == 404
    assert desk.get(f"{files}/{paper}/thumbnail").status_code == 404


def test_a_file_of_another_dispute_is_not_found(hall: Hall, office: Office) -> None:
    hall.file(files=(paper := hall.attach(PAPER, "slip.pdf"),))
    other = hall.file(charge_id=hall.invoice("2002")[0])
    assert office.desk_of("owner").get(f"/admin/disputes/{other.public_id}/files/{paper}").status_code == 404


def test_whoever_may_only_look_sees_everything_and_can_do_nothing(hall: Hall, office: Office) -> None:
    dispute = hall.file()
    send(office.desk_of("collector"), dispute, "notes", note="Call them on Monday.")
    desk = office.desk_of("read_only")
    page = page_of(desk, dispute)
    assert "Call them on Monday." in page
    assert "/decision" not in page
    assert page.partition("<main")[2].partition("</main")[0].count("<form") == 0
    before = dump(hall.resources.database)
    for act in ACTS:
        assert send(desk, dispute, act, verdict="accept", note="x", question="x")[0] == 403, act
    assert dump(hall.resources.database) == before


@pytest.mark.parametrize("part", ["0" * 24, "1", "x" * 300])
def test_what_is_not_there_is_not_found(hall: Hall, office: Office, part: str) -> None:
    desk = office.desk_of("owner")
    assert desk.get(f"/admin/disputes/{part}").status_code == 404
    for act in ACTS:
        assert desk.post(f"/admin/disputes/{part}/{act}", data={"verdict": "accept"}).status_code == 404, act


def test_looking_into_it_is_a_move_that_happens_once(hall: Hall, office: Office) -> None:
    dispute, desk = hall.file(), office.desk_of("collector")
    status, told = send(desk, dispute, "review")
    assert (status, hall.current(dispute).state) == (303, "in_review")
    assert "You look into this dispute now. The customer sees that." in told
    status, told = send(desk, dispute, "review")
    assert status == 409
    assert "has changed since you opened it" in told
    assert "collector looks into it" in told
    status, told = send(desk, dispute, "review", version="2")
    assert status == 409


def test_a_note_is_private_and_never_part_of_the_thread(hall: Hall, office: Office) -> None:
    dispute, desk = hall.file(), office.desk_of("collector")
    status, told = send(desk, dispute, "notes", note="They said the same in January.")
    assert status == 303
    assert "Only those who work here see them. collector" in told
    assert "They said the same in January." in told
    with hall.resources.reading() as session:
        assert len(dispute_talk.messages(session, dispute.id, with_private=False)) == 1
    assert "They said the same" not in told.partition("Private notes")[0]
    # It is true whatever has happened since.
    send(desk, dispute, "review")
    assert send(desk, dispute, "notes", note="Still true.", version="1")[0] == 303
    status, told = send(desk, dispute, "notes", note="  ")
    assert (status, "Write the note first." in told) == (422, True)


def test_it_is_given_to_somebody_and_taken_from_them(hall: Hall, office: Office) -> None:
    dispute, desk, kit = hall.file(), office.desk_of("collector"), office.add("collector", name="Kit")
    assert send(desk, dispute, "assignee", assignee=kit.public_id)[0] == 303
    assert hall.current(dispute).assignee_id == kit.id
    # Nobody who decides meanwhile need look again.
    assert hall.current(dispute).version == 1
    assert send(desk, dispute, "assignee", assignee="0" * 24)[0] == 404
    send(desk, dispute, "assignee", assignee="")
    assert hall.current(dispute).assignee_id is None
    with hall.resources.reading() as session:
        acts = [act.action for act in of_account(session, hall.account.id)]
    assert acts.count("dispute.assigned") == 2


def test_asking_needs_words_and_makes_it_the_customers_turn(hall: Hall, office: Office) -> None:
    dispute, desk = hall.file(), office.desk_of("collector")
    status, told = send(desk, dispute, "question", question=" ")
    assert status == 422
    assert "Write what you need to know." in told
    status, told = send(desk, dispute, "question", question="Which invoice was it?")
    assert hall.current(dispute).state == "waiting"
    assert "The customer is asked, and it is their turn." in told
    assert "A letter to ap@lantern.example is on its way." in told
    assert "Which invoice was it?" in told.partition("Private notes")[0]


def test_others_of_the_customer_and_of_the_goods_stand_beside_it(hall: Hall, office: Office, site: Site) -> None:
    desk = office.desk_of("collector")
    first = hall.file()
    send(desk, first, "decision", verdict="accept")
    other = Hall(site, name="Pine Lodge", email="pine@lodge.example", number="3001")
    theirs = other.file(charge_id=other.invoice("3002")[0], reason="damaged", figure="10")
    elsewhere = hall.file(charge_id=hall.invoice("2003", shackle="Something else")[0], reason="short", figure="5")
    third = hall.file(charge_id=hall.invoice("2002")[0])
    told = words(page_of(desk, third))
    _, _, related = told.partition("Other disputes of this customer")
    customer, _, goods = related.partition("Disputes about the same goods")
    assert first.number in customer
    assert elsewhere.number in customer
    assert theirs.number not in customer
    assert "Accepted $216.00 $216.00 approved" in customer
    assert theirs.number in goods
    assert "Pine Lodge Damaged or faulty New $216.00" in goods
    assert elsewhere.number not in goods
    assert "Disputes before 2: 1 accepted, 0 rejected" in told
    site.clock.move(days=366)
    later = words(page_of(office.desk_of("owner"), third))
    assert "Nobody else has disputed them in the last twelve months." in later


@pytest.mark.parametrize("canary", CANARIES)
def test_nothing_that_was_written_runs(site: Site, office: Office, canary: str) -> None:
    hall = Hall(site, name=canary)
    paper = hall.attach(PAPER, f"{canary}.pdf")
    charge_id, _ = hall.invoice(canary[:64], shackle=canary)
    dispute = hall.file(charge_id=charge_id, words=canary, files=(paper,))
    desk = office.desk_of("owner")
    send(desk, dispute, "notes", note=canary)
    send(desk, dispute, "question", question=canary)
    typed = {"verdict": canary, "approved-2": canary, "words": canary, "kind": canary, "percent": canary}
    typed |= {"amount": canary, "days": canary, "offer_words": canary, "question": canary, "note": canary}
    texts = [page_of(desk, dispute)]
    for act in ("decision", "decision/preview", "offer", "offer/preview"):
        answer = desk.post(f"/admin/disputes/{dispute.public_id}/{act}", data={"version": "2", **typed})
        assert answer.status_code == 422
        texts.append(answer.text)
    previewed = {"version": "2", "verdict": "reject", "words": canary}
    texts.append(desk.post(f"/admin/disputes/{dispute.public_id}/decision/preview", data=previewed).text)
    texts.append(desk.post(f"/admin/disputes/{dispute.public_id}/decision", data={**typed, "version": "1"}).text)
    for text in texts:
        assert not LIVE.search(text)
        assert text.count("NAME") >= 6


def test_a_customer_who_disputes_a_lot_makes_the_page_no_slower(hall: Hall, office: Office) -> None:
    desk, first = office.desk_of("read_only"), hall.file()
    few = asked(hall, desk, f"/admin/disputes/{first.public_id}")
    for number in range(3_000, 3_012):
        hall.file(charge_id=hall.invoice(str(number))[0])
    assert asked(hall, desk, f"/admin/disputes/{first.public_id}") == few
