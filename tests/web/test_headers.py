"""Every response carries the headers that keep a page to itself, whatever became of the request."""

from collections.abc import Iterator

import pytest
from starlette.responses import Response
from starlette.routing import Mount, Route

from portal.records import Database
from portal.settings import Settings
from portal.templating import static_url
from portal.web.headers import headers_for
from portal.web.visit import Visit, resource
from tests.support.clock import MovableClock
from tests.support.site import Site


def crash(visit: Visit) -> Response:
    raise RuntimeError("a bug")


def requests(site: Site) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Every route by every method, and every kind of error."""
    for route in site.app.routes:
        if isinstance(route, Route):
            path = route.path.replace("{token}", site.path(site.link()).removeprefix("/l/"))
            path = path.replace("{account}", site.account.public_id).replace("{charge}", site.invoice.public_id)
            for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
                yield method, path.replace("{", "").replace("}", ""), {}
        else:
            assert isinstance(route, Mount)
    yield "GET", "/no/such/page", {}
    yield "GET", "/l/broken", {}
    yield "GET", "/a/%00", {}
    yield "GET", static_url("css/base.css"), {}
    yield "GET", static_url("no/such.css"), {}
    yield "GET", "/link", {"host": "evil.example"}
    yield "POST", "/link", {"sec-fetch-site": "cross-site"}
    yield "POST", "/link", {"content-length": "9999999"}
    yield "GET", "/crash", {}


def test_every_response_has_every_header(site: Site) -> None:
    site.app.router.routes.append(resource("/crash", get=crash))
    visitor = site.visitor()
    seen = set()
    for method, path, headers in requests(site):
        answer = visitor.request(method, path, headers=headers)
        seen.add(answer.status_code)
        for name, value in headers_for(site.settings).items():
            if name == "cache-control" and path.startswith("/static/") and answer.status_code == 200:
                continue
            assert answer.headers.get_list(name) == [value], (method, path, answer.status_code)
        assert "server" not in answer.headers
    assert {200, 303, 400, 403, 404, 405, 413, 422, 500} <= seen


def test_the_policy_lets_forms_go_to_stripe_and_nothing_else_leave(site: Site) -> None:
    policy = headers_for(site.settings)["content-security-policy"]
    assert "form-action 'self' https://checkout.stripe.com https://hooks.stripe.com;" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(("base_url", "expected"), [("https://pay.example.com", True), ("http://127.0.0.1", False)])
def test_only_https_promises_https(base_url: str, expected: bool) -> None:
    assert ("strict-transport-security" in headers_for(Settings(base_url=base_url))) is expected


def test_static_files_are_kept_for_ever_under_their_hash_only(site: Site) -> None:
    browser = site.browser()
    now = browser.get(static_url("css/base.css"))
    before = browser.get("/static/0123456789ab/css/base.css")
    assert now.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert before.headers["cache-control"] == "no-store"
    assert now.text == before.text
    assert now.headers["content-type"].startswith("text/css")


@pytest.mark.parametrize("path", ["../pyproject.toml", "..%2fpyproject.toml", "%2e%2e/pyproject.toml", "css", ""])
def test_static_files_are_only_those(site: Site, path: str) -> None:
    assert site.browser().get(static_url("") + path).status_code == 404


def test_an_unknown_host_is_refused(sqlite_database: Database, clock: MovableClock) -> None:
    site = Site(sqlite_database, clock, base_url="https://pay.example.com")
    assert site.browser().get("/link").status_code == 200
    for host in ("evil.example", "pay.example.com.evil.example", "127.0.0.1", "www.pay.example.com", ""):
        assert site.browser(host=host).get("/link").status_code == 400
