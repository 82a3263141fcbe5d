"""Nobody sees a byte of an account that was not opened in this browser. Made from the route table: a new page is in."""

import re
from collections.abc import Iterator

from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from portal.web.visit import Visit, resource
from tests.support.site import Site

SECRETS = ("Northwind", "INV-1", "INV-2", "1,250", "1,550", "northwind.example")


def whole(visit: Visit) -> Response:
    with visit.resources.reading() as session:
        visit.access_to_account(session)
    return PlainTextResponse("INV-1")


def part(visit: Visit) -> Response:
    with visit.resources.reading() as session:
        visit.access(session)
    return PlainTextResponse("INV-1")


def pages(site: Site, account: str, child: str) -> Iterator[tuple[str, str]]:
    """(method, path) of every page below an account."""
    for route in site.app.routes:
        if isinstance(route, Route) and "{account}" in route.path:
            path = re.sub(r"\{(?!account)[^}]*\}", child, route.path).replace("{account}", account)
            yield from ((method, path) for method in sorted(route.methods or ()))


def test_foreign_and_unknown_accounts_answer_alike(site: Site) -> None:
    site.app.router.routes += [resource("/a/{account}/whole", get=whole), resource("/a/{account}/part", get=part)]
    stranger = site.visitor(site.add_account("Contoso", "pay@contoso.example"))
    for browser in (stranger, site.browser(), site.browser(cookie="portal_session=guess")):
        foreign = list(pages(site, site.account.public_id, site.invoice.public_id))
        unknown = list(pages(site, "0" * 24, site.invoice.public_id))
        assert len(foreign) > 20
        for (method, path), (_, other) in zip(foreign, unknown, strict=True):
            answer, control = browser.request(method, path), browser.request(method, other)
            assert answer.status_code == control.status_code == 404, (method, path)
            assert answer.text == control.text
            assert not any(secret in answer.text for secret in SECRETS)
            assert "set-cookie" not in answer.headers


def test_foreign_documents_below_an_own_account_are_not_found(site: Site) -> None:
    other = site.add_account("Contoso", "pay@contoso.example")
    stranger = site.trust(site.visitor(other), other)
    for child in (site.invoice.public_id, "0" * 24):
        for method, path in pages(site, other.public_id, child):
            answer = stranger.request(method, path)
            if child in path:
                assert answer.status_code == 404, (method, path)
            assert not any(secret in answer.text for secret in SECRETS), (method, path)


def test_a_link_to_one_document_does_not_reach_the_account(site: Site) -> None:
    site.app.router.routes += [resource("/a/{account}/whole", get=whole), resource("/a/{account}/part", get=part)]
    narrow, wide = site.visitor(charge_id=site.invoice.id), site.visitor()
    root = f"/a/{site.account.public_id}"
    assert [b.get(f"{root}/whole").status_code for b in (narrow, wide)] == [404, 200]
    assert [b.get(f"{root}/part").status_code for b in (narrow, wide)] == [200, 200]
    assert "Get a link to your account" in narrow.get(f"{root}/whole").text
