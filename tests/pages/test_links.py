"""Pay links in a browser: what they show, what their button opens, and how a fresh one is asked for."""

import re
from datetime import timedelta

import pytest
from httpx2 import Response
from sqlalchemy import select, update

from portal import links
from portal.actions.access import find_access
from portal.actions.links import create_link, revoke_link
from portal.records import Database
from portal.records.tables import disputes
from tests.support.dump import dump
from tests.support.rows import add_row, raise_version
from tests.support.site import Site

DEAD = "This link no longer works"


def cookies(answer: Response) -> str:
    return answer.headers.get("set-cookie", "")


def test_a_link_shows_who_what_how_much_and_one_button(site: Site) -> None:
    path = site.path(site.link())
    answer = site.browser().get(path)
    assert answer.status_code == 200
    for words in ("For Northwind Traders", "Your statement from Your company", "$1,550.00", "March 2, 2026"):
        assert words in answer.text
    assert answer.text.count("<button") - answer.text.count("data-theme-switch") == 1
    assert f'action="{path}"' in answer.text
    assert answer.headers["referrer-policy"] == "strict-origin"


def test_a_link_to_a_document_shows_that_document(site: Site) -> None:
    answer = site.browser().get(site.path(site.link(charge_id=site.invoice.id)))
    assert "Invoice INV-1 from Your company" in answer.text
    assert "$1,250.00" in answer.text
    assert "INV-2" not in answer.text


def test_mail_scanners_may_look_a_hundred_times(site: Site) -> None:
    path = site.path(site.link())
    scanner = site.browser(sec_fetch_site="none", user_agent="SafeLinks")
    before = dump(site.resources.database)
    for _ in range(50):
        for answer in (scanner.get(path), scanner.head(path)):
            assert answer.status_code == 200
            assert not cookies(answer)
    assert dump(site.resources.database) == before


def test_the_button_leads_to_a_clean_address(site: Site) -> None:
    link = site.link()
    answer = site.browser().post(site.path(link))
    assert (answer.status_code, answer.headers["location"]) == (303, f"/a/{site.account.public_id}")
    narrow = site.browser().post(site.path(site.link(charge_id=site.invoice.id)))
    assert narrow.headers["location"] == f"/a/{site.account.public_id}/invoices/{site.invoice.public_id}"


def dispute_about(site: Site, charge_id: int) -> tuple[int, str]:
    with site.resources.writing() as session:
        dispute_id = add_row(session, disputes)
        about = {"account_id": site.account.id, "charge_id": charge_id, "number": "D-00012"}
        session.execute(update(disputes).where(disputes.c.id == dispute_id).values(**about))
        chosen = select(disputes.c.public_id).where(disputes.c.id == dispute_id)
        return dispute_id, session.execute(chosen).scalar_one()


def test_a_link_leads_to_a_dispute_and_opens_its_invoice_only(site: Site) -> None:
    dispute_id, public_id = dispute_about(site, site.invoice.id)
    with site.resources.writing() as session:
        link = create_link(
            session, account_id=site.account.id, contact_id=None, charge_id=site.invoice.id, dispute_id=dispute_id,
            now=site.clock.now(), expires_at=site.clock.now() + timedelta(days=1),
        )  # fmt: skip
    browser = site.browser()
    assert "Dispute D-00012 about invoice INV-1" in browser.get(site.path(link)).text
    base = f"/a/{site.account.public_id}"
    assert browser.post(site.path(link)).headers["location"] == f"{base}/disputes/{public_id}"
    assert browser.get(f"{base}/invoices/{site.invoice.public_id}").status_code == 200
    assert browser.get(f"{base}/invoices/{site.other_invoice.public_id}").status_code == 404


def test_no_link_leads_to_a_dispute_about_another_document(site: Site) -> None:
    dispute_id, _ = dispute_about(site, site.other_invoice.id)
    for charge_id in (site.invoice.id, None):
        with site.resources.writing() as session, pytest.raises(ValueError, match="its dispute to the document"):
            create_link(
                session, account_id=site.account.id, contact_id=None, charge_id=charge_id, dispute_id=dispute_id,
                now=site.clock.now(), expires_at=site.clock.now(),
            )  # fmt: skip


def test_nothing_in_the_request_decides_where_it_leads(site: Site) -> None:
    path = site.path(site.link())
    for evil in (
        "//evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "%0d%0aLocation:%20https://evil.example",
    ):
        answer = site.browser().post(f"{path}?next={evil}", data={"next": evil, "return": evil})
        assert answer.headers["location"] == f"/a/{site.account.public_id}"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(site: Site) -> None:
    plain = cookies(site.browser().post(site.path(site.link())))
    assert plain.startswith("portal_session=")
    for part in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age=43200"):
        assert part in plain
    assert "Secure" not in plain
    assert "Domain" not in plain


def test_with_https_the_cookie_is_bound_to_the_host(sqlite_database: Database, site: Site) -> None:
    site.serve(sqlite_database, base_url="https://pay.example.com")
    cookie = cookies(site.browser().post(site.path(site.link())))
    assert cookie.startswith("__Host-portal=")
    for part in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


def test_a_planted_cookie_is_worth_nothing_afterwards(site: Site) -> None:
    attacker = site.visitor(site.add_account("Mallory", "m@evil.example"))
    planted = attacker.cookies["portal_session"]
    victim = site.browser()
    victim.cookies.set("portal_session", planted, domain="127.0.0.1")
    victim.post(site.path(site.link()))
    assert victim.cookies["portal_session"] != planted
    assert not reaches(site, planted)
    assert reaches(site, victim.cookies["portal_session"])


@pytest.mark.parametrize("kind", ["tampered", "other key", "unknown", "revoked", "expired"])
def test_a_link_that_opens_nothing_offers_a_fresh_one(site: Site, kind: str) -> None:
    link = site.link()
    path = site.path(link)
    if kind == "tampered":
        path = path[:-1] + ("A" if path[-1] != "A" else "B")
    elif kind == "other key":
        path = f"/l/{links.sign(['x' * 32], link.public_id, link.version)}"
    elif kind == "unknown":
        path = f"/l/{links.sign(site.resources.keys, '0' * 24, 1)}"
    elif kind == "revoked":
        with site.resources.writing() as session:
            revoke_link(session, link, now=site.clock.now(), actor="cli")
    else:
        site.clock.move(days=30)
    for answer in (site.browser().get(path), site.browser().post(path)):
        assert answer.status_code == 404
        assert re.search(DEAD, answer.text)
        assert not cookies(answer)
        assert "Northwind" not in answer.text
        assert "Send a new link to the address on file" in answer.text
        token = path.removeprefix("/l/")
        assert answer.text.replace(token, "") == site.browser().get("/l/made-up").text.replace("made-up", "")


def test_an_expired_link_is_renewed_with_one_button(site: Site) -> None:
    path = site.path(site.link())
    site.clock.move(days=30)
    page = site.browser().get(path)
    token = re.search(r'name="token" value="([^"]+)"', page.text)
    assert token
    answer = site.browser().post("/link", data={"token": token[1]})
    assert "on its way to the address on file" in answer.text
    assert [letter[2] for letter in dump(site.resources.database)["letters"]] == ["link"]
    assert site.browser().post("/link", data={"token": "made-up"}).text == answer.text


def test_known_and_unknown_addresses_get_the_same_answer(site: Site) -> None:
    known = site.browser().post("/link", data={"email": "ap@northwind.example"})
    unknown = site.browser().post("/link", data={"email": "no@northwind.example"})
    assert known.status_code == unknown.status_code == 200
    assert known.text == unknown.text.replace("no@", "ap@")
    assert dict(known.headers) | {"content-length": ""} == dict(unknown.headers) | {"content-length": ""}
    assert len(dump(site.resources.database)["letters"]) == 1


def test_asking_too_often_is_refused_alike(site: Site) -> None:
    answers = {}
    for email in ("ap@northwind.example", "no@northwind.example"):
        for _ in range(3):
            assert site.browser().post("/link", data={"email": email}).status_code == 200
        answers[email] = site.browser().post("/link", data={"email": email})
    known, unknown = answers.values()
    assert known.status_code == unknown.status_code == 429
    assert known.text == unknown.text
    assert "asked for several times within the hour" in known.text


@pytest.mark.parametrize("typed", ["", "  ", "northwind", "a@b", "<script>@b", "a@x.org\nBcc: b@x.org", "a" * 300])
def test_what_is_no_address_is_said_and_kept(site: Site, typed: str) -> None:
    answer = site.browser().post("/link", data={"email": typed})
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert "Enter an email address, like name@example.com" in answer.text
    assert "<script>@" not in answer.text
    assert not dump(site.resources.database)["letters"]


def test_signing_out_ends_the_session_everywhere(site: Site) -> None:
    visitor = site.visitor()
    stolen = visitor.cookies["portal_session"]
    answer = visitor.post("/session/end")
    assert (answer.status_code, answer.headers["location"]) == (303, "/link?signed-out")
    assert "portal_session" not in visitor.cookies
    assert "You are signed out" in visitor.get(answer.headers["location"]).text
    assert reaches(site, stolen) is False
    assert site.browser().post("/session/end").status_code == 303


def test_raising_the_version_ends_a_living_session(site: Site) -> None:
    link = site.link()
    visitor = site.browser()
    visitor.post(site.path(link))
    assert reaches(site, visitor.cookies["portal_session"])
    with site.resources.writing() as session:
        raise_version(session, link.id)
    assert not reaches(site, visitor.cookies["portal_session"])
    assert visitor.get(site.path(link)).status_code == 404


def test_several_accounts_are_open_in_one_browser(site: Site) -> None:
    other = site.add_account("Contoso", "pay@contoso.example")
    visitor = site.visitor()
    visitor.post(site.path(site.link(other)))
    secret = visitor.cookies["portal_session"]
    assert reaches(site, secret)
    assert reaches(site, secret, other.public_id)


def reaches(site: Site, secret: str, account: str | None = None) -> bool:
    with site.resources.reading() as session:
        return find_access(session, secret, account or site.account.public_id, now=site.clock.now()) is not None
