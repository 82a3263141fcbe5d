"""The browsers that a contact has confirmed: listed by name, removed by nobody else."""

import pytest
from starlette.testclient import TestClient

from portal.records.accounts import AccountRow
from portal.views.step_up import browser_name
from portal.wording import Words
from tests.support.clock import A_MONDAY
from tests.support.codes import CodeSite
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


@pytest.fixture
def desk(site: Site) -> CodeSite:
    return CodeSite(site)


def confirmed(desk: CodeSite, agent: str, account: AccountRow | None = None) -> TestClient:
    browser = desk.site.browser(user_agent=agent)
    browser.post(desk.site.path(desk.site.link(account)))
    assert desk.type(desk.ask(browser), browser).status_code == 303
    return browser


@pytest.fixture
def two(desk: CodeSite) -> tuple[TestClient, TestClient]:
    return confirmed(desk, FIREFOX), confirmed(desk, IPHONE)


def test_confirmed_browsers_are_listed_and_removed(desk: CodeSite, two: tuple[TestClient, TestClient]) -> None:
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


def test_the_list_needs_a_confirmed_browser_too(desk: CodeSite, two: tuple[TestClient, TestClient]) -> None:
    address = two[0].get(f"{desk.base}/devices").text.split('action="')[1].split('"')[0]
    assert desk.visitor.get(f"{desk.base}/devices").headers["location"].startswith(f"{desk.base}/code?to=")
    assert desk.visitor.post(address).headers["location"].startswith(f"{desk.base}/code?to=")
    assert [browser.get(f"{desk.base}/methods").status_code for browser in two] == [200, 200]


def test_nobody_else_removes_them(desk: CodeSite, two: tuple[TestClient, TestClient]) -> None:
    address = two[0].get(f"{desk.base}/devices").text.split('action="')[1].split('"')[0]
    other = desk.site.add_account("Contoso", "pay@contoso.example")
    stranger = desk.site.trust(desk.site.visitor(other), other)
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
