"""Explain this balance: each figure of the statement leads to the walk that made it, in words and figures."""

import contextlib
import random
import re
from datetime import date

import pytest

from e2e.stripe.errors import ApiError
from portal.actions import manual_payments, policies, refunds, write_offs
from portal.actions.manual_payments import Recorded
from portal.actions.refunds import Wish
from portal.records import charges, ledger
from portal.records.ledger import PaymentRow
from portal.rules.money import parse_amount
from portal.rules.refusals import Refusal
from tests.support.books import Invoice
from tests.support.paying import PayingSite
from tests.support.reading import pdf_text, rows, words


def section(html: str, name: str) -> str:
    """One section of the page, from its id to its end."""
    found = re.search(rf'<section class="card" id="{name}".*?</section>', html, re.DOTALL)
    assert found, name
    return found[0]


def walk(html: str, name: str) -> list[list[str]]:
    return rows(section(html, name))[1:]


def test_the_balance_from_nothing_to_what_is_shown(shop: PayingSite) -> None:
    visitor = shop.visitor()
    attempt = shop.pay(visitor, shop.example)
    shop.sync(attempt)
    shop.credit("CM-1", 840)
    page = visitor.get(f"{shop.base}/explanation").text
    assert walk(page, "balance") == [
        ["Feb 10, 2026", "Invoice INV-1", "$1,250.00", "$1,250.00"],
        ["Feb 10, 2026", "Invoice INV-2", "$300.00", "$1,550.00"],
        ["Mar 1, 2026", "Invoice 1001", "$1,000.00", "$2,550.00"],
        ["Mar 2, 2026", "Payment R-00001 Card", "−$981.60", "$1,568.40"],
        ["Mar 2, 2026", "Early-payment discount on 1001", "−$18.40", "$1,550.00"],
        ["Mar 2, 2026", "Credit memo CM-1", "−$8.40", "$1,541.60"],
    ]
    assert f'href="{shop.receipt(attempt)}"' in section(page, "balance")
    assert f'href="{shop.base}/invoices/{shop.invoice.public_id}"' in section(page, "balance")
    assert walk(page, "credit") == [["Mar 2, 2026", "Credit given Credit memo CM-1", "$8.40", "$8.40"]]
    assert "To pay now $1,550.00 Balance $1,541.60 Your credit, which is not on any invoice yet $8.40" in words(page)
    paper = pdf_text(visitor.get(f"{shop.base}/statement.pdf").content)
    assert "How this balance came about" in paper
    assert "Credit memo CM-1 −$8.40 $1,541.60" in paper


def test_every_figure_of_the_statement_is_a_link_to_its_walk(shop: PayingSite) -> None:
    visitor = shop.visitor()
    shop.sync(shop.pay(visitor, amount="1,350", method="ach"))
    shop.credit("CM-1", 840)
    shop.add("OLD", 40_000, issued_on=date(2026, 1, 15))
    shop.clock.move(days=5)
    visitor = shop.visitor()
    page = visitor.get(shop.base).text
    explanation = visitor.get(f"{shop.base}/explanation").text
    anchors = re.findall(rf'class="explained" href="{shop.base}/explanation#(\w+)"', page)
    assert anchors == ["balance", "overdue", "due_soon", "payable", "pending", "credit"]
    for anchor in anchors:
        assert section(explanation, anchor)
    assert f'href="{shop.base}/invoices/{shop.invoice.public_id}#history">$1,250.00</a>' in page


def test_a_bank_payment_on_its_way_says_who_when_and_until_when(shop: PayingSite) -> None:
    visitor = shop.visitor()
    attempt = shop.pay(visitor, shop.example, method="ach")
    shop.sync(attempt)
    said = words(visitor.get(shop.base).text)
    assert (
        "a•••@northwind.example started a bank payment of $981.60 on March 2, 2026, 10:00 AM EST. "
        "It should arrive by March 6, 2026."
    ) in said
    page = visitor.get(f"{shop.base}/explanation").text
    assert walk(page, "pending") == [
        [
            "Mar 2, 2026",
            "1001 $981.60 from the bank account + $18.40 discount, started by a•••@northwind.example",
            "$1,000.00",
            "$1,000.00",
        ]
    ]
    assert "Bank payment on its way −$1,000.00 To pay now $1,550.00" in words(page)
    shop.clock.move(days=6)
    shop.house.stripe.tick()
    shop.sync(attempt)
    said = words(shop.visitor().get(shop.base).text)
    assert "Balance due as of March 8, 2026 $1,550.00" in said
    assert "started a bank payment" not in said


def test_more_on_its_way_than_is_open_is_said(shop: PayingSite) -> None:
    visitor = shop.visitor()
    shop.sync(shop.pay(visitor, shop.invoice, method="ach"))
    shop.credit("CM-1", 100_000, charge=shop.invoice)
    page = visitor.get(f"{shop.base}/explanation").text
    assert [row[1:] for row in walk(page, "pending")][-1] == [
        "More than is open: it becomes credit when it arrives",
        "−$1,000.00",
        "$250.00",
    ]


def test_a_long_walk_opens_with_the_balance_of_a_day(shop: PayingSite) -> None:
    account = shop.add_account("Big", "big@big.example")
    for number in range(205):
        shop.add(f"B-{number:03}", 100, account=account, issued_on=date(2026, 1, 1 + number % 28))
    visitor, base = shop.visitor(account), f"/a/{account.public_id}"
    found = walk(visitor.get(f"{base}/explanation").text, "balance")
    assert found[0] == ["", "Balance on January 1, 2026", "", "$5.00"]
    assert (len(found), found[-1][3]) == (201, "$205.00")
    paper = pdf_text(visitor.get(f"{base}/statement.pdf").content)
    assert "Balance on January 23, 2026 $165.00" in paper


def test_an_empty_account_has_nothing_to_explain(shop: PayingSite) -> None:
    account = shop.add_account("Contoso", "pay@contoso.example")
    page = shop.visitor(account).get(f"/a/{account.public_id}/explanation")
    assert page.status_code == 200
    assert "Nothing has happened on this account yet." in words(page.text)


def test_credit_that_paid_for_everything_is_said_once(shop: PayingSite) -> None:
    visitor = shop.visitor()
    assert "Your credit has been used. Nothing was charged." in words(visitor.get(f"{shop.base}?credit=used").text)
    assert "Your credit has been used" not in visitor.get(shop.base).text


@pytest.mark.parametrize("seed", range(12))
def test_every_history_ends_at_what_is_open_on_page_and_paper(shop: PayingSite, seed: int) -> None:
    chance = random.Random(seed)
    invoice = shop.add(
        "WALK",
        chance.randrange(50_000, 500_000),
        tax_cents=chance.choice((0, 8_123)),
        issued_on=date(2026, 1, 20),
        terms="2/60 net 90",
    )
    for _ in range(chance.randrange(3, 9)):
        happen(shop, invoice, chance)
        shop.clock.move(days=chance.randrange(4), minutes=1)
        shop.house.stripe.tick()
        for attempt in shop.attempts():
            shop.sync(attempt)
    visitor = shop.visitor()
    for each in (invoice, shop.example, shop.invoice):
        address = f"{shop.base}/invoices/{each.public_id}"
        page = visitor.get(address).text
        lines = walk(page, "history")
        running = 0
        for *_, amount, after in lines:
            running += cents(amount)
            assert running == cents(after)
        assert running == open_cents(shop, each)
        figure = re.search(r'<b class="figure">([^<]*)</b>', page)
        assert figure
        assert cents(figure[1]) == running
        paper = pdf_text(visitor.get(f"{address}.pdf").content)
        assert f"Balance due {figure[1]} " in paper
        printed = paper[paper.index("How this balance came about") :]
        assert re.findall(r"−?\$[\d,]+\.\d\d", printed) == [figure for line in lines for figure in line[2:]]
        for _, what, amount, after in lines:
            assert f" {what} {amount} {after}" in printed


def cents(text: str) -> int:
    return parse_amount(text.replace("−", "-"), "usd", decimal_mark=".")


def happen(shop: PayingSite, invoice: Invoice, chance: random.Random) -> None:
    """One of the things that can happen to an invoice; some are refused as it stands."""
    what = chance.choice(("card", "ach", "cheque", "bounced", "refund", "dispute", "memo", "write off"))
    with contextlib.suppress(Refusal):
        if what in ("card", "ach"):
            pay_online(shop, invoice, chance, method=what)
        elif what == "refund":
            payment = chance.choice(payments(shop) or [None])
            wish = Wish(chance.choice((None, 300)), covers=chance.random() < 0.5, despite_return=True)
            if payment:
                refunds.refund(shop.resources, payment, wish, now=shop.clock.now(), actor="cli")
        elif what == "dispute":
            lose_a_dispute(shop)
        elif what == "memo":
            shop.credit(
                f"CM-{shop.clock.now()}", 10_000, charge=invoice if open_cents(shop, invoice) >= 10_000 else None
            )
        else:
            by_hand(shop, invoice, chance, what)


def pay_online(shop: PayingSite, invoice: Invoice, chance: random.Random, *, method: str) -> None:
    visitor = shop.visitor()
    whole = chance.sample((invoice, shop.example), chance.randrange(3))
    page = shop.check(visitor, *whole, amount="" if whole else f"{chance.randrange(100, 150_000) / 100:.2f}")
    if page.status_code == 200 and shop.press(visitor, page, method=method).status_code == 303:
        attempt = shop.attempts()[-1]
        if attempt.state == "open":
            shop.confirm(attempt)
        shop.sync(attempt)


def lose_a_dispute(shop: PayingSite) -> None:
    """The bank takes back the newest payment, unless it has before or nothing is left of it."""
    intents = [
        each.payment_intent_id for each in shop.attempts() if each.state == "succeeded" and each.payment_intent_id
    ]
    if intents:
        with contextlib.suppress(ApiError):
            dispute = shop.house.stripe.dispute(intents[-1])
            if dispute["status"] == "needs_response":
                shop.house.stripe.close_dispute(dispute["id"], won=False)


def by_hand(shop: PayingSite, invoice: Invoice, chance: random.Random, what: str) -> None:
    """A cheque, one that bounces, or a write-off: what the owner does at the command line."""
    now, some = shop.clock.now(), chance.randrange(100, 100_000)
    with shop.resources.writing() as session:
        policy = policies.load(session, now=now)
        if what == "write off":
            write_offs.write_off(
                session,
                shop.account,
                invoice.id,
                amount_cents=chance.choice((None, some)),
                claims_tax=some % 2 == 0,
                reason="",
                policy=policy,
                now=now,
                actor="cli",
            )
            return
        given = Recorded("cheque", some, policy.today, policy.today, f"{now}", charge_ids=[invoice.id])
        payment_id = manual_payments.record(session, shop.account, given, policy=policy, now=now, actor="cli")
        if what == "bounced":
            payment = ledger.payment_by_id(session, payment_id)
            manual_payments.bounce(session, payment, fee_cents=0, on=policy.today, policy=policy, now=now, actor="cli")


def payments(shop: PayingSite) -> list[PaymentRow | None]:
    with shop.resources.reading() as session:
        return list(ledger.payments_of(session, shop.account.id))


def open_cents(shop: PayingSite, invoice: Invoice) -> int:
    with shop.resources.reading() as session:
        return charges.by_id(session, invoice.id, shop.clock.now().date()).open_cents
