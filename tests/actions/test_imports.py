"""Importing into the books: what it adds, what it leaves as it is, what it refuses; on both databases."""

from datetime import date

import pytest
from sqlalchemy import select

from portal.actions.imports import Total
from portal.records import Database
from portal.records import tables as t
from tests.actions.imports_desk import Desk
from tests.support.clock import MovableClock
from tests.support.dump import dump
from tests.support.rows import remove_contact

HEADER = "customer,email,number,issued_on,due_on,terms,amount,tax,paid_on,paid_amount\n"


@pytest.fixture
def desk(database: Database, clock: MovableClock) -> Desk:
    return Desk(database, clock)


def test_an_open_invoice(desk: Desk) -> None:
    report = desk.brought(
        "customer,customer_number,email,number,issued_on,terms,description,quantity,unit_price,tax\n"
        "Acme,C1,Ada@Example.com,1001,2026-02-25,2/10 net 30,Design,2,460,80\n"
    )
    assert (report.accounts, report.contacts, report.invoices, report.payments) == (1, 1, 1, 0)
    assert report.totals == (Total("usd", 100_000, 0, 0),)
    found = desk.account("ada@example.com")
    (charge,) = found.charges
    assert (found.customer, found.balance_cents, charge.open_cents) == ("Acme", 100_000, 100_000)
    assert (charge.due_on, charge.discount_cents, charge.pay_cents) == (date(2026, 3, 27), 1_840, 98_160)
    with desk.database.reading() as session:
        line = session.execute(select(t.charge_lines)).mappings().one()
        assert (line["description"], line["quantity"], line["unit_price"]) == ("Design", "2", "460")
        assert (line["amount_cents"], line["tax_cents"]) == (92_000, 8_000)
        history = session.execute(select(t.history)).mappings().one()
        assert (history["action"], history["detail"]["invoices"]) == ("import.file", 1)
        assert (history["detail"]["file"], len(history["detail"]["sha256"])) == ("invoices.csv", 64)


def test_everything_imported_is_history_and_stays_out_of_the_journal(desk: Desk) -> None:
    desk.brought(HEADER + "A,,1,2026-01-02,,,100,8,2026-01-05,\nA,,2,2026-01-02,,,-20,-2,,\n")
    with desk.database.reading() as session:
        for table in (t.charges, t.credits, t.movements):
            assert set(session.execute(select(table.c.is_history)).scalars()) == {True}
        posted = session.execute(select(t.movements.c.debit, t.movements.c.credit, t.movements.c.amount_cents))
        assert [tuple(row) for row in posted] == [
            ("receivable", "revenue", 10_000),
            ("receivable", "tax_payable", 800),
            ("credits_given", "unapplied", 2_000),
            ("tax_payable", "unapplied", 200),
            ("bank", "unapplied", 10_800),
            ("unapplied", "receivable", 10_800),
        ]


@pytest.mark.parametrize(
    ("due_on", "terms", "default", "stands"),
    [
        ("", "", "net 30", ("net 30", date(2026, 2, 9))),
        ("", "", "2/10 net 30", ("2/10 net 30", date(2026, 2, 9))),
        ("2026-02-09", "", "2/10 net 30", ("2/10 net 30", date(2026, 2, 9))),
        ("2026-01-24", "", "2/10 net 30", ("net 14", date(2026, 1, 24))),
        ("2026-01-10", "", "net 30", ("due on receipt", date(2026, 1, 10))),
        ("2026-02-20", "1/15 net 30", "net 30", ("1/15 net 30", date(2026, 2, 20))),
        ("", "2/10 EOM", "net 30", ("2/10 EOM", date(2026, 2, 28))),
    ],
)
def test_terms_and_due_date(desk: Desk, due_on: str, terms: str, default: str, stands: tuple[str, date]) -> None:
    desk.decide("default_terms", default)
    desk.brought(f"{HEADER}A,,1,2026-01-10,{due_on},{terms},100,,,\n")
    with desk.database.reading() as session:
        assert session.execute(select(t.charges.c.terms, t.charges.c.due_on)).one() == stands


def test_payments_whole_part_and_too_much(desk: Desk) -> None:
    report = desk.brought(
        HEADER
        + "Whole,,1,2026-01-02,,,100,,2026-01-20,\n"
        + "Part,,2,2026-01-02,,,100,,2026-01-20,40\n"
        + "More,,3,2026-01-02,,,100,,2026-01-20,150\n"
    )
    assert report.totals == (Total("usd", 30_000, 0, 29_000),)
    assert desk.account("Whole").balance_cents == 0
    assert desk.account("Whole", date(2026, 1, 19)).balance_cents == 10_000
    assert (desk.account("Part").balance_cents, desk.account("Part").charges[0].open_cents) == (6_000, 6_000)
    assert (desk.account("More").balance_cents, desk.account("More").credit_cents) == (-5_000, 5_000)


def test_a_payment_before_the_invoice_is_credit_until_then(desk: Desk) -> None:
    desk.brought(f"{HEADER}A,,1,2026-01-20,,,100,,2026-01-05,\n")
    assert desk.account("A", date(2026, 1, 5)).credit_cents == 10_000
    assert desk.account("A", date(2026, 1, 20)).balance_cents == 0


def test_less_than_the_whole_paid_in_time_took_the_discount_by_the_rules(desk: Desk) -> None:
    rows = (
        "Took,,1,2026-01-02,,2/10 net 30,920,80,2026-01-12,981.60\n"
        "Late,,2,2026-01-02,,2/10 net 30,920,80,2026-01-13,981.60\n"
        "Whole,,3,2026-01-02,,2/10 net 30,920,80,2026-01-12,\n"
    )
    desk.brought(HEADER + rows)
    assert (desk.account("Took").balance_cents, desk.account("Took").charges) == (0, ())
    assert desk.account("Late").balance_cents == 1_840
    assert (desk.account("Whole").balance_cents, desk.account("Whole").credit_cents) == (0, 0)


def test_more_than_the_discounted_amount_paid_in_time_leaves_credit(desk: Desk) -> None:
    desk.brought(HEADER + "A,,1,2026-01-02,,2/10 net 30,920,80,2026-01-12,990.00\n")
    found = desk.account("A")
    assert (found.charges, found.credit_cents) == ((), 840)


def test_a_discount_whose_tax_follows_takes_its_part_of_the_tax(desk: Desk) -> None:
    desk.decide("discount_base", "gross_tax_follows")
    desk.brought(HEADER + "A,,1,2026-01-02,,2/10 net 30,920,80,2026-01-12,980.00\n")
    with desk.database.reading() as session:
        discounts = select(t.movements.c.debit, t.movements.c.amount_cents).where(
            t.movements.c.source.startswith("discount:")
        )
        found = sorted(tuple(row) for row in session.execute(discounts))
    assert found == [("discounts_given", 1_840), ("tax_payable", 160)]


def test_a_negative_total_is_a_credit_memo(desk: Desk) -> None:
    report = desk.brought(f"{HEADER}A,,1,2026-01-02,,,100,,,\nA,,CM-1,2026-01-05,,,-30,-2.40,,\n")
    assert (report.invoices, report.credits, report.totals) == (1, 1, (Total("usd", 10_000, 3_240, 0),))
    found = desk.account("A")
    assert (found.balance_cents, found.credit_cents) == (6_760, 3_240)


def test_importing_again_changes_nothing(desk: Desk) -> None:
    rows = (
        "A,a@x.example,1,2026-01-02,,,100,8,2026-01-05,\n"
        "B,,2,2026-01-02,2026-01-30,,100,,2026-01-20,40\n"
        "B,,3,2026-01-02,,2/10 net 30,50,,,\n"
        "B,,CM-1,2026-01-05,,,-30,,,\n"
        "C,,4,2026-01-20,,,100,,2026-01-05,150\n"
    )
    desk.brought(HEADER + rows)
    before = dump(desk.database)
    desk.decide("default_terms", "net 14")
    report = desk.brought(HEADER + rows)
    assert (report.unchanged, report.invoices, report.payments, report.notes) == (5, 0, 0, ())
    after = dump(desk.database)
    assert {name for name in after if after[name] != before[name]} == {"policies", "history"}
    assert len(after["history"]) == len(before["history"]) + 1


def test_a_new_paid_on_posts_its_payment_once(desk: Desk) -> None:
    desk.brought(f"{HEADER}A,,1,2026-01-02,,,100,,,\n")
    for _ in range(2):
        desk.brought(f"{HEADER}A,,1,2026-01-02,,,100,,2026-01-20,30\n")
    assert desk.account("A").balance_cents == 7_000
    report = desk.brought(f"{HEADER}A,,1,2026-01-02,,,100,,2026-02-01,\n")
    assert (report.payments, report.totals) == (1, (Total("usd", 0, 0, 7_000),))
    assert desk.account("A").balance_cents == 0
    report = desk.brought(f"{HEADER}A,,1,2026-01-02,,,100,,2026-02-05,\n")
    assert (report.payments, [str(note) for note in report.notes]) == (
        0,
        ["line 2: Invoice 1 is paid already; its payment of 2026-02-05 was not added again."],
    )


def test_a_later_part_payment_takes_the_discount_of_its_day(desk: Desk) -> None:
    invoice = "A,,1,2026-02-25,,2/10 net 30,920,80"
    desk.brought(f"{HEADER}{invoice},,\n")
    desk.brought(f"{HEADER}{invoice},2026-02-26,490.80\n")
    desk.brought(f"{HEADER}{invoice},2026-02-27,490.80\n")
    assert desk.account("A").balance_cents == 0


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("A,,1,2026-01-02,,,101,,,", "$100.00 there, $101.00 in the file"),
        ("A,,1,2026-01-02,,,92,8,,", "tax $0.00 there, $8.00 in the file"),
        ("A,,1,2026-01-03,,,100,,,", "dated 2026-01-02 there, 2026-01-03 in the file"),
        ("A,,1,2026-01-02,2026-01-16,,100,,,", "due 2026-02-01 there, 2026-01-16 in the file"),
        (
            "A,,1,2026-01-02,,net 15,100,,,",
            "due 2026-02-01 there, 2026-01-17 in the file; terms net 30 there, net 15 in the file",
        ),
        ("B,,1,2026-01-02,,,100,,,", "another customer"),
        ("A,,1,2026-01-02,,,-100,,,", "an invoice there, a credit memo in the file"),
    ],
)
def test_a_number_on_file_with_other_figures_is_refused_by_name(desk: Desk, row: str, said: str) -> None:
    desk.brought(f"{HEADER}A,,1,2026-01-02,,,100,,,\n")
    before = dump(desk.database)
    assert desk.said(f"{HEADER}{row}\nNew,,2,2026-01-02,,,5,,,\n") == [
        f"line 2, column number: Invoice 1 is on file with other figures: {said}."
    ]
    assert dump(desk.database) == before


def test_another_amount_for_a_payment_already_imported_is_refused(desk: Desk) -> None:
    desk.brought(f"{HEADER}A,,1,2026-01-02,,,100,,2026-01-20,30\n")
    assert desk.said(f"{HEADER}A,,1,2026-01-02,,,100,,2026-01-20,40\n") == [
        "line 2, column paid_on: Invoice 1 was imported with $30.00 paid on 2026-01-20; the file says $40.00."
    ]


def test_one_bad_row_and_nothing_lands(desk: Desk) -> None:
    before = dump(desk.database)
    assert desk.said(f"{HEADER}A,,1,2026-01-02,,,100,,,\nB,,2,soon,,,100,,,\n") == [
        "line 3, column issued_on: “soon” is not a date. Write it like 2026-03-31."
    ]
    assert dump(desk.database) == before


def test_a_dry_run_says_the_same_and_changes_nothing(desk: Desk) -> None:
    data = f"{HEADER}A,a@x.example,1,2026-01-02,,,100,,2026-01-20,\n"
    before = dump(desk.database)
    trial = desk.bring(data, dry_run=True)
    assert dump(desk.database) == before
    done = desk.brought(data)
    assert (trial.accounts, trial.contacts, trial.invoices, trial.payments, trial.totals) == (
        done.accounts,
        done.contacts,
        done.invoices,
        done.payments,
        done.totals,
    )


def test_a_contact_that_was_removed_stays_removed(desk: Desk) -> None:
    from portal.records import accounts

    data = f"{HEADER}A,a@x.example,1,2026-01-02,,,100,,,\n"
    desk.brought(data)
    with desk.database.writing() as session:
        (contact,) = accounts.contacts_by_email(session, "a@x.example")
        remove_contact(session, contact.id, now=desk.clock.now())
    report = desk.brought(data + "A,a@x.example,2,2026-01-02,,,100,,,\n")
    assert (report.accounts, report.contacts, report.invoices) == (0, 0, 1)
    with desk.database.reading() as session:
        assert accounts.contacts_by_email(session, "a@x.example") == []
