"""The page, the PDF and the CSV of a statement are one statement: they agree to the cent, whatever the account."""

import random
import re
from datetime import date, timedelta

import pytest

from portal.rules.money import parse_amount
from portal.rules.refusals import Refusal
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
        shop.credit("CM", chance.randrange(1, 500_000))


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


def test_reading_an_amount_that_is_none_is_noticed() -> None:
    with pytest.raises(Refusal):
        cents("Overdue")
