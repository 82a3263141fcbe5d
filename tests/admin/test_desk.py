"""A line of the admin's table of contents: what its pages get, and whose files are not even read."""

import pytest
from starlette.responses import PlainTextResponse, Response

from admin.web.desk import StaffVisit, desk
from portal.rules.refusals import Conflict
from tests.support.staff import Office

PAPER = {"paper": ("paper.pdf", b"%PDF-1.7 paper", "application/pdf")}


def test_a_page_knows_who_asks_and_gets_files_only_where_its_line_asks_for_them(sqlite_office: Office) -> None:
    visits: list[StaffVisit] = []

    def keep(visit: StaffVisit) -> Response:
        visits.append(visit)
        return PlainTextResponse(f"{visit.actor} {[(each.name, each.read()) for each in visit.files]}")

    routes = sqlite_office.app.router.routes
    routes.insert(0, desk("/admin/with-files", post=keep, uploads=True))
    routes.insert(0, desk("/admin/without", post=keep))
    kim = sqlite_office.add("collector", name="kim")
    browser = sqlite_office.desk_of(kim)
    answer = browser.post("/admin/with-files", files=PAPER, data={"words": "x"})
    assert answer.text == f"staff:{kim.id} [('paper.pdf', b'%PDF-1.7 paper')]"
    assert (visits[0].staff.email, visits[0].form["words"], visits[0].now) == (
        kim.email,
        "x",
        sqlite_office.clock.now(),
    )
    assert (visits[0].may("collector"), visits[0].may("owner")) == (True, False)
    assert browser.post("/admin/without", files=PAPER).status_code == 400
    assert len(visits) == 1


def test_files_of_whoever_may_not_are_not_read(sqlite_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_: object, **__: object) -> None:
        raise AssertionError("read")

    sqlite_office.app.router.routes.insert(
        0, desk("/admin/with-files", post=lambda visit: PlainTextResponse(""), uploads=True)
    )
    low, stranger = sqlite_office.desk_of("read_only"), sqlite_office.browser()
    monkeypatch.setattr("admin.web.desk.read_request", never)
    assert low.post("/admin/with-files", files=PAPER).status_code == 403
    assert stranger.post("/admin/with-files", files=PAPER).status_code == 401


def test_what_a_page_refuses_is_said_in_its_own_words(sqlite_office: Office) -> None:
    def refuse(visit: StaffVisit) -> Response:
        raise Conflict("Somebody <else> did it.")

    sqlite_office.app.router.routes.insert(0, desk("/admin/refusing", get=refuse))
    answer = sqlite_office.desk_of("read_only").get("/admin/refusing")
    assert answer.status_code == 409
    assert "Somebody &lt;else&gt; did it." in answer.text


def test_a_form_that_asks_for_confirmation_has_a_page_of_its_own() -> None:
    with pytest.raises(AssertionError, match="/admin/x"):
        desk("/admin/x", post=lambda visit: PlainTextResponse(""), confirmed=True)


def test_head_goes_where_get_goes_and_other_methods_nowhere(sqlite_office: Office) -> None:
    browser = sqlite_office.desk_of("read_only")
    assert browser.head("/admin/account").status_code == 200
    assert browser.put("/admin/account").status_code == 405
    assert sqlite_office.browser().head("/admin/account").status_code == 303


def test_there_is_no_such_page_in_words_for_staff(sqlite_office: Office) -> None:
    for browser in (sqlite_office.browser(), sqlite_office.desk_of("owner")):
        for path in ("/admin/nothing", "/admin/log-out", "/admin/", "/admin/account/nothing"):
            answer = browser.get(path)
            assert answer.status_code == 404
            assert "There is no such page" in answer.text
            assert "pay" not in answer.text


def test_every_answer_carries_the_headers(sqlite_office: Office) -> None:
    browser = sqlite_office.desk_of("owner")
    for path in ("/admin/account", "/admin/log-in", "/admin/nothing", "/admin/staff/nobody"):
        headers = browser.get(path).headers
        assert headers["cache-control"] == "no-store"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
