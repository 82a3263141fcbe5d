"""Tokens stay out of logs."""

import logging

import pytest
from starlette.responses import Response
from structlog.testing import capture_logs

from portal.web.logs import WITHOUT_TOKENS, without_token
from portal.web.visit import Visit, resource
from tests.support.site import Site


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("/l/WyJh.b-c_d", "/l/…"),
        ("GET /l/WyJh?utm=1 HTTP/1.1", "GET /l/…?utm=1 HTTP/1.1"),
        ("http://x/l/WyJh#top", "http://x/l/…#top"),
        ("/link", "/link"),
        ("/a/3f9c/invoices/77", "/a/3f9c/invoices/77"),
    ],
)
def test_a_token_is_cut_out_of_an_address(text: str, clean: str) -> None:
    assert without_token(text) == clean


def test_the_access_log_holds_no_token(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    path = site.path(site.link())
    log = logging.getLogger("uvicorn.access")
    assert WITHOUT_TOKENS in log.filters
    with caplog.at_level(logging.INFO, "uvicorn.access"):
        log.info('%s - "%s %s HTTP/%s" %d', "203.0.113.7:1", "GET", path, "1.1", 200)
    assert caplog.messages == ['203.0.113.7:1 - "GET /l/… HTTP/1.1" 200']


def test_a_crash_is_logged_once_and_without_the_token(site: Site) -> None:
    def crash(visit: Visit) -> Response:
        raise RuntimeError("a bug")

    site.app.router.routes.insert(0, resource("/l/{token}", get=crash))
    path = site.path(site.link())
    with capture_logs() as logs:
        answer = site.browser().get(path)
    assert answer.status_code == 500
    assert "RuntimeError" not in answer.text
    assert "a bug" not in answer.text
    [entry] = logs
    assert (entry["event"], entry["path"], entry["log_level"]) == ("request.crashed", "/l/…", "error")
