"""Whose address counts: nobody gets round a limit by writing X-Forwarded-For."""

import pytest

from portal.records import Database
from portal.web.visitors import nearest_untrusted, networks
from tests.support.clock import MovableClock
from tests.support.site import Site

PROXIES = networks(("10.0.0.0/8", "192.0.2.10"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "visitor"),
    [
        ("203.0.113.7", [], "203.0.113.7"),
        ("203.0.113.7", ["198.51.100.1"], "203.0.113.7"),
        ("10.1.2.3", ["198.51.100.1"], "198.51.100.1"),
        ("10.1.2.3", ["1.1.1.1", "198.51.100.1"], "198.51.100.1"),
        ("10.1.2.3", ["1.1.1.1", "198.51.100.1", "192.0.2.10"], "198.51.100.1"),
        ("10.1.2.3", ["nonsense"], "10.1.2.3"),
        ("10.1.2.3", ["198.51.100.1", ""], "10.1.2.3"),
        ("10.1.2.3", ["10.9.9.9"], "10.9.9.9"),
        ("::ffff:10.1.2.3", ["198.51.100.1"], "198.51.100.1"),
        ("2001:db8:1:2:aaaa::1", [], "2001:db8:1:2::/64"),
        ("10.1.2.3", ["2001:db8:1:2:bbbb::2"], "2001:db8:1:2::/64"),
        ("", ["198.51.100.1"], "unknown"),
        ("testclient", [], "unknown"),
    ],
)
def test_the_right_most_address_that_is_not_ours_counts(peer: str, forwarded: list[str], visitor: str) -> None:
    assert nearest_untrusted(peer, forwarded, PROXIES) == visitor


def test_a_proxy_that_is_no_address_is_refused() -> None:
    with pytest.raises(ValueError, match="proxy"):
        networks(("proxy.internal",))


@pytest.mark.parametrize(("proxies", "limited"), [("", True), ("203.0.113.0/24", False)])
def test_exchanges_are_limited_by_visitor(
    sqlite_database: Database, clock: MovableClock, proxies: str, limited: bool
) -> None:
    site = Site(sqlite_database, clock, **({"trusted_proxies": proxies} if proxies else {}))
    browser = site.browser(peer="203.0.113.7")
    answers = [
        browser.post("/l/broken", headers={"x-forwarded-for": f"198.51.100.{turn}"}).status_code for turn in range(31)
    ]
    assert answers == [404] * 30 + [429 if limited else 404]


def test_a_limit_says_when_to_come_back(site: Site) -> None:
    browser = site.browser()
    for _ in range(30):
        browser.post("/l/broken")
    answer = browser.post(site.path(site.link()))
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "600")
    assert "set-cookie" not in answer.headers
    assert browser.get(site.path(site.link())).status_code == 200
