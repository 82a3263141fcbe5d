"""A late fee as the customer meets it: in the statement, on its own page, on paper, and in the walk to the balance."""

from datetime import UTC, date, datetime

import pytest

from portal.actions import late_fees, policies
from portal.records import charges
from portal.records import late_fees as records
from portal.records.late_fees import FeeRow
from tests.pages.test_explanations import walk
from tests.support.paying import PayingSite
from tests.support.reading import pdf_text, words

NOW = datetime(2026, 4, 20, 15, tzinfo=UTC)


def charged(shop: PayingSite, **decided: str) -> FeeRow:
    """The example was due on 31 March; ten days later it draws this fee."""
    with shop.resources.writing() as session:
        for key, text in decided.items():
            policies.set_policy(session, key, text, effective_on=date(2026, 3, 1), now=NOW, actor="owner")
        shop.clock.set(NOW)
        policy = policies.load(session, now=NOW)
        late_fees.assess(session, shop.account, shop.example.id, policy=policy, now=NOW)
        return records.of_invoice(session, shop.example.id)[0]


def address(shop: PayingSite, fee: FeeRow) -> str:
    with shop.resources.reading() as session:
        public_id = charges.by_id(session, fee.charge_id, NOW.date()).public_id
    return f"{shop.base}/invoices/{public_id}"


def test_the_fee_says_what_it_is_for_and_how_it_was_reckoned(shop: PayingSite) -> None:
    fee = charged(shop, late_fee_kind="percent", late_fee_rate_bp="150")
    visitor = shop.visitor()
    page = words(visitor.get(address(shop, fee)).text)
    assert "Late fee for invoice 1001" in page
    assert "1.5% of $1,000.00 of invoice 1001 that was due on April 10, 2026" in page
    paper = pdf_text(visitor.get(f"{address(shop, fee)}.pdf").content)
    assert "Late fee for invoice 1001" in paper
    assert "1.5% of $1,000.00" in paper
    assert fee.number in words(visitor.get(shop.base).text)


def test_the_walk_to_the_balance_shows_the_formula_and_the_waiver(shop: PayingSite) -> None:
    fee = charged(shop, late_fee_kind="percent", late_fee_rate_bp="150")
    with shop.resources.writing() as session:
        policy = policies.load(session, now=NOW)
        late_fees.waive(
            session, shop.account, fee.charge_id, amount_cents=600, reason="", policy=policy, now=NOW, actor="owner"
        )
    visitor = shop.visitor()
    lines = walk(visitor.get(f"{shop.base}/explanation").text, "balance")
    formula = "1.5% of $1,000.00 of invoice 1001 that was due on April 10, 2026"
    assert lines[-2][:3] == ["Apr 10, 2026", f"Late fee LF-00001 {formula}", "$15.00"]
    assert lines[-1][:3] == ["Apr 20, 2026", "Late fee LF-00001 waived", "−$6.00"]
    assert "Late fee waived" in words(visitor.get(address(shop, fee)).text)
    assert "Late fee LF-00001" in pdf_text(visitor.get(f"{shop.base}/statement.pdf").content)


@pytest.mark.parametrize(
    ("decided", "expected"),
    [
        (
            {"late_fee_kind": "flat", "late_fee_flat_cents": "2500"},
            "$25.00, as $1,000.00 of invoice 1001 was due on April 10, 2026",
        ),
        (
            {"late_fee_kind": "percent", "late_fee_rate_bp": "150", "late_fee_cap_bp": "100"},
            "due on April 10, 2026; no more than $10.00, the limit for all late fees on it",
        ),
        (
            {"late_fee_kind": "percent", "late_fee_rate_bp": "150", "late_fee_min_cents": "2000"},
            "due on April 10, 2026; at least $20.00",
        ),
        (
            {"late_fee_kind": "percent", "late_fee_rate_bp": "150", "late_fee_max_cents": "1200"},
            "due on April 10, 2026; at most $12.00",
        ),
    ],
)
def test_what_bounds_the_fee_is_said(shop: PayingSite, decided: dict[str, str], expected: str) -> None:
    fee = charged(shop, **decided)
    assert expected in words(shop.visitor().get(address(shop, fee)).text)
