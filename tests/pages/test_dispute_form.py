"""The form that disputes lines of an invoice: its figures, what is wrong with it, and that it loses nothing."""

import re
from datetime import date

import pytest
from sqlalchemy import insert, select

from portal.actions.policies import set_policy
from portal.records.tables import charges
from portal.records.types import new_public_id
from portal.web.bodies import LARGEST_UPLOAD
from tests.support.dispute_site import PAPER, PHOTO, DisputeSite, kept
from tests.support.pictures import SECRET, bomb
from tests.support.reading import words

B = {"line": "2", "reason-2": "short", "figure-2": "8", "words": "Two never came."}


def test_a_line_of_the_invoice_leads_to_the_form_with_that_line_chosen(desk: DisputeSite) -> None:
    browser = desk.browser_of_customer
    invoice = browser.get(desk.address.removesuffix("/dispute")).text
    assert f'href="{desk.address}?line=2"' in invoice
    form = browser.get(f"{desk.address}?line=2").text
    assert 'value="2" id="line-2" checked' in form
    assert 'value="1" id="line-1" checked' not in form
    assert "Tick a line and say what is wrong" in form


@pytest.mark.parametrize("line", ["-1", "99999999", "x", "٣", "1e1", "7"])
def test_a_strange_line_in_the_address_is_passed_over(desk: DisputeSite, line: str) -> None:
    answer = desk.browser_of_customer.get(desk.address, params={"line": line})
    assert answer.status_code == 200
    assert " checked" not in answer.text


def test_the_form_works_out_what_is_disputed_and_what_to_pay(desk: DisputeSite) -> None:
    whole = words(desk.send(B, do="figures").text)
    piece = words(desk.browser_of_customer.post(f"{desk.address}/figures", data=B).text)
    for text in ("$3.20 of it is tax", "$43.20", "$956.80", "−$17.60", "until March 11, 2026", "$939.20"):
        assert text in whole
        assert text in piece
    assert "<html" not in desk.browser_of_customer.post(f"{desk.address}/figures", data=B).text
    assert desk.disputes() == []


def test_a_whole_line_leaves_what_the_other_and_its_discount_come_to(desk: DisputeSite) -> None:
    form = {"line": "2", "reason-2": "duplicate"}
    page = desk.send(form, do="figures")
    piece = desk.browser_of_customer.post(f"{desk.address}/figures", data=form)
    for text in ("$16.00 of it is tax", "$216.00", "$784.00", "−$14.40", "until March 11, 2026", "$769.60"):
        assert text in words(page.text)
        assert text in words(piece.text)
    assert "Send, and pay the rest ($769.60)" in words(page.text)


def test_what_is_filed_is_what_the_form_said(desk: DisputeSite) -> None:
    answer = desk.send(B, PHOTO, PAPER)
    assert answer.status_code == 303
    ((dispute, (line,), files),) = desk.disputes()
    assert (line.position, line.reason, line.claimed, line.disputed_quantity) == (2, "short", "8", "2")
    assert (line.disputed_net_cents, line.disputed_tax_cents) == (4_000, 320)
    assert [row.name for row in files] == ["box.jpg", "slip.pdf"]
    assert desk.said(dispute) == ["Two never came."]
    assert answer.headers["location"] == f"{desk.page_of(dispute)}?filed=1"
    page = words(desk.browser_of_customer.get(answer.headers["location"]).text)
    for text in (dispute.number, "We have your dispute.", "It is our turn: we answer by", "$43.20", "box.jpg"):
        assert text in page


def test_several_lines_go_in_one_dispute(desk: DisputeSite) -> None:
    form = {"line": ["1", "2"], "reason-1": "wrong_price", "figure-1": "70.00", "reason-2": "duplicate"}
    assert desk.send(form).status_code == 303
    ((_, lines, _),) = desk.disputes()
    assert [(line.position, line.disputed_net_cents, line.disputed_tax_cents) for line in lines] == [
        (1, 2_000, 178), (2, 20_000, 1_600),
    ]  # fmt: skip


def test_sending_and_paying_goes_on_to_check_and_pay_the_rest(desk: DisputeSite) -> None:
    answer = desk.send(B, do="pay")
    assert answer.headers["location"] == f"{desk.base}/pay?charge={desk.charge.public_id}"
    page = words(desk.browser_of_customer.get(answer.headers["location"]).text)
    assert "$939.20" in page
    assert "$43.20" in page
    assert "disputed" in page


def test_a_whole_invoice_in_dispute_leaves_nothing_to_pay(desk: DisputeSite) -> None:
    form = {"line": ["1", "2"], "reason-1": "not_received", "reason-2": "not_received"}
    page = desk.send(form, do="figures").text
    assert "Nothing else of this invoice can be paid now." in page
    assert re.search(r'<button[^>]*value="pay"[^>]* hidden>', page)


def test_the_button_pressed_twice_files_once(desk: DisputeSite) -> None:
    first, second = desk.send(B, PHOTO), desk.send(B, PHOTO)
    assert first.headers["location"] == second.headers["location"]
    assert len(desk.disputes()) == 1


WRONG: dict[str, tuple[dict[str, object], str, str]] = {
    "no line": ({"words": "All of it"}, "lines", "Choose at least one line."),
    "no reason": ({"line": "2"}, "reason-2", "Choose what is wrong with this line."),
    "an unknown reason": ({"line": "2", "reason-2": "bored"}, "reason-2", "Choose what is wrong with this line."),
    "a line that is not there": ({"line": "77", "reason-77": "short"}, "lines", "That line is not on this invoice."),
    "more than invoiced": ({**B, "figure-2": "11"}, "figure-2", "Only 10 were invoiced."),
    "all of them arrived": ({**B, "figure-2": "10"}, "figure-2", "nothing would be disputed"),
    "a negative number": ({**B, "figure-2": "-3"}, "figure-2", "Enter a number"),
    "words for a number": ({**B, "figure-2": "a few"}, "figure-2", "Enter a number"),
    "a huge number": ({**B, "figure-2": "9" * 5_000}, "figure-2", "too long for a figure"),
    "an exponent of five": ({**B, "figure-2": "1e5"}, "figure-2", "Enter a number"),
    "a comma too many": ({**B, "figure-2": "1,000,5"}, "figure-2", "Enter a number"),
    "a thousand": ({**B, "figure-2": "1,000"}, "figure-2", "Only 10 were invoiced."),
    "sixty digits": ({**B, "figure-2": "9" * 60}, "figure-2", "too long for a figure"),
    "an exponent": ({**B, "figure-2": "1e999999"}, "figure-2", "Enter a number"),
    "not a number at all": ({**B, "figure-2": "NaN"}, "figure-2", "Enter a number"),
    "no price": ({**B, "reason-2": "wrong_price", "figure-2": ""}, "figure-2", "Enter what one of them should cost."),
    "a higher price": ({**B, "reason-2": "wrong_price", "figure-2": "99"}, "figure-2", "not below the price"),
    "more money than invoiced": ({**B, "reason-2": "other", "figure-2": "200.01"}, "figure-2", "$200.00 of this line"),
    "a script for a figure": ({**B, "figure-2": "<script>x</script>"}, "figure-2", "Enter a number"),
    "ten thousand characters": ({**B, "words": "x" * 10_000}, "words", "Shorten what you write to 4000 characters"),
    "a file of somebody else": ({**B, "file": "0" * 24}, "files", "One of the files is not here any more."),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(desk: DisputeSite, name: str) -> None:
    form, field, sentence = WRONG[name]
    answer = desk.send(form, PHOTO)
    assert answer.status_code == 422
    page = words(answer.text)
    assert "There is a problem" in page
    assert sentence in page
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}"' in answer.text
    assert len(kept(answer)) == 1
    assert str(form.get("words", ""))[:4_000] in page
    assert "<script>x" not in answer.text
    assert desk.disputes() == []


def test_pressed_too_often_the_form_keeps_what_was_typed(desk: DisputeSite) -> None:
    dispute = desk.file()
    while desk.send(B, do="figures").status_code != 429:
        pass
    message = f"{desk.page_of(dispute)}/messages"
    assert 'id="lines-error"' in desk.send(B).text
    for answer in (desk.send(B), desk.browser_of_customer.post(message, data={"words": B["words"]})):
        assert answer.status_code == 429
        assert "Wait a few minutes, then try again." in words(answer.text)
        assert "Two never came." in answer.text
    assert len(desk.disputes()) == 1
    assert "Two never came." not in desk.said(dispute)


def test_a_form_that_is_put_right_still_has_its_files(desk: DisputeSite) -> None:
    wrong = desk.send({**B, "figure-2": "many"}, PHOTO, PAPER)
    first, second = kept(wrong)
    less = desk.send({**B, "file": [first, second]}, do=f"remove-{first}")
    assert less.status_code == 200
    assert kept(less) == [second]
    assert "There is a problem" not in less.text
    assert desk.send({**B, "file": kept(less)}).status_code == 303
    ((_, _, files),) = desk.disputes()
    assert [row.name for row in files] == ["slip.pdf"]


FILES = {
    "a drawing that runs": (("box.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>"), "Only PDF, JPEG"),
    "a page": (("page.html", b"<!doctype html>" + SECRET), "Only PDF, JPEG"),
    "a page that is a PDF": (("page.html", b"%PDF-1.7" + SECRET), "does not say what it holds"),
    "a broken picture": (("box.jpg", b"\xff\xd8\xff\xe0 broken"), "box.jpg: "),
    "far too many pixels": (("box.png", bomb(20_000, 20_000)), "box.png: "),
    "eleven megabytes": (("large.pdf", b"%PDF-" + b"x" * 11_000_000), "larger than 10 MB"),
    "nothing": (("empty.pdf", b""), "This file is empty."),
    "a name that is a script": (("<img src=x onerror=alert(1)>.svg", b"<svg/>"), "Only PDF, JPEG"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_sent_is_named_and_the_others_are_kept(desk: DisputeSite, name: str) -> None:
    file, sentence = FILES[name]
    answer = desk.send(B, file, PHOTO)
    assert answer.status_code == 422
    assert sentence in words(answer.text)
    assert 'href="#files"' in answer.text
    assert "<img src=x" not in answer.text
    assert len(kept(answer)) == 1
    assert "Two never came." in answer.text
    assert desk.disputes() == []


def test_a_sixth_file_is_refused_and_five_are_kept(desk: DisputeSite) -> None:
    answer = desk.send(B, *[(f"{number}.pdf", PAPER[1]) for number in range(6)])
    assert answer.status_code == 422
    assert "At most 5 files can be sent." in words(answer.text)
    assert len(kept(answer)) == 5
    assert desk.send({**B, "file": kept(answer)}).status_code == 303


def test_a_name_loses_its_folders_and_what_turns_text(desk: DisputeSite) -> None:
    desk.send(B, ("../../etc/\u202egpj.exe.pdf", PAPER[1]))
    ((_, _, (file,)),) = desk.disputes()
    assert file.name == "gpj.exe.pdf"


def test_more_than_may_come_at_once_gets_a_page_of_words(desk: DisputeSite) -> None:
    answer = desk.send(B, ("large.pdf", b"x" * LARGEST_UPLOAD))
    assert answer.status_code == 413
    assert "choose fewer or smaller ones" in words(answer.text)


@pytest.mark.parametrize("field", ["words", "figure-2", "reason-2", "line"])
def test_a_zero_byte_is_refused(desk: DisputeSite, field: str) -> None:
    assert desk.send({**B, field: "2\0"}).status_code == 400
    assert desk.disputes() == []


def test_files_of_another_browser_cannot_be_taken(desk: DisputeSite) -> None:
    (theirs,) = kept(desk.send(B, PHOTO, do="figures", by=desk.visitor()))
    answer = desk.send({**B, "file": theirs})
    assert answer.status_code == 422
    assert kept(answer) == []


def test_a_line_that_is_disputed_says_so_and_cannot_be_disputed_again(desk: DisputeSite) -> None:
    dispute = desk.file()
    browser = desk.browser_of_customer
    invoice = browser.get(desk.address.removesuffix("/dispute")).text
    assert dispute.number in invoice
    assert f'href="{desk.page_of(dispute)}"' in invoice
    assert f'href="{desk.address}?line=2"' not in invoice
    form = browser.get(desk.address).text
    assert "All of this line is disputed or credited already." in form
    assert 'id="line-2"' not in form
    desk.clock.move(minutes=11)
    again = desk.send({"line": "2", "reason-2": "damaged"})
    assert again.status_code == 422
    assert len(desk.disputes()) == 1


def test_an_invoice_that_is_too_old_says_why_it_cannot_be_disputed(desk: DisputeSite) -> None:
    now = desk.clock.now()
    with desk.resources.writing() as session:
        set_policy(session, "dispute_days", "3", effective_on=date(2026, 1, 1), now=now, actor="test")
    browser = desk.browser_of_customer
    assert "/dispute" not in browser.get(desk.address.removesuffix("/dispute")).text
    for answer in (browser.get(desk.address), desk.send(B)):
        assert answer.status_code == 422
        assert "An invoice can be disputed here for 3 days." in words(answer.text)
    assert desk.disputes() == []


def test_what_is_no_invoice_cannot_be_disputed(desk: DisputeSite) -> None:
    with desk.resources.writing() as session:
        invoice = session.execute(select(charges).where(charges.c.id == desk.charge.id)).mappings().one()
        values = {**invoice, "id": None, "public_id": new_public_id(), "kind": "debit_note", "number": "DN-1"}
        session.execute(insert(charges), values)
    page = f"{desk.base}/invoices/{values['public_id']}"
    browser = desk.browser_of_customer
    assert "Something wrong?" not in words(browser.get(page).text)
    for answer in (
        browser.get(f"{page}/dispute"),
        browser.post(f"{page}/dispute", data={"do": "send", "line": "0", "reason-0": "other"}),
        browser.post(f"{page}/dispute/figures", data={"line": "0", "reason-0": "other"}),
    ):
        assert answer.status_code == 422
        assert "Only invoices can be disputed here." in words(answer.text)
    assert desk.disputes() == []


def test_figures_are_asked_for_with_anything_and_never_break(desk: DisputeSite) -> None:
    for form, field, _ in WRONG.values():
        answer = desk.browser_of_customer.post(f"{desk.address}/figures", data=form)
        assert answer.status_code == 200
        assert ("You dispute" in answer.text) == (field in ("words", "files"))
        assert "<script>x" not in answer.text


def test_a_link_to_one_invoice_disputes_that_one_only(desk: DisputeSite) -> None:
    narrow = desk.visitor(charge_id=desk.charge.id)
    other = desk.add("1002", 50_000, account=desk.account)
    assert narrow.get(desk.address).status_code == 200
    assert narrow.get(f"{desk.base}/invoices/{other.public_id}/dispute").status_code == 404
    assert desk.send(B, by=narrow).status_code == 303
    assert narrow.get(desk.page_of(desk.disputes()[0][0])).status_code == 200
    assert narrow.get(f"{desk.base}/disputes").status_code == 404
