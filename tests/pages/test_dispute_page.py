"""The page of a dispute: what it says in each state, what the customer may do there, and what is refused."""

import pytest
from sqlalchemy import insert

from portal.actions import dispute_decisions, policies
from portal.actions.dispute_decisions import Offered
from portal.records import disputes as records
from portal.records.disputes import DisputeRow
from portal.records.tables import dispute_messages
from portal.records.types import new_public_id
from tests.support.dispute_site import PAPER, PHOTO, DisputeSite, kept
from tests.support.disputing import OWNER
from tests.support.reading import words


def read(desk: DisputeSite, dispute: DisputeRow) -> str:
    answer = desk.browser_of_customer.get(desk.page_of(dispute))
    assert answer.status_code == 200
    return words(answer.text)


def ask(desk: DisputeSite, dispute: DisputeRow) -> None:
    now = desk.clock.now()
    with desk.resources.writing() as session:
        policy = policies.load(session, now=now)
        current = records.by_id(session, dispute.id)
        dispute_decisions.ask(session, current, "Which carrier was it?", OWNER, policy=policy, now=now)


def offer(desk: DisputeSite, dispute: DisputeRow) -> str:
    return desk.complaints.offer(dispute, Offered("percentage", percent_bp=5_000, days=14))


def test_a_new_dispute_says_whose_turn_it_is_and_that_the_clock_stands(desk: DisputeSite) -> None:
    page = read(desk, desk.file())
    for text in (
        "It is our turn: we answer by March",
        "Not received, 10 of 10",
        "$216.00",
        "stands still since March 5, 2026, with 6 days left",
        "Nothing came.",
        "Review and pay $769.60",
    ):
        assert text in page


def test_a_question_is_answered_with_words_and_files(desk: DisputeSite) -> None:
    dispute = desk.file()
    ask(desk, dispute)
    page = read(desk, dispute)
    assert "It is your turn: please answer by" in page
    assert "Which carrier was it?" in page
    answer = desk.browser_of_customer.post(
        f"{desk.page_of(dispute)}/messages", data={"words": "The blue one."}, files={"files": PHOTO}
    )
    assert answer.status_code == 303
    page = read(desk, dispute)
    assert page.index("Which carrier was it?") < page.index("The blue one.") < page.index("box.jpg")
    assert "It is our turn" in page


@pytest.mark.parametrize("doing", ["messages", "reopening"])
def test_words_that_are_missing_or_too_many_lose_no_file(desk: DisputeSite, doing: str) -> None:
    dispute = desk.file()
    if doing == "reopening":
        desk.complaints.decide(dispute, 0)
    address = f"{desk.page_of(dispute)}/{doing}"
    for said, status in (("x" * 10_000, 422), ("", 422)):
        files = {"files": PAPER} if said or doing == "reopening" else None
        answer = desk.browser_of_customer.post(address, data={"words": said}, files=files)
        assert answer.status_code == status
        assert "There is a problem" in answer.text
        assert 'href="#words"' in answer.text
        assert said in answer.text
        assert len(kept(answer)) == (1 if files else 0)
    (file,) = kept(desk.browser_of_customer.post(address, data={"words": "x" * 5_000}, files={"files": PAPER}))
    less = desk.browser_of_customer.post(address, data={"words": "Kept.", "file": file, "do": f"remove-{file}"})
    assert less.status_code == 200
    assert (kept(less), "Kept." in less.text) == ([], True)
    done = desk.browser_of_customer.post(address, data={"words": "Now.", "file": file})
    assert done.status_code == 303
    assert "slip.pdf" in read(desk, dispute)


def test_a_file_that_cannot_be_sent_keeps_the_message(desk: DisputeSite) -> None:
    dispute = desk.file()
    answer = desk.browser_of_customer.post(
        f"{desk.page_of(dispute)}/messages", data={"words": "Look."}, files={"files": ("x.svg", b"<svg onload='x()'/>")}
    )
    assert answer.status_code == 422
    assert "Only PDF, JPEG and PNG files can be sent." in words(answer.text)
    assert "Look." in answer.text
    assert desk.said(dispute) == ["Nothing came."]


@pytest.mark.parametrize("doing", ["messages", "reopening"])
def test_files_of_another_browser_are_not_taken_and_the_message_is_kept(desk: DisputeSite, doing: str) -> None:
    other = {"line": "1", "reason-1": "damaged"}
    (theirs,) = kept(desk.send(other, PHOTO, do="figures", by=desk.visitor()))
    dispute = desk.file()
    if doing == "reopening":
        desk.complaints.decide(dispute, 0)
    answer = desk.browser_of_customer.post(
        f"{desk.page_of(dispute)}/{doing}", data={"words": "Look.", "file": theirs}, files={"files": PAPER}
    )
    assert answer.status_code == 422
    assert "One of the files is not here any more." in words(answer.text)
    assert "Look." in answer.text
    assert len(kept(answer)) == 1
    assert desk.said(dispute)[-1] != "Look."


def test_a_dispute_takes_five_files_in_all(desk: DisputeSite) -> None:
    form = {"line": "2", "reason-2": "damaged"}
    assert desk.send(form, PHOTO, *[(f"{number}.pdf", PAPER[1]) for number in range(2)]).status_code == 303
    ((dispute, _, _),) = desk.disputes()
    assert "Up to 2, each up to 10 MB" in read(desk, dispute)
    address = f"{desk.page_of(dispute)}/messages"
    three = [("files", (f"more {number}.pdf", PAPER[1])) for number in range(3)]
    answer = desk.browser_of_customer.post(address, data={"words": "Three more."}, files=three)
    assert answer.status_code == 422
    assert "At most 2 files can be sent." in words(answer.text)
    assert len(kept(answer)) == 2
    done = desk.browser_of_customer.post(address, data={"words": "Two more.", "file": kept(answer)})
    assert done.status_code == 303
    page = desk.browser_of_customer.get(desk.page_of(dispute)).text
    assert "This dispute holds as many files as it can." in words(page)
    assert 'type="file"' not in page
    more = desk.browser_of_customer.post(address, data={"words": "One more."}, files={"files": PAPER})
    assert more.status_code == 422
    assert "One more." in more.text
    assert 'id="files"' in more.text


def test_an_offer_says_what_accepting_it_leaves_and_is_accepted_in_one_click(desk: DisputeSite) -> None:
    dispute = desk.file()
    offer_id = offer(desk, dispute)
    page = read(desk, dispute)
    assert "We credit 50% of what you dispute: $108.00, tax included." in page
    # 784.00 of A less 2% of 720.00, and 108.00 of B less 2% of 100.00.
    assert "If you accept, $892.00 of the invoice can be paid: $875.60" in page
    accept = f"{desk.page_of(dispute)}/offers/{offer_id}/acceptance"
    for _ in range(2):
        assert desk.browser_of_customer.post(accept).status_code == 303
    assert desk.complaints.memos() == [(10_800, 800)]
    page = read(desk, dispute)
    for text in ("is settled by our offer, which you accepted", "$875.60", "Accept the offer"):
        assert (text in page) == (text != "Accept the offer")


def test_an_offer_is_declined_with_words(desk: DisputeSite) -> None:
    dispute = desk.file()
    refuse = f"{desk.page_of(dispute)}/offers/{offer(desk, dispute)}/refusal"
    for _ in range(2):
        assert desk.browser_of_customer.post(refuse, data={"words": "Too little."}).status_code == 303
    page = read(desk, dispute)
    assert page.count("Too little.") == 1
    assert "It is our turn" in page
    assert desk.complaints.memos() == []


def test_an_offer_that_has_expired_is_not_accepted(desk: DisputeSite) -> None:
    dispute = desk.file()
    accept = f"{desk.page_of(dispute)}/offers/{offer(desk, dispute)}/acceptance"
    desk.come_back(days=16)
    assert "Accept the offer" not in read(desk, dispute)
    answer = desk.browser_of_customer.post(accept)
    assert answer.status_code == 409
    assert "no longer open" in words(answer.text)
    assert desk.complaints.memos() == []


def test_a_decision_gives_its_words_its_credit_and_the_days_that_were_left(desk: DisputeSite) -> None:
    dispute = desk.file()
    desk.come_back(days=15)
    desk.complaints.decide(dispute, 10_000, words="Five were signed for.")
    page = read(desk, dispute)
    for text in (
        "We have accepted a part of your dispute",
        "Five were signed for.",
        "$108.00, of which $8.00 is tax",
        "$2.00 off if you start the payment by March 26, 2026.",
        "Ask us to look at it again",
    ):
        assert text in page


def test_a_dispute_taken_back_is_to_be_paid(desk: DisputeSite) -> None:
    dispute = desk.file()
    assert "as if its discount clock had never stopped" in read(desk, dispute)
    for _ in range(2):
        assert desk.browser_of_customer.post(f"{desk.page_of(dispute)}/withdrawal").status_code == 303
    page = read(desk, dispute)
    assert "You have taken it back." in page
    assert "What you disputed" in page
    assert "Review and pay $981.60" in page
    assert "Add a message" not in page


def test_a_decision_is_asked_about_once(desk: DisputeSite) -> None:
    dispute = desk.file()
    desk.complaints.decide(dispute, 0, words="It was signed for.")
    address = f"{desk.page_of(dispute)}/reopening"
    assert desk.browser_of_customer.post(address, data={"words": "By whom?"}).status_code == 303
    assert "By whom?" in read(desk, dispute)
    desk.complaints.decide(dispute, 0, words="By you.")
    assert "Ask us to look at it again" not in read(desk, dispute)
    answer = desk.browser_of_customer.post(address, data={"words": "Never."})
    assert answer.status_code == 409
    assert "the second decision is final" in words(answer.text)


def test_a_decision_cannot_be_asked_about_for_ever(desk: DisputeSite) -> None:
    dispute = desk.file()
    desk.complaints.decide(dispute, 0)
    desk.come_back(days=15)
    assert "Ask us to look at it again" not in read(desk, dispute)
    answer = desk.browser_of_customer.post(f"{desk.page_of(dispute)}/reopening", data={"words": "Late."})
    assert answer.status_code == 422
    assert "The time to open this dispute again is over." in words(answer.text)


@pytest.mark.parametrize("doing", ["messages", "withdrawal", "offer", "refusal"])
def test_what_comes_after_the_end_is_refused_in_words(desk: DisputeSite, doing: str) -> None:
    dispute = desk.file()
    offer_id = offer(desk, dispute)
    desk.complaints.decide(dispute, words="Yes.")
    path = {"offer": f"offers/{offer_id}/acceptance", "refusal": f"offers/{offer_id}/refusal"}.get(doing, doing)
    answer = desk.browser_of_customer.post(f"{desk.page_of(dispute)}/{path}", data={"words": "Wait."})
    assert answer.status_code == 409
    assert "closed already" in words(answer.text) or "no longer open" in words(answer.text)
    assert desk.complaints.states(dispute)[-1] == "accepted"


def test_private_notes_are_not_shown(desk: DisputeSite) -> None:
    dispute = desk.file()
    with desk.resources.writing() as session:
        note = {"dispute_id": dispute.id, "said_at": desk.clock.now(), "author": "staff", "is_private": True}
        session.execute(insert(dispute_messages), note | {"public_id": new_public_id(), "body": "He always says that."})
    assert "He always says that." not in desk.browser_of_customer.get(desk.page_of(dispute)).text


def test_files_are_saved_and_only_pictures_are_shown(desk: DisputeSite) -> None:
    assert desk.send({"line": "2", "reason-2": "damaged"}, PHOTO, PAPER).status_code == 303
    ((dispute, _, (photo, paper)),) = desk.disputes()
    browser = desk.browser_of_customer
    files = f"{desk.page_of(dispute)}/files"
    for row in (photo, paper):
        answer = browser.get(f"{files}/{row.public_id}")
        assert answer.status_code == 200
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert answer.headers["content-security-policy"].startswith("sandbox")
    small = browser.get(f"{files}/{photo.public_id}/thumbnail")
    assert (small.status_code, small.headers["content-type"]) == (200, "image/jpeg")
    assert browser.get(f"{files}/{paper.public_id}/thumbnail").status_code == 404
    assert browser.get(f"{files}/{'0' * 24}").status_code == 404
    page = browser.get(desk.page_of(dispute)).text
    assert f"{photo.public_id}/thumbnail" in page
    assert f"{paper.public_id}/thumbnail" not in page


def test_nobody_else_reaches_a_dispute_or_its_files(desk: DisputeSite) -> None:
    desk.send({"line": "2", "reason-2": "damaged"}, PHOTO)
    ((dispute, _, (photo,)),) = desk.disputes()
    other = desk.add("1002", 50_000, account=desk.account)
    narrow, stranger = (
        desk.visitor(charge_id=other.id),
        desk.visitor(desk.add_account("Contoso", "pay@contoso.example")),
    )
    foreign = f"/a/{desk.add_account('Fabrikam').public_id}/disputes/{dispute.public_id}"
    for browser in (narrow, stranger, desk.browser()):
        for path in (
            "",
            "/messages",
            "/withdrawal",
            f"/files/{photo.public_id}",
            f"/files/{photo.public_id}/thumbnail",
        ):
            for page in (desk.page_of(dispute), foreign):
                method = "POST" if path in ("/messages", "/withdrawal") else "GET"
                answer = browser.request(method, f"{page}{path}")
                assert answer.status_code == 404, (method, path)
                assert dispute.number not in answer.text
    assert desk.complaints.states(dispute) == ["new"]


def test_the_list_and_the_statement_lead_to_every_dispute(desk: DisputeSite) -> None:
    browser = desk.browser_of_customer
    assert "See your disputes" not in browser.get(desk.base).text
    assert "There are no disputes." in words(browser.get(f"{desk.base}/disputes").text)
    dispute = desk.file()
    statement = browser.get(desk.base).text
    assert f'href="{desk.base}/disputes"' in statement
    assert "$216.00 disputed" in words(statement)
    listed = browser.get(f"{desk.base}/disputes").text
    assert f'href="{desk.page_of(dispute)}"' in listed
    assert "It is our turn" in listed
    explained = words(browser.get(f"{desk.base}/explanation").text)
    assert f"{dispute.number} since March 5, 2026" in explained
