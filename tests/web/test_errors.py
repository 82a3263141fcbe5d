"""Whatever goes wrong: a page that says what to do next, with the right status, and nothing changed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.responses import Response
from structlog.testing import capture_logs

from portal.records import open_database
from portal.rules.refusals import Conflict
from portal.web.bodies import LARGEST_BODY
from portal.web.visit import Visit, resource
from tests.support.dump import dump
from tests.support.site import Site


def conflict(visit: Visit) -> Response:
    raise Conflict("Somebody else has paid this <b>already</b>.")


def test_an_unknown_address(site: Site) -> None:
    answer = site.browser().get("/no/such/page")
    assert answer.status_code == 404
    assert "<h1>Page not found</h1>" in answer.text
    assert "Your company" in answer.text


@pytest.mark.parametrize(
    ("path", "allowed"), [("/link", {"GET", "HEAD", "POST"}), ("/session/end", {"POST"}), ("/healthz", {"GET", "HEAD"})]
)
def test_a_method_that_is_not_served(site: Site, path: str, allowed: set[str]) -> None:
    answer = site.browser().request("DELETE", path)
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == allowed
    assert "<h1>There is a problem</h1>" in answer.text


def test_a_refusal_shows_its_sentence_and_the_way_back(site: Site) -> None:
    site.app.router.routes.append(resource("/a/{account}/x", get=conflict))
    answer = site.browser().get("/a/3f9c/x")
    assert answer.status_code == 409
    assert "Somebody else has paid this &lt;b&gt;already&lt;/b&gt;." in answer.text
    assert 'href="/a/3f9c"' in answer.text


def test_stripe_gets_json(site: Site) -> None:
    site.app.router.routes.append(resource("/stripe/other", post=conflict))
    answer = site.browser().post("/stripe/other", content=b"{}")
    assert answer.status_code == 409
    assert answer.json() == {"error": "Somebody else has paid this <b>already</b>."}
    assert site.browser().get("/stripe/other").json() == {"error": 405}


def test_a_body_that_says_it_is_too_large_is_not_read(site: Site) -> None:
    before = dump(site.resources.database)
    answer = site.browser().post("/link", content=b"email=" + b"a" * LARGEST_BODY)
    assert answer.status_code == 413
    assert "Please send less at once" in answer.text
    assert dump(site.resources.database) == before


def test_a_body_that_grows_too_large_is_stopped(site: Site) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 100 * LARGEST_BODY:
            sent += 65_536
            yield b"a" * 65_536

    answer = site.browser().post(
        "/link", content=endless(), headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code == 413
    assert "Please send less at once" in answer.text


@pytest.mark.parametrize("length", ["-1", "1e3", "", "9" * 5_000])
def test_a_length_that_is_no_length(site: Site, length: str) -> None:
    answer = site.browser().post("/link", content=b"email=a", headers={"content-length": length})
    assert answer.status_code == 413


@pytest.mark.parametrize("path", ["/l/%00", "/link?next=%00", "/a/%00"])
def test_a_character_that_no_text_has(site: Site, path: str) -> None:
    assert site.browser().get(path).status_code in (400, 404)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"email=a%00@x.org", "application/x-www-form-urlencoded", 400),
        (b"%00=a", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"f%d=1" % n for n in range(5_001)), "application/x-www-form-urlencoded", 400),
        (b"\xff\xfe=%ff&email=%ff%fe", "application/x-www-form-urlencoded", 422),
        (b"email", "application/x-www-form-urlencoded", 422),
        (b"{}", "application/json", 422),
        (b"a", "multipart/form-data", 400),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x", 422),
        (
            b'--x\r\ncontent-disposition: form-data; name="email"; filename="a.exe"\r\n\r\nMZ\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
            400,
        ),
    ],
)
def test_a_form_that_no_page_of_ours_sends(site: Site, body: bytes, kind: str, status: int) -> None:
    before = dump(site.resources.database)
    answer = site.browser().post("/link", content=body, headers={"content-type": kind})
    assert answer.status_code == status
    assert "There is a problem" in answer.text
    assert dump(site.resources.database) == before


@pytest.mark.parametrize("url", ["sqlite:////no/such/folder/portal.db", "postgresql://portal@127.0.0.1:1/portal"])
def test_without_a_database_everything_says_to_come_back(site: Site, url: str) -> None:
    database = open_database(url)
    link = site.path(site.link())
    site.serve(database)
    browser = site.browser()
    with capture_logs() as logs:
        answers = [browser.get(link), browser.post(link), browser.get("/readyz"), browser.get("/link")]
    for answer in answers:
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "30"
        assert "We will be back shortly" in answer.text
    assert [entry["event"] for entry in logs] == ["database.unavailable"] * 4
    assert browser.get("/no/such/page").status_code == 404
    assert browser.get("/healthz").status_code == 200
    database.dispose()


def test_ready_means_migrated(site: Site, tmp_path: Path) -> None:
    assert site.browser().get("/readyz").json() == {"status": "ok"}
    database = open_database(f"sqlite:///{tmp_path / 'empty.db'}")
    site.serve(database)
    assert site.browser().get("/readyz").status_code == 503
    database.dispose()


def test_a_redirect_is_never_built_from_the_request(site: Site) -> None:
    assert site.browser().get("/link/").status_code == 404
