"""What others wrote stays words: a canary in every text field, looked for on every page and in every table of the
admin."""

import json
from datetime import datetime

import pytest
from sqlalchemy import insert, select, update
from starlette.testclient import TestClient

from portal.actions import history, letters, notices, policies
from portal.actions.manual_payments import Recorded, record
from portal.actions.notices import Sent
from portal.actions.policies import set_policy
from portal.records import Session, accounts, inbox, ledger, reversals
from portal.records.accounts import AccountRow
from portal.records.inbox import EventRow
from portal.records.tables import breaks, charge_lines, charges, credits, disputes
from portal.records.tables import inbox as inbox_table
from portal.records.tables import letters as letters_table
from portal.records.tables import notices as notices_table
from portal.records.types import new_public_id
from portal.rules.ledger import credit_issued, invoice_issued
from tests.pages.test_canaries import CANARIES, LIVE
from tests.support.reading import csv_table
from tests.support.site import Site
from tests.support.staff import Office

LISTS = ("customers", "invoices", "payments", "credits", "notices", "letters", "events", "breaks", "history")


@pytest.fixture
def desk(office: Office) -> TestClient:
    return office.desk_of("owner")


def fill(site: Site, canary: str) -> list[str]:
    """A customer of whom every text is the canary; the addresses of everything about them."""
    now = site.clock.now()
    with site.resources.writing() as session:
        set_policy(session, "seller_name", canary, effective_on=now.date(), now=now, actor=canary[:100])
        account = accounts.add(session, number=canary[:20], name=canary, currency="usd", now=now)
        contact = accounts.add_contact(
            session, account_id=account.id, name=canary, email=f'"<NAME>{canary[:40]}', now=now
        )
        charge_id, charge = _invoice(session, account, canary, now)
        values = {"public_id": new_public_id(), "account_id": account.id, "charge_id": charge_id, "number": canary[:64],
                  "issued_on": now.date(), "amount_cents": 100, "tax_cents": 0, "reason": canary,
                  "created_at": now}  # fmt: skip
        credit_id = int(session.execute(insert(credits).returning(credits.c.id), values).scalar_one())
        issued = credit_issued(credit_id, net_cents=100, tax_cents=0, on=now.date())
        ledger.post(session, issued, account_id=account.id, currency="usd", posted_at=now)
        payment, kept = _payment(session, site, account, canary)
        notice = Sent("cheque", 500, now.date(), canary[:120])
        notices.tell(session, account, notice, contact_id=contact.id, today=now.date(), now=now)
        letters.stage(session, kind="statement", key=canary, account_id=account.id, contact_id=contact.id, now=now)
        session.execute(update(letters_table).values(state="dead", error=canary))
        session.execute(update(notices_table).values(reference=canary[:120]))
        _trouble(session, canary, now)
        history.write(session, action="link.opened", actor=canary[:100], now=now, account_id=account.id,
                      charge_id=charge_id, detail={"words": canary, canary[:30]: 1})  # fmt: skip
        values = {"public_id": new_public_id(), "account_id": account.id, "charge_id": charge_id, "number": canary[:32],
                  "state": "new", "filed_at": now, "filed_on": now.date(), "moved_at": now, "version": 1}  # fmt: skip
        session.execute(insert(disputes), values)
        credit = session.execute(select(credits.c.public_id)).scalar_one()
    link = site.link(account)
    customer = f"/admin/customers/{account.public_id}"
    return [
        *("/admin", "/admin/policy", "/admin/policy/seller_name", "/admin/policy/seller_name/change"),
        *(customer, f"{customer}/contacts", f"{customer}/contacts/{link.contact_id}/name"),
        *(f"{customer}/contacts/{link.contact_id}/removal", f"{customer}/links", f"{customer}/payments"),
        *(f"/admin/invoices/{charge}", f"/admin/invoices/{charge}/write-off", f"/admin/credits/{credit}"),
        *(f"{payment}{way}" for way in ("", "/refund", "/return", f"/release/{charge}")),
        f"{kept}/allocation",
        *("/admin/events/evt_1", *(f"/admin/{name}" for name in LISTS)),
    ]


def _invoice(session: Session, account: AccountRow, canary: str, now: datetime) -> tuple[int, str]:
    public_id = new_public_id()
    values = {
        "public_id": public_id, "account_id": account.id, "kind": "invoice", "number": canary[:64],
        "issued_on": now.date(), "due_on": now.date(), "amount_cents": 9_000, "tax_cents": 0, "terms": "net 30",
        "discount_base": "net", "discount_mode": "full", "memo": canary, "created_at": now,
    }  # fmt: skip
    charge_id = int(session.execute(insert(charges).returning(charges.c.id), values).scalar_one())
    line = {"charge_id": charge_id, "position": 1, "description": canary, "quantity": canary[:40]}
    session.execute(insert(charge_lines), line | {"unit_price": canary[:40], "amount_cents": 9_000, "tax_cents": 0})
    issued = invoice_issued(charge_id, net_cents=9_000, tax_cents=0, on=now.date())
    ledger.post(session, issued, account_id=account.id, currency="usd", posted_at=now)
    return charge_id, public_id


def _payment(session: Session, site: Site, account: AccountRow, canary: str) -> tuple[str, str]:
    now = site.clock.now()
    today = now.date()
    given = Recorded("cheque", 5_000, today, today, canary[:120])
    spare = Recorded("wire", 100, today, today, canary[:120], charge_ids=[])
    policy = policies.load(session, now=now)
    payment = ledger.payment_by_id(session, record(session, account, given, policy=policy, now=now, actor=canary[:100]))
    kept = ledger.payment_by_id(session, record(session, account, spare, policy=policy, now=now, actor="test"))
    about = {"account_id": account.id, "payment_id": payment.id, "amount_cents": 500}
    gone = {"state": "failed", "reason": canary, "failure": canary, "asked_by": canary[:100], "created_at": now}
    reversals.add_refund(session, about | gone)
    named = {"stripe_dispute_id": canary[:80], "kind": "chargeback", "state": canary[:32], "reason": canary[:80]}
    reversals.add_chargeback(session, about | named | {"opened_at": now, "noticed_at": now})
    return f"/admin/payments/{payment.public_id}", f"/admin/payments/{kept.public_id}"


def _trouble(session: Session, canary: str, now: datetime) -> None:
    texts = dict.fromkeys(("subject", "ours", "theirs", "repair"), canary)
    session.execute(insert(breaks).values(**texts, key="k", kind=canary[:32], found_at=now))
    body = json.dumps({"id": canary, canary: [canary], "name": "hidden"}).encode()
    inbox.store(session, [EventRow("evt_1", canary[:80], canary[:120], None, body, now)])
    session.execute(update(inbox_table).values(state="dead", error=canary))


@pytest.mark.parametrize("canary", CANARIES)
def test_nothing_that_was_written_runs_at_the_desk(site: Site, desk: TestClient, canary: str) -> None:
    for address in fill(site, canary):
        page = desk.get(address)
        assert page.status_code == 200, address
        assert not LIVE.search(page.text), address
        # The seller's own name stands on every page; here others' words are looked for.
        assert "NAME" in page.text.partition("<main")[2] or address == "/admin", address
    for name in LISTS:
        searched = desk.get(
            f"/admin/{name}", params={"search": canary, "sort": canary, "status": canary, "page": canary}
        )
        assert searched.status_code == 200
        assert not LIVE.search(searched.text), name


@pytest.mark.parametrize("canary", [*CANARIES, "=cmd|' /C calc'!NAME", "@NAME", "\t+NAME"])
def test_no_table_runs_what_was_written(site: Site, desk: TestClient, canary: str) -> None:
    fill(site, canary)
    for name in LISTS:
        answer = desk.post(f"/admin/{name}/export")
        assert answer.status_code == 200, name
        rows = csv_table(answer.content)
        cells = [cell for row in rows for cell in row.values()]
        assert any("NAME" in cell for cell in cells), name
        assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "-"))], name


@pytest.mark.parametrize("canary", CANARIES)
def test_what_is_typed_into_a_form_comes_back_as_words(site: Site, desk: TestClient, canary: str) -> None:
    customer = f"/admin/customers/{site.account.public_id}"
    invoice = f"/admin/invoices/{site.invoice.public_id}"
    names = (
        "amount",
        "received",
        "reference",
        "deposited",
        "terms_of",
        "method",
        "for",
        "email",
        "name",
        "reason",
        "value",
    )
    typed = dict.fromkeys((*names, "since", "shown", "seen", "once", "contact", "opens", "covers"), canary)
    forms = (f"{customer}/contacts", f"{customer}/links", f"{customer}/payments", f"{invoice}/write-off")
    for address in (*forms, "/admin/policy/time_zone/change", "/admin/policy/link_days/change"):
        page = desk.post(address, data=typed)
        assert page.status_code == 422, address
        assert not LIVE.search(page.text), address
        assert "NAME" in page.text.partition("<main")[2], address
