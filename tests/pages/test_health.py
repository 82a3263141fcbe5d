"""What watches over the house asks these; they need no session and hold no figures."""

from tests.support.dump import dump
from tests.support.site import Site


def test_alive_and_ready(site: Site) -> None:
    before = dump(site.resources.database)
    for path in ("/healthz", "/readyz"):
        answer = site.browser(sec_fetch_site="none").get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
        assert "set-cookie" not in answer.headers
    assert dump(site.resources.database) == before
