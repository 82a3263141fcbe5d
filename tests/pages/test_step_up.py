"""Confirming a browser: what needs it sends there, the code leads back, and only to where it came from."""

import pytest

from portal.actions.links import create_link
from portal.pages.step_up import onward
from portal.records import Database
from tests.support.clock import A_MONDAY
from tests.support.codes import CodeSite, another
from tests.support.dump import dump
from tests.support.reading import words
from tests.support.site import Site


@pytest.fixture
def desk(site: Site) -> CodeSite:
    return CodeSite(site)


def test_a_link_alone_is_sent_to_the_code_and_comes_back(desk: CodeSite) -> None:
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


def test_the_cookie_outlasts_the_session_and_is_out_of_reach_of_scripts(desk: CodeSite) -> None:
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
    desk = CodeSite(site)
    cookie = desk.type(desk.ask()).headers["set-cookie"]
    assert cookie.startswith("__Host-portal-device=")
    assert "Secure" in cookie
    assert "Domain" not in cookie


def test_a_press_without_confirmation_does_nothing_and_goes_on_where_its_page_says(desk: CodeSite) -> None:
    for to, leads in (("", desk.base), (f"{desk.base}/methods", f"{desk.base}/methods")):
        answer = desk.visitor.post(f"{desk.base}/methods", data={"to": to})
        assert answer.status_code == 303
        assert f'value="{leads}"' in desk.visitor.get(answer.headers["location"]).text


def test_each_wrong_code_is_said_at_the_field(desk: CodeSite) -> None:
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


def test_what_is_typed_is_shown_again_and_runs_nowhere(desk: CodeSite) -> None:
    desk.ask()
    answer = desk.type('"><script>alert(1)</script>')
    assert "Enter the 6 digits from the email." in answer.text
    assert "<script>alert" not in answer.text


def test_expired_and_used_codes_are_said(desk: CodeSite) -> None:
    code = desk.ask()
    assert desk.type(code).status_code == 303
    assert "used already" in desk.type(code).text
    code = desk.ask()
    desk.site.clock.move(minutes=10)
    assert "has expired" in desk.type(code).text


def test_the_code_of_another_browser_confirms_nothing(desk: CodeSite) -> None:
    other = desk.site.visitor()
    code = desk.ask()
    answer = desk.type(code, other)
    assert answer.status_code == 422
    assert "No code was asked for in this browser" in answer.text
    assert desk.type(code).status_code == 303
    assert other.get(f"{desk.base}/methods").status_code == 303


def test_a_device_cookie_without_a_link_opens_nothing(desk: CodeSite) -> None:
    desk.type(desk.ask())
    stranger = desk.site.browser()
    stranger.cookies.set("portal_device", desk.visitor.cookies["portal_device"], domain="127.0.0.1")
    assert stranger.get(f"{desk.base}/methods").status_code == 404


def test_a_browser_confirmed_for_one_contact_is_not_for_another(desk: CodeSite) -> None:
    desk.type(desk.ask())
    other = desk.site.add_account("Contoso", "pay@contoso.example")
    desk.visitor.post(desk.site.path(desk.site.link(other)))
    assert desk.visitor.get(f"/a/{other.public_id}/methods").status_code == 303
    assert desk.visitor.get(f"{desk.base}/methods").status_code == 200


def test_a_link_to_one_document_does_not_reach_the_code(desk: CodeSite) -> None:
    narrow = desk.site.visitor(charge_id=desk.site.invoice.id)
    assert narrow.get(f"{desk.base}/code").status_code == 404
    assert narrow.post(f"{desk.base}/code").status_code == 404
    assert not dump(desk.site.resources.database)["step_codes"]


def test_a_link_for_nobody_in_particular_is_told_so(desk: CodeSite) -> None:
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


def test_looking_changes_nothing(desk: CodeSite) -> None:
    desk.ask()
    before = dump(desk.site.resources.database)
    for path in ("code", "code?sent=1", "devices", "methods"):
        for answer in (desk.visitor.get(f"{desk.base}/{path}"), desk.visitor.head(f"{desk.base}/{path}")):
            assert answer.status_code in (200, 303)
            assert "set-cookie" not in answer.headers
    assert desk.visitor.get(f"{desk.base}/code/confirmation").status_code == 405
    assert dump(desk.site.resources.database) == before


def test_asking_too_often_is_refused(desk: CodeSite) -> None:
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
def test_it_goes_on_within_the_account_only(desk: CodeSite, evil: str) -> None:
    to = evil.replace("{base}", desk.base)
    page = desk.visitor.get(f"{desk.base}/code", params={"to": to})
    assert f'name="to" value="{desk.base}"' in page.text
    assert desk.type(desk.ask(), to=to).headers["location"] == desk.base
    assert desk.visitor.get(f"{desk.base}/code", params={"to": to}).headers["location"] == desk.base


@pytest.mark.parametrize("good", ["methods", "plans/3f9c/acceptance", "codes", "statement.pdf", "x?a=1&b=%20c+d&e=f-g"])
def test_pages_of_the_account_are_followed(good: str) -> None:
    assert onward("acc", f"/a/acc/{good}") == f"/a/acc/{good}"
