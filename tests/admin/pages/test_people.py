"""A customer's contacts and links: added, removed, sent, revoked."""

import re

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from portal.records import accounts
from portal.records.tables import history, letters, links
from tests.support.reading import words
from tests.support.site import Site
from tests.support.staff import Office


@pytest.fixture
def desk(office: Office) -> TestClient:
    return office.desk_of("collector")


def base(site: Site) -> str:
    return f"/admin/customers/{site.account.public_id}"


def emails(site: Site) -> list[str]:
    with site.resources.reading() as session:
        return [each.email for each in accounts.contacts_of(session, site.account.id)]


def acts(site: Site) -> list[str]:
    with site.resources.reading() as session:
        found = select(history.c.action).where(history.c.actor.startswith("staff:")).order_by(history.c.id)
        return list(session.execute(found).scalars())


def test_the_page_says_everything_about_a_customer(site: Site, desk: TestClient) -> None:
    site.link()
    page = words(desk.get(base(site)).text)
    for said in ("Northwind Traders", "Balance $1,550.00", "2 open invoices", "INV-1", "ap@northwind.example", "Live"):
        assert said in page


def test_a_contact_is_added_and_called_otherwise(site: Site, desk: TestClient) -> None:
    new = {"email": "New@Northwind.example ", "name": "Kim  Wu"}
    assert desk.post(f"{base(site)}/contacts", data=new).status_code == 303
    assert emails(site) == ["ap@northwind.example", "new@northwind.example"]
    again = desk.post(f"{base(site)}/contacts", data=new)
    assert again.status_code == 422
    assert "has a contact of this address already" in again.text
    assert 'value="Kim  Wu"' in again.text
    with site.resources.reading() as session:
        added = accounts.contacts_of(session, site.account.id)[1]
    assert added.name == "Kim Wu"
    assert desk.post(f"{base(site)}/contacts/{added.id}/name", data={"name": "Kim"}).status_code == 303
    assert "Kim" in desk.get(base(site)).text
    assert acts(site) == ["contact.added", "contact.renamed"]


def test_the_page_says_whose_mail_was_refused(site: Site, desk: TestClient) -> None:
    with site.resources.writing() as session:
        contact = accounts.contacts_of(session, site.account.id)[0]
        accounts.set_refused(session, contact.id, site.clock.now())
    assert "ap@northwind.example Refused by the mail on " in words(desk.get(base(site)).text)


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "a b@c.example", "a@b.example,c@d.example", "x" * 260 + "@a.example"]
)
def test_what_is_no_address_is_refused(site: Site, desk: TestClient, email: str) -> None:
    answer = desk.post(f"{base(site)}/contacts", data={"email": email})
    assert answer.status_code == 422
    assert 'href="#email"' in answer.text
    assert emails(site) == ["ap@northwind.example"]


def test_whoever_is_removed_opens_nothing_any_more(site: Site, desk: TestClient) -> None:
    link = site.link()
    visitor = site.browser()
    assert visitor.post(site.path(link)).status_code == 303
    address = f"/a/{site.account.public_id}"
    assert visitor.get(address).status_code == 200
    assert "Remove ap@northwind.example" in desk.get(f"{base(site)}/contacts/{link.contact_id}/removal").text
    assert desk.post(f"{base(site)}/contacts/{link.contact_id}/removal").status_code == 303
    assert emails(site) == []
    assert visitor.get(address).status_code == 404
    assert acts(site) == ["link.revoked", "contact.removed"]
    assert desk.post(f"{base(site)}/contacts/{link.contact_id}/removal").status_code == 404
    # Taken back, they start anew: what was cut off stays cut off.
    assert desk.post(f"{base(site)}/contacts", data={"email": "ap@northwind.example"}).status_code == 303
    assert visitor.get(address).status_code == 404
    assert visitor.post(site.path(link)).status_code != 303


def test_a_link_is_sent_once_for_a_form(site: Site, desk: TestClient) -> None:
    page = desk.get(f"{base(site)}/links?invoice={site.invoice.public_id}")
    once = re.search(r'name="once" value="(\w+)"', page.text)
    contact = re.search(r'name="contact" value="(\d+)"', page.text)
    assert once
    assert contact
    assert f'value="{site.invoice.public_id}" selected' in page.text
    form = {"once": once[1], "contact": contact[1], "opens": site.invoice.public_id}
    assert [desk.post(f"{base(site)}/links", data=form).status_code for _ in range(3)] == [303] * 3
    with site.resources.reading() as session:
        staged = session.execute(select(letters.c.kind, letters.c.charge_id)).all()
    assert staged == [("statement", site.invoice.id)]
    assert acts(site) == ["link.sent"]


def test_no_link_to_others_documents_is_sent(site: Site, desk: TestClient) -> None:
    other = site.add_account("Other", "ap@other.example")
    with site.resources.reading() as session:
        theirs = accounts.contacts_of(session, other.id)[0].id
        mine = accounts.contacts_of(session, site.account.id)[0].id
    address = f"/admin/customers/{other.public_id}/links"
    for contact, opens in ((mine, ""), (theirs, site.invoice.public_id), ("", ""), (theirs, "nonsense")):
        form = {"once": "0" * 16, "contact": str(contact), "opens": opens}
        assert desk.post(address, data=form).status_code == 422
    assert desk.post(address, data={"contact": str(theirs)}).status_code == 422
    assert acts(site) == []
    assert desk.post(f"/admin/customers/{other.public_id}/contacts/{mine}/removal").status_code == 404


def test_a_link_is_revoked(site: Site, desk: TestClient) -> None:
    link = site.link()
    other = site.add_account("Other", "ap@other.example")
    address = f"links/{link.public_id}/revocation"
    assert desk.post(f"/admin/customers/{other.public_id}/{address}").status_code == 404
    assert desk.post(f"{base(site)}/{address}").status_code == 303
    assert desk.post(f"{base(site)}/{address}").status_code == 303
    with site.resources.reading() as session:
        assert session.execute(select(links.c.revoked_at)).scalar_one() == site.clock.now()
    assert acts(site) == ["link.revoked"]
    assert "Ended" in desk.get(base(site)).text
