"""The page, the PDF and the CSV of a statement are one statement: they agree to the cent, whatever the account."""

import random
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

import pytest

from portal.actions import manual_payments, policies, statements
from portal.actions.manual_payments import Recorded
from portal.records import ledger
from portal.rules.money import parse_amount
from portal.rules.refusals import Refusal
from portal.rules.statement import Statement
from tests.support.paying import PayingSite
from tests.support.reading import csv_table, pdf_text, rows, words

TERMS = ("net 30", "2/10 net 30", "3/5, 2/10, net 30", "due on receipt", "1.5/15, n/45", "2/10 EOM")


def fill(shop: PayingSite, seed: int) -> None:
    """Invoices of all ages, a part paid, a debit under way, some credit."""
    chance = random.Random(seed)
    for number in range(chance.randrange(1, 12)):
        shop.add(
            f"G{seed}-{number}",
            chance.randrange(1, 3_000_000),
            tax_cents=chance.choice((0, chance.randrange(1, 90_000))),
            issued_on=date(2026, 3, 2) - timedelta(days=chance.choice((0, 1, 4, 9, 12, 40, 100))),
            terms=chance.choice(TERMS),
        )
    visitor = shop.visitor()
    for method in chance.sample(("card", "ach"), chance.randrange(3)):
        shop.sync(shop.pay(visitor, amount=f"{chance.randrange(100, 200_000) / 100:.2f}", method=method))
    if chance.random() < 0.7:
        shop.credit(f"CM{seed}", chance.randrange(1, 500_000))


def cents(text: str) -> int:
    return parse_amount(text.replace("−", "-"), "usd", decimal_mark=".")


def balance_in(text: str) -> int:
    found = re.search(r"(Balance due|Your credit|Balance) as of \w+ \d+, \d+ (\S+)", text)
    assert found
    return -cents(found[2]) if found[1] == "Your credit" else cents(found[2])


@pytest.mark.parametrize("seed", range(6))
def test_page_pdf_and_csv_agree(shop: PayingSite, seed: int) -> None:
    fill(shop, seed)
    visitor = shop.visitor()
    html = visitor.get(shop.base).text
    paper = pdf_text(visitor.get(f"{shop.base}/statement.pdf").content)
    table = csv_table(visitor.get(f"{shop.base}/statement.csv").content)
    *items, credit, balance = table
    shown = rows(html)[1:]
    assert [row[1].split()[0] for row in shown] == [item["number"] for item in items]
    for row, item in zip(shown, items, strict=True):
        assert cents(row[5].split()[0]) == cents(item["open"])
        discount = cents(row[4].split()[0]) if row[4] != "–" else 0
        assert -discount == cents(item["discount"])
        assert f"{item['number']} " in paper
        line = re.search(rf"{item['number']} .*?(?= G{seed}-| INV-| 1001 |Open invoices)", paper)
        assert line
        figures = [cents(figure) for figure in re.findall(r"−?\$[\d,]+\.\d\d", line[0])]
        assert cents(item["open"]) == figures[-1]
        if discount:
            assert discount in figures
        parts = sum(cents(item[part]) for part in ("payable", "pending", "disputed", "on_plan"))
        assert parts == cents(item["open"]) <= cents(item["amount"])
        assert cents(item["to_pay"]) == cents(item["payable"]) - cents(item["discount"])
    assert balance_in(words(html)) == balance_in(paper) == cents(balance["open"])
    assert sum(cents(item["open"]) for item in items) + cents(credit["open"]) == cents(balance["open"])


def cheque(shop: PayingSite, chance: random.Random) -> None:
    """A cheque that pays the oldest first, and often comes back with a fee."""
    now = shop.clock.now()
    with shop.resources.writing() as session:
        policy = policies.load(session, now=now)
        given = Recorded("cheque", chance.randrange(100, 3_000_000), policy.today, policy.today, f"{now}")
        payment_id = manual_payments.record(session, shop.account, given, policy=policy, now=now, actor="cli")
        if chance.random() < 0.5:
            payment = ledger.payment_by_id(session, payment_id)
            fee, today = chance.choice((0, 2_500)), policy.today
            manual_payments.bounce(session, payment, fee_cents=fee, on=today, policy=policy, now=now, actor="cli")


FIGURES: Mapping[str, Callable[[Statement], int]] = {
    "balance": lambda found: found.balance.balance_cents,
    "payable": lambda found: found.balance.payable_cents,
    "overdue": lambda found: found.overdue_cents,
    "due_soon": lambda found: found.due_soon_cents,
    "pending": lambda found: found.balance.pending_cents,
    "credit": lambda found: found.balance.credit_cents,
}


@pytest.mark.parametrize("seed", range(10, 22))
def test_each_walk_ends_at_its_figure_on_page_paper_and_table(shop: PayingSite, seed: int) -> None:
    """Payments and memos land on days of their own, and each figure that is shown has its walk."""
    chance = random.Random(seed)
    for _ in range(chance.randrange(1, 4)):
        fill(shop, chance.randrange(1_000_000))
        cheque(shop, chance)
        shop.clock.move(days=chance.randrange(12), minutes=1)
        shop.house.stripe.tick()
        for attempt in shop.attempts():
            shop.sync(attempt)
    visitor = shop.visitor()
    with shop.resources.reading() as session:
        policy = policies.load(session, now=shop.clock.now())
        found = statements.load(session, shop.account, on=policy.today, policy=policy).statement
    page = visitor.get(f"{shop.base}/explanation").text
    sections = dict(re.findall(r'<section class="card" id="(\w+)"(.*?)</section>', page, re.DOTALL))
    assert sections.keys() == {"balance", *(name for name, figure in FIGURES.items() if figure(found))}
    for name, section in sections.items():
        figure = re.search(r'<b class="number">([^<]*)</b>', section)
        assert figure
        assert cents(figure[1]) == FIGURES[name](found)
        if name == "payable":
            *parts, total = [cents(amount) for amount in re.findall(r"<dd>([^<]*)</dd>", section)]
            assert sum(parts) == total == FIGURES[name](found)
        else:
            lines = rows(section)[1:]
            running = 0 if lines[0][2] else cents(lines.pop(0)[3])
            for *_, amount, after in lines:
                running += cents(amount)
                assert running == cents(after)
            assert running == FIGURES[name](found)
    paper = pdf_text(visitor.get(f"{shop.base}/statement.pdf").content)
    *_, balance = csv_table(visitor.get(f"{shop.base}/statement.csv").content)
    last = [row[3] for row in rows(sections["balance"])][-1]
    walked = paper[paper.index("How this balance came about") :]
    assert cents(balance["open"]) == cents(last) == cents(re.findall(r"−?\$[\d,]+\.\d\d", walked)[-1])


def test_reading_an_amount_that_is_none_is_noticed() -> None:
    with pytest.raises(Refusal):
        cents("Overdue")
