"""Confirming a browser: what needs it sends there, the code leads back, and only to where it came from."""

import pytest
from httpx2 import Response
from starlette.responses import PlainTextResponse
from starlette.responses import Response as Answer
from starlette.testclient import TestClient

from portal.actions.links import create_link
from portal.pages.step_up import onward
from portal.records import Database
from portal.records.accounts import AccountRow
from portal.views.step_up import browser_name
from portal.web.visit import Visit, resource
from portal.wording import Words
from tests.support.clock import A_MONDAY
from tests.support.codes import Tray, another
from tests.support.dump import dump
from tests.support.reading import words
from tests.support.site import Site

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)
EDGE = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0"
)


def guarded(visit: Visit) -> Answer:
    with visit.resources.reading() as session:
        access = visit.confirmed_access(session)
        device = visit.device(session, access)
    assert device is not None
    return PlainTextResponse(f"for {access.contact_id}")


def guarded_press(visit: Visit) -> Answer:
    with visit.resources.reading() as session:
        visit.confirmed_access(session, to=visit.form.get("to", ""))
    return PlainTextResponse("done")


class Desk:
    """The site with a page that a link alone does not open, and a tray for the letters."""

    def __init__(self, site: Site) -> None:
        self.site, self.tray = site, Tray()
        self.open(site)
        self.visitor = site.visitor()

    def open(self, site: Site) -> None:
        site.app.router.routes.insert(0, resource("/a/{account}/methods", get=guarded, post=guarded_press))

    @property
    def base(self) -> str:
        return f"/a/{self.site.account.public_id}"

    def ask(self, browser: TestClient | None = None) -> str:
        answer = (browser or self.visitor).post(f"{self.base}/code", data={"to": f"{self.base}/methods"})
        assert answer.status_code == 303
        assert self.tray.collect(self.site.resources) == 1
        return self.tray.code()

    def type(self, code: str, browser: TestClient | None = None, *, to: str | None = None, **headers: str) -> Response:
        form = {"code": code, "to": f"{self.base}/methods" if to is None else to}
        return (browser or self.visitor).post(f"{self.base}/code/confirmation", data=form, headers=headers)


@pytest.fixture
def desk(site: Site) -> Desk:
    return Desk(site)


def test_a_link_alone_is_sent_to_the_code_and_comes_back(desk: Desk) -> None:
    sent = desk.visitor.get(f"{desk.base}/methods?from=2026-03-02")
    assert sent.status_code == 303
    page = desk.visitor.get(sent.headers["location"])
    assert "To protect your account we send a code to a•••@northwind.example." in words(page.text)
    assert "ap@northwind" not in page.text
    assert f'value="{desk.base}/methods?from=2026-03-02"' in page.text
    asked = desk.visitor.post(f"{desk.base}/code", data={"to": f"{desk.base}/methods?from=2026-03-02"})
    assert (asked.status_code, asked.headers["location"].split("&")[0]) == (303, f"{desk.base}/code?sent=1")
    assert desk.tray.collect(desk.site.resources) == 1
    page = desk.visitor.get(asked.headers["location"])
    for mark in (
        'inputmode="numeric"',
        'autocomplete="one-time-code"',
        "A code is on its way to a•••@northwind.example",
    ):
        assert mark in page.text
    code = desk.tray.code()
    assert code not in page.text
    back = desk.type(f"{code[:3]} {code[3:]}", to=f"{desk.base}/methods?from=2026-03-02")
    assert (back.status_code, back.headers["location"]) == (303, f"{desk.base}/methods?from=2026-03-02")
    assert desk.visitor.get(back.headers["location"]).status_code == 200
    again = desk.visitor.get(sent.headers["location"])
    assert (again.status_code, again.headers["location"]) == (303, f"{desk.base}/methods?from=2026-03-02")


def test_the_cookie_outlasts_the_session_and_is_out_of_reach_of_scripts(desk: Desk) -> None:
    cookie = desk.type(desk.ask()).headers["set-cookie"]
    assert cookie.startswith("portal_device=")
    for part in ("HttpOnly", "SameSite=lax", "Path=/", f"Max-Age={180 * 86_400}"):
        assert part in cookie
    desk.visitor.post("/session/end")
    assert desk.visitor.get(f"{desk.base}/methods").status_code == 404
    desk.visitor.post(desk.site.path(desk.site.link()))
    assert desk.visitor.get(f"{desk.base}/methods").status_code == 200


def test_with_https_the_cookie_is_bound_to_the_host(sqlite_database: Database, site: Site) -> None:
    site.serve(sqlite_database, base_url="https://pay.example.com")
    desk = Desk(site)
    cookie = desk.type(desk.ask()).headers["set-cookie"]
    assert cookie.startswith("__Host-portal-device=")
    assert "Secure" in cookie
    assert "Domain" not in cookie


def test_a_press_without_confirmation_does_nothing_and_goes_on_where_its_page_says(desk: Desk) -> None:
    for to, leads in (("", desk.base), (f"{desk.base}/methods", f"{desk.base}/methods")):
        answer = desk.visitor.post(f"{desk.base}/methods", data={"to": to})
        assert answer.status_code == 303
        assert f'value="{leads}"' in desk.visitor.get(answer.headers["location"]).text


def test_each_wrong_code_is_said_at_the_field(desk: Desk) -> None:
    code = desk.ask()
    for left in ("4 tries are left", "3 tries are left", "2 tries are left", "One try is left", "Have a new code sent"):
        answer = desk.type(another(code))
        assert answer.status_code == 422
        assert "There is a problem" in answer.text
        assert left in answer.text
        assert 'aria-invalid="true"' in answer.text
        assert f'value="{desk.base}/methods"' in answer.text
        assert "set-cookie" not in answer.headers
    assert desk.type(code).status_code == 422
    assert desk.visitor.get(f"{desk.base}/methods").status_code == 303


def test_what_is_typed_is_shown_again_and_runs_nowhere(desk: Desk) -> None:
    desk.ask()
    answer = desk.type('"><script>alert(1)</script>')
    assert "Enter the 6 digits from the email." in answer.text
    assert "<script>alert" not in answer.text


def test_expired_and_used_codes_are_said(desk: Desk) -> None:
    code = desk.ask()
    assert desk.type(code).status_code == 303
    assert "used already" in desk.type(code).text
    code = desk.ask()
    desk.site.clock.move(minutes=10)
    assert "has expired" in desk.type(code).text


def test_the_code_of_another_browser_confirms_nothing(desk: Desk) -> None:
    other = desk.site.visitor()
    code = desk.ask()
    answer = desk.type(code, other)
    assert answer.status_code == 422
    assert "No code was asked for in this browser" in answer.text
    assert desk.type(code).status_code == 303
    assert other.get(f"{desk.base}/methods").status_code == 303


def test_a_device_cookie_without_a_link_opens_nothing(desk: Desk) -> None:
    desk.type(desk.ask())
    stranger = desk.site.browser()
    stranger.cookies.set("portal_device", desk.visitor.cookies["portal_device"], domain="127.0.0.1")
    assert stranger.get(f"{desk.base}/methods").status_code == 404


def test_a_browser_confirmed_for_one_contact_is_not_for_another(desk: Desk) -> None:
    desk.type(desk.ask())
    other = desk.site.add_account("Contoso", "pay@contoso.example")
    desk.visitor.post(desk.site.path(desk.site.link(other)))
    assert desk.visitor.get(f"/a/{other.public_id}/methods").status_code == 303
    assert desk.visitor.get(f"{desk.base}/methods").status_code == 200


def test_a_link_to_one_document_does_not_reach_the_code(desk: Desk) -> None:
    narrow = desk.site.visitor(charge_id=desk.site.invoice.id)
    assert narrow.get(f"{desk.base}/code").status_code == 404
    assert narrow.post(f"{desk.base}/code").status_code == 404
    assert not dump(desk.site.resources.database)["step_codes"]


def test_a_link_for_nobody_in_particular_is_told_so(desk: Desk) -> None:
    with desk.site.resources.writing() as session:
        link = create_link(
            session, account_id=desk.site.account.id, contact_id=None, charge_id=None,
            now=A_MONDAY, expires_at=A_MONDAY.replace(day=9),
        )  # fmt: skip
    visitor = desk.site.browser()
    visitor.post(desk.site.path(link))
    page = visitor.get(visitor.get(f"{desk.base}/methods").headers["location"])
    assert page.status_code == 200
    assert "Your link was made for nobody in particular" in words(page.text)
    assert "Send me a code" not in page.text
    for path in ("code", "code/confirmation"):
        answer = visitor.post(f"{desk.base}/{path}", data={"code": "000000"})
        assert answer.status_code == 422
        assert "Have a link sent to your own address" in answer.text


def test_looking_changes_nothing(desk: Desk) -> None:
    desk.ask()
    before = dump(desk.site.resources.database)
    for path in ("code", "code?sent=1", "devices", "methods"):
        for answer in (desk.visitor.get(f"{desk.base}/{path}"), desk.visitor.head(f"{desk.base}/{path}")):
            assert answer.status_code in (200, 303)
            assert "set-cookie" not in answer.headers
    assert desk.visitor.get(f"{desk.base}/code/confirmation").status_code == 405
    assert dump(desk.site.resources.database) == before


def test_asking_too_often_is_refused(desk: Desk) -> None:
    for _ in range(5):
        desk.ask()
    answer = desk.visitor.post(f"{desk.base}/code")
    assert answer.status_code == 429
    assert "asked for several times within the hour" in answer.text


EVIL = (
    "https://evil.example", "//evil.example", "\\\\evil.example", "/\\evil.example", "javascript:alert(1)",
    "/l/token", "/a/other/methods", "{base}", "{base}/", "{base}//evil.example", "{base}/../other", "{base}/./x",
    "{base}/%2e%2e/x", "{base}/x\\y", "{base}/x\r\nSet-Cookie: a=b", "{base}/x\n", "{base}/x#y", "{base}x",
    "{base}@evil.example/x", "{base}/methods?a=//evil.example", "{base}/code", "{base}/code?to=x",
    "{base}/code/confirmation", " {base}/methods", "{base}/" + "x" * 500, "{base}/é", "{base}/x\u2028y",
)  # fmt: skip


@pytest.mark.parametrize("evil", EVIL)
def test_it_goes_on_within_the_account_only(desk: Desk, evil: str) -> None:
    to = evil.replace("{base}", desk.base)
    page = desk.visitor.get(f"{desk.base}/code", params={"to": to})
    assert f'name="to" value="{desk.base}"' in page.text
    assert desk.type(desk.ask(), to=to).headers["location"] == desk.base
    assert desk.visitor.get(f"{desk.base}/code", params={"to": to}).headers["location"] == desk.base


@pytest.mark.parametrize("good", ["methods", "plans/3f9c/acceptance", "codes", "statement.pdf", "x?a=1&b=%20c+d&e=f-g"])
def test_pages_of_the_account_are_followed(good: str) -> None:
    assert onward("acc", f"/a/acc/{good}") == f"/a/acc/{good}"


def confirmed(desk: Desk, agent: str, account: AccountRow | None = None) -> TestClient:
    browser = desk.site.browser(user_agent=agent)
    browser.post(desk.site.path(desk.site.link(account)))
    assert desk.type(desk.ask(browser), browser).status_code == 303
    return browser


@pytest.fixture
def two(desk: Desk) -> tuple[TestClient, TestClient]:
    return confirmed(desk, FIREFOX), confirmed(desk, IPHONE)


def test_confirmed_browsers_are_listed_and_removed(desk: Desk, two: tuple[TestClient, TestClient]) -> None:
    firefox, iphone = two
    page = firefox.get(f"{desk.base}/devices")
    said = words(page.text)
    assert "Firefox on Windows – this browser" in said
    assert "Safari on iPhone" in said
    assert "Safari on iPhone – this browser" not in said
    assert "Confirmed March 2, 2026" in said
    assert "until August 29, 2026" in said
    theirs, mine = (part.split('"')[0] for part in page.text.split('action="')[1:3])
    answer = firefox.post(theirs)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{desk.base}/devices")
    assert iphone.get(f"{desk.base}/methods").status_code == 303
    assert "Safari" not in firefox.get(f"{desk.base}/devices").text
    assert firefox.post(mine).headers["location"] == desk.base
    assert firefox.get(f"{desk.base}/devices").status_code == 303


def test_the_list_needs_a_confirmed_browser_too(desk: Desk, two: tuple[TestClient, TestClient]) -> None:
    address = two[0].get(f"{desk.base}/devices").text.split('action="')[1].split('"')[0]
    assert desk.visitor.get(f"{desk.base}/devices").headers["location"].startswith(f"{desk.base}/code?to=")
    assert desk.visitor.post(address).headers["location"].startswith(f"{desk.base}/code?to=")
    assert [browser.get(f"{desk.base}/methods").status_code for browser in two] == [200, 200]


def test_nobody_else_removes_them(desk: Desk, two: tuple[TestClient, TestClient]) -> None:
    address = two[0].get(f"{desk.base}/devices").text.split('action="')[1].split('"')[0]
    other = desk.site.add_account("Contoso", "pay@contoso.example")
    stranger = desk.site.confirm(desk.site.visitor(other), other)
    assert stranger.post(address).status_code == 404
    assert stranger.post(address.replace(desk.site.account.public_id, other.public_id)).status_code == 404
    assert [browser.get(f"{desk.base}/methods").status_code for browser in two] == [200, 200]


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox on Windows"),
        (IPHONE, "Safari on iPhone"),
        (EDGE, "Edge on Mac"),
        ("curl/8.5.0", "A browser that does not say what it is"),
        ("", "A browser that does not say what it is"),
    ],
)
def test_a_browser_has_a_short_name(agent: str, name: str) -> None:
    assert browser_name(agent, Words("en_US", "usd", "UTC", A_MONDAY.date())) == name
