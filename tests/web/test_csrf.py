"""Unsafe requests from anywhere but our own pages are refused, and change nothing."""

import pytest

from portal.web.csrf import is_ours, origin_of
from tests.support.dump import dump
from tests.support.site import BASE_URL, Site

OURS = "https://pay.example.com"


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-origin", "origin": "https://evil.example"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": OURS}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": ""}, False),
        ({"origin": OURS}, True),
        ({"origin": "null"}, False),
        ({"origin": "http://pay.example.com"}, False),
        ({"origin": "https://pay.example.com:8443"}, False),
        ({"origin": "https://pay.example.com.evil.example"}, False),
        ({"origin": "https://evil.example"}, False),
        ({"referer": f"{OURS}/link"}, False),
        ({}, False),
    ],
)
def test_where_a_request_comes_from(headers: dict[str, str], ours: bool) -> None:
    assert is_ours(headers, OURS) is ours


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://Pay.Example.com", "https://pay.example.com"),
        ("https://pay.example.com:443/base", "https://pay.example.com"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://pay.example.com:80", "http://pay.example.com"),
        ("https://pay.example.com:80", "https://pay.example.com:80"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_origin_is_written_as_browsers_do(address: str, origin: str) -> None:
    assert origin_of(address) == origin


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "null", "sec-fetch-site": ""}])
def test_a_foreign_page_presses_no_button(site: Site, method: str, headers: dict[str, str]) -> None:
    visitor = site.visitor()
    before = dump(site.resources.database)
    for path in (site.path(site.link()), "/link", "/session/end", "/a/x/payments", "/no/such/page"):
        before = dump(site.resources.database)
        answer = visitor.request(method, path, headers=headers, content=b"email=ap@northwind.example")
        assert answer.status_code == 403
        assert "Nothing has changed" in answer.text
        assert "set-cookie" not in answer.headers
        assert dump(site.resources.database) == before


def test_an_old_browser_is_known_by_its_origin(site: Site) -> None:
    browser = site.browser()
    del browser.headers["sec-fetch-site"]
    path = site.path(site.link())
    assert browser.post(path).status_code == 403
    assert browser.post(path, headers={"origin": BASE_URL}).status_code == 303


def test_anybody_may_look(site: Site) -> None:
    assert site.browser(sec_fetch_site="cross-site").get(site.path(site.link())).status_code == 200


def test_stripe_is_let_through_to_prove_itself(site: Site) -> None:
    answer = site.browser(sec_fetch_site="cross-site").post("/stripe/webhook", content=b"{}")
    assert answer.status_code != 403
    assert site.browser(sec_fetch_site="cross-site").post("/stripe/webhook/", content=b"{}").status_code == 403
