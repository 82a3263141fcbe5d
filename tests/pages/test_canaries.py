"""What others wrote stays words: a canary in every text field, looked for on every page, paper, table and letter."""

import re
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import insert
from starlette.testclient import TestClient

from portal.actions import dispute_decisions, letters, policies
from portal.actions.dispute_decisions import Offered
from portal.actions.policies import set_policy
from portal.gateways.mailer import OutgoingLetter
from portal.jobs.letters import send_waiting
from portal.records import accounts, disputes, ledger, reversals
from portal.records.attempts import AttemptRow
from portal.records.tables import breaks, charge_lines, charges, notices
from portal.records.types import new_public_id
from portal.rules.ledger import invoice_issued
from portal.rules.resolutions import none_of
from tests.support.books import Invoice, Line, add_invoice
from tests.support.disputing import OWNER
from tests.support.paying import PayingSite
from tests.support.reading import csv_table, pdf_text

CANARIES = (
    '<script>alert("NAME")</script>',
    "\"><img src=x onerror=alert('NAME')>",
    "javascript:alert(`NAME`)",
    "{{ 7*7 }}{% raw %}%(NAME)s %s",
    "</title></textarea>'NAME'--><svg/onload=alert(1)>",
)
LIVE = re.compile(r"<script>alert|<img src=x|<svg/onload|href=\"javascript|49\{% raw", re.IGNORECASE)


def fill(shop: PayingSite, canary: str) -> Invoice:
    """An account whose every text is the canary, with one invoice."""
    now, today = shop.clock.now(), shop.clock.now().date()
    with shop.resources.writing() as session:
        for key in ("seller_name", "seller_address"):
            set_policy(session, key, canary, effective_on=today, now=now, actor="test")
        account = accounts.add(session, number=canary[:20], name=canary, currency="usd", now=now)
        accounts.add_contact(session, account_id=account.id, name=canary, email="ap@canary.example", now=now)
        public_id = new_public_id()
        values = {
            "public_id": public_id, "account_id": account.id, "kind": "invoice", "number": canary[:64],
            "issued_on": today, "due_on": today, "amount_cents": 1_000, "tax_cents": 0, "terms": "2/10 net 30",
            "discount_base": "net", "discount_mode": "full", "memo": canary, "created_at": now,
        }  # fmt: skip
        charge_id = int(session.execute(insert(charges).returning(charges.c.id), values).scalar_one())
        line = {"charge_id": charge_id, "position": 1, "description": canary, "quantity": canary[:40]}
        session.execute(insert(charge_lines), line | {"unit_price": canary[:40], "amount_cents": 1_000, "tax_cents": 0})
        issued = invoice_issued(charge_id, net_cents=1_000, tax_cents=0, on=today)
        ledger.post(session, issued, account_id=account.id, currency="usd", posted_at=now)
    shop.account = account
    return Invoice(charge_id, public_id, canary[:64])


@pytest.mark.parametrize("canary", CANARIES)
def test_nothing_that_was_written_runs(shop: PayingSite, canary: str) -> None:
    invoice = fill(shop, canary)
    visitor = shop.visitor()
    check = shop.check(visitor, invoice)
    texts = [visitor.get(shop.base).text, check.text, shop.browser().get(shop.path(shop.link())).text]
    documents = [f"{shop.base}/statement", f"{shop.base}/invoices/{invoice.public_id}"]
    for document in documents:
        text = pdf_text(visitor.get(f"{document}.pdf").content)
        assert canary.split("NAME")[0].strip()[:12].rstrip() in text
    texts.append(visitor.get(documents[1]).text)
    assert csv_table(visitor.get(f"{shop.base}/statement.csv").content)[0]["number"] == invoice.number
    texts.append(shop.check(visitor, amount=canary).text)
    attempt = shop.pay(visitor, invoice)
    texts.append(visitor.get(f"{shop.base}/payments/{attempt.public_id}").text)
    texts += [visitor.get(path).text for path in (f"{shop.base}/payments", shop.receipt(attempt), documents[1])]
    assert visitor.get(f"{shop.receipt(attempt)}.pdf").status_code == 200
    texts += disputed(shop, visitor, canary)
    take_back(shop, attempt, canary)
    texts += [visitor.get(path).text for path in (f"{shop.base}/payments", shop.receipt(attempt), documents[1])]
    for text in [*texts, *letter_bodies(shop)]:
        assert not LIVE.search(text)
        assert "NAME" in text


def disputed(shop: PayingSite, visitor: TestClient, canary: str) -> list[str]:
    """The pages around a dispute whose words, figures and file are the canary, offered about and decided upon."""
    now = shop.clock.now()
    with shop.resources.writing() as session:
        invoice = add_invoice(
            session, shop.account, f"D {canary}"[:64], issued_on=now.date(), net_cents=2_000,
            lines=[Line(canary, "2", 2_000)], now=now,
        )  # fmt: skip
    document = f"{shop.base}/invoices/{invoice.public_id}"
    files = {"files": (f"{canary}.pdf", b"%PDF-1.7 canary")}
    wrong = {"line": "1", "reason-1": canary, "figure-1": canary[:40], "words": canary, "do": "send"}
    texts = [visitor.post(f"{document}/dispute", data=wrong, files=files).text]
    texts.append(visitor.post(f"{document}/dispute", data=wrong | {"reason-1": "other", "file": canary}).text)
    filed = visitor.post(f"{document}/dispute", data=wrong | {"reason-1": "duplicate"}, files=files)
    assert filed.status_code == 303
    page = filed.headers["location"].partition("?")[0]
    texts += [visitor.get(path).text for path in (filed.headers["location"], document, f"{document}/dispute")]
    offered = Offered("percentage", percent_bp=1_000, words=canary)
    with shop.resources.writing() as session:
        policy = policies.load(session, now=now)
        (dispute,) = disputes.of_account(session, shop.account.id)
        dispute_decisions.ask(session, dispute, canary, OWNER, policy=policy, now=now)
        dispute = disputes.by_id(session, dispute.id)
        dispute_decisions.offer(session, dispute, offered, OWNER, policy=policy, now=now)
    texts.append(visitor.get(page).text)
    with shop.resources.writing() as session:
        loaded = dispute_decisions.load_for(
            session, dispute.public_id, version=disputes.by_id(session, dispute.id).version
        )
        rejected = [none_of(line) for line in dispute_decisions.disputed_lines(session, dispute.id)]
        dispute_decisions.decide(session, loaded, rejected, canary, OWNER, policy=policy, now=now)
    texts.append(visitor.get(page).text)
    texts.append(visitor.post(f"{page}/reopening", data={"words": canary * 500}).text)
    assert visitor.get(f"{shop.base}/disputes").status_code == 200
    return texts


def take_back(shop: PayingSite, attempt: AttemptRow, canary: str) -> None:
    """A refund, a dispute, a notice and a difference whose every text is the canary, and the letters about them."""
    now, account_id = shop.clock.now(), shop.account.id
    with shop.resources.writing() as session:
        set_policy(session, "seller_email", "owner@canary.example", effective_on=now.date(), now=now, actor="test")
        payment = ledger.payment_of_attempt(session, attempt.id)
        assert payment is not None
        owner = {"account_id": account_id, "payment_id": payment.id, "amount_cents": 500}
        refund = reversals.add_refund(
            session,
            owner | {"state": "failed", "reason": canary, "failure": canary, "asked_by": "cli", "created_at": now},
        )
        dispute = {"stripe_dispute_id": canary[:80], "kind": "chargeback", "state": canary[:32], "reason": canary[:80]}
        dispute_id = reversals.add_chargeback(session, owner | dispute | {"opened_at": now, "noticed_at": now})
        said = {"public_id": new_public_id(), "account_id": account_id, "kind": "sent", "amount_cents": 500}
        said |= {"method": canary[:24], "reference": canary[:120], "sent_on": now.date(), "created_at": now}
        notice_id = int(session.execute(insert(notices).returning(notices.c.id), said).scalar_one())
        texts = dict.fromkeys(("subject", "ours", "theirs", "repair"), canary)
        session.execute(insert(breaks).values(**texts, key="k", kind=canary[:32], found_at=now))
        letters.stage_to_customer(session, "refund", "r", payment, now=now, refund_id=refund.id)
        about = {"payment_id": payment.id}
        letters.stage_to_seller(
            session, "seller_refund_failed", "s1", account_id, now=now, refund_id=refund.id, **about
        )
        letters.stage_to_seller(session, "seller_dispute", "s2", account_id, now=now, chargeback_id=dispute_id, **about)
        letters.stage_to_seller(session, "seller_notice", "s3", account_id, now=now, notice_id=notice_id)
        letters.stage_to_seller(session, "seller_breaks", "s4", None, now=now)


class Tray:
    """A mailer that keeps what it is given."""

    def __init__(self) -> None:
        self.letters: list[OutgoingLetter] = []

    def send(self, letter: OutgoingLetter, *, sent_at: datetime) -> None:
        self.letters.append(letter)


def letter_bodies(shop: PayingSite) -> list[str]:
    """The HTML of the letters that wait, among them a receipt's and a link's."""
    tray, now = Tray(), shop.clock.now()
    with shop.resources.writing() as session:
        contact = accounts.contacts_of(session, shop.account.id)[0]
        letters.stage(session, kind="link", key="l", account_id=shop.account.id, contact_id=contact.id, now=now)
    assert send_waiting(replace(shop.resources, mailer=tray), now=now) == 7  # type: ignore[arg-type]
    return [letter.html for letter in tray.letters]
