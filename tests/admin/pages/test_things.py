"""Policy decided anew, notices done, letters and events tried again, and the first page that counts what waits."""

import json
import re
from datetime import date

import pytest
from sqlalchemy import insert, select, update
from starlette.testclient import TestClient

from admin.views.events import masked
from portal.actions import letters as staging
from portal.actions import notices, policies
from portal.actions.notices import Sent
from portal.records import accounts, inbox
from portal.records.inbox import EventRow
from portal.records.tables import breaks, history
from portal.records.tables import inbox as inbox_table
from portal.records.tables import letters as letters_table
from tests.support.reading import words
from tests.support.site import Site
from tests.support.staff import Office

BODY = {
    "id": "evt_1",
    "data": {
        "object": {
            "amount": 1_000,
            "client_secret": "pi_1_secret_2",
            "receipt_email": "kim@customer.example",
            "billing_details": {"name": "Kim Wu", "address": {"line1": "1 Street"}},
            "payment_method_details": {"card": {"last4": "4242", "fingerprint": "fp_9"}},
            "list": [{"email": "kim@customer.example"}],
            "phone": None,
        }
    },
}


@pytest.fixture
def owner(office: Office) -> TestClient:
    return office.desk_of("owner")


def acts(site: Site) -> list[str]:
    with site.resources.reading() as session:
        found = select(history.c.action).where(history.c.actor.startswith("staff:")).order_by(history.c.id)
        return list(session.execute(found).scalars())


def events(site: Site, *names: str, state: str = "dead") -> None:
    raw = json.dumps(BODY).encode()
    with site.resources.writing() as session:
        rows = [EventRow(name, "charge.succeeded", f"pi_{name}", None, raw, site.clock.now()) for name in names]
        inbox.store(session, rows)
        session.execute(update(inbox_table).values(state=state, tries=12, error="StripeUnavailable('503')"))


def states(site: Site) -> list[tuple[str, int]]:
    with site.resources.reading() as session:
        found = session.execute(select(inbox_table.c.state, inbox_table.c.tries).order_by(inbox_table.c.id))
        return [(row[0], row[1]) for row in found]


def test_a_policy_is_decided_from_a_day_on(site: Site, owner: TestClient) -> None:
    listed = words(owner.get("/admin/policy").text)
    assert "Link days" in listed
    assert "Most payments At most so many payments after the first amount. 4 payments" in listed
    assert "20%" in listed
    address = "/admin/policy/link_days"
    assert 'value="30"' in owner.get(f"{address}/change").text
    assert owner.post(f"{address}/change", data={"value": "45", "since": "2026-03-10"}).status_code == 303
    page = words(owner.get(address).text)
    assert "Today 30 days" in page
    assert re.search(r"Mar 10, 2026 45 days Mar 2, 10:00.AM owner", page)
    assert "45 days from Mar 10, 2026" in words(owner.get("/admin/policy").text)
    site.clock.move(days=8)
    with site.resources.reading() as session:
        assert policies.load(session, now=site.clock.now()).link_days == 45
    assert acts(site) == ["policy.set"]


@pytest.mark.parametrize(
    ("key", "value", "since", "field"),
    [
        ("link_days", "0", "2026-03-02", "value"),
        ("link_days", "many", "2026-03-02", "value"),
        ("link_days", "10", "2026-03-01", "since"),
        ("link_days", "10", "", "since"),
        ("link_days", "10", "soon", "since"),
        ("seller_email", "nobody", "2026-03-02", "value"),
        ("time_zone", "../etc/passwd", "2026-03-02", "value"),
    ],
)
def test_a_bad_value_is_said_at_its_field(
    site: Site, owner: TestClient, key: str, value: str, since: str, field: str
) -> None:
    answer = owner.post(f"/admin/policy/{key}/change", data={"value": value, "since": since})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f'value="{value}"' in answer.text
    assert acts(site) == []


def test_a_notice_is_marked_as_done(site: Site, owner: TestClient) -> None:
    with site.resources.writing() as session:
        given = Sent("cheque", 50_000, date(2026, 3, 1), "No. 17")
        notices.tell(session, site.account, given, contact_id=None, today=date(2026, 3, 2), now=site.clock.now())
    page = owner.get("/admin/notices").text
    assert "Cheque on its way" in page
    assert '<span class="visually-hidden">1 open notice</span>' in page
    address = re.search(r'action="(/admin/notices/\w+/end)"', page)
    assert address
    assert [owner.post(address[1]).status_code for _ in range(2)] == [303, 303]
    assert "Mark as done" not in owner.get("/admin/notices").text
    assert acts(site) == ["notice.closed"]


def test_a_letter_that_was_given_up_is_tried_again(site: Site, owner: TestClient) -> None:
    with site.resources.writing() as session:
        contact = accounts.contacts_of(session, site.account.id)[0]
        staging.stage(
            session, kind="statement", key="s", account_id=site.account.id, contact_id=contact.id, now=site.clock.now()
        )
        session.execute(update(letters_table).values(state="dead", tries=3, error="MailRefused('550 no such user')"))
    page = owner.get("/admin/letters?state=dead").text
    assert "550 no such user" in page
    address = re.search(r'action="(/admin/letters/\d+/retry)"', page)
    assert address
    site.clock.move(hours=1)
    assert owner.post(address[1]).status_code == 303
    assert owner.post(address[1]).status_code == 404
    with site.resources.reading() as session:
        row = session.execute(select(letters_table.c.state, letters_table.c.tries, letters_table.c.next_at)).one()
    assert tuple(row) == ("waiting", 0, site.clock.now())
    assert acts(site) == ["letter.retried"]


def test_events_that_were_given_up_are_tried_again(site: Site, owner: TestClient) -> None:
    events(site, "evt_1", "evt_2", "evt_3")
    page = owner.get("/admin/events?state=dead").text
    assert page.count("Try again") == 3
    assert "Try all again" in page
    assert owner.post("/admin/events/evt_2/retry").status_code == 303
    assert owner.post("/admin/events/evt_2/retry").status_code == 409
    assert states(site) == [("dead", 12), ("new", 0), ("dead", 12)]
    assert "Try 2 events again" in owner.get("/admin/events/retry").text
    assert owner.post("/admin/events/retry").status_code == 303
    assert states(site) == [("new", 0)] * 3
    assert acts(site) == ["event.retried", "event.retried"]


def test_events_show_nobodys_own_data(site: Site, owner: TestClient) -> None:
    events(site, "evt_1")
    page = owner.get("/admin/events/evt_1")
    assert page.status_code == 200
    for hidden in ("Kim Wu", "kim@customer.example", "pi_1_secret_2", "1 Street", "fp_9"):
        assert hidden not in page.text
    assert "4242" in page.text
    assert "1000" in page.text
    assert masked(b"not json") == masked(b"[" * 100_000) == "(It cannot be read.)"


def test_the_first_page_counts_what_waits(site: Site, owner: TestClient) -> None:
    assert "Nothing waits for you." in owner.get("/admin").text
    events(site, "evt_1", "evt_2")
    with site.resources.writing() as session:
        texts = dict.fromkeys(("subject", "ours", "theirs", "repair"), "a text")
        session.execute(insert(breaks).values(**texts, key="k", kind="amount", found_at=site.clock.now()))
    answer = owner.get("/admin")
    page = words(answer.text)
    assert 'href="/admin/events?state=dead"' in answer.text
    assert "2 Events could not be handled" in page
    assert "1 Difference with Stripe" in page


def test_staff_is_for_owners_only(office: Office) -> None:
    assert 'href="/admin/staff"' in office.desk_of("owner").get("/admin").text
    assert 'href="/admin/staff"' not in office.desk_of("collector").get("/admin").text
