"""`portal import`: what it prints where, and how it exits."""

import json
from pathlib import Path

import pytest

from tests.admin.conftest import CommandLine

FILE = """\
Client,Inv. No.,Date,Due,Net,Paid
Acme,1,1/13/2026,2/12/2026,100.00,
Bolt,2,1/14/2026,2/13/2026,50.00,1/20/2026
"""
COLUMNS = (
    "--column", "customer=Client", "--column", "number=Inv. No.", "--column", "issued_on=Date",
    "--column", "due_on=Due", "--column", "amount=Net", "--column", "paid_on=Paid",
)  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "invoices.csv"
    path.write_text(FILE)
    return path


def test_a_dry_run_the_import_and_the_same_again(portal: CommandLine, file: Path) -> None:
    figures = "2 customers, 2 invoices, 1 payment.\nInvoices $150.00, paid $50.00.\n"
    said = portal("import", str(file), *COLUMNS, "--dry-run")
    assert (said.code, said.err) == (0, "")
    assert said.out == (
        f"invoices.csv: 2 rows, read as own format.\nWould add {figures}This was a dry run: nothing was imported.\n"
    )
    assert portal("import", str(file), *COLUMNS).out.endswith(f"Added {figures}")
    assert portal("import", str(file), *COLUMNS).out.endswith("Nothing is new.\n2 invoices unchanged.\n")


def test_json(sqlite_portal: CommandLine, file: Path) -> None:
    told = json.loads(sqlite_portal("import", str(file), *COLUMNS, "--json").out)
    assert (told["imported"], told["dry_run"], told["rows"], told["invoices"], told["payments"]) == (
        True,
        False,
        2,
        2,
        1,
    )
    assert told["totals"] == [
        {"currency": "usd", "invoices_cents": 15_000, "credits_cents": 0, "payments_cents": 5_000}
    ]


def test_problems_go_to_the_error_channel_all_of_them(sqlite_portal: CommandLine, file: Path) -> None:
    file.write_text(FILE.replace("100.00", "x").replace("Bolt", ""))
    said = sqlite_portal("import", str(file), *COLUMNS)
    assert (said.code, said.out) == (1, "")
    assert said.err == (
        "line 2, column Net: “x” is not an amount. Write it like 1234.56.\n"
        "line 3, column Client: is missing. Say whose invoice this is.\n"
        "2 problems. Nothing was imported.\n"
    )
    told = json.loads(sqlite_portal("import", str(file), *COLUMNS, "--json").out)
    assert (told["imported"], [problem["line"] for problem in told["problems"]]) == (False, [2, 3])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "The file's header is not known. It has: Client, Inv. No., Date, Due, Net, Paid."),
        (("--column", "number"), "“number” does not say which header holds which field."),
        (("--column", "number=Date", "--column", "number=Due"), "--column number=… is given twice."),
        (("--column", "number=Number"), "The file has no column “Number”."),
    ],
)
def test_what_cannot_be_read_at_all(
    sqlite_portal: CommandLine, file: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = sqlite_portal("import", str(file), *arguments)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(said)
    assert done.err.endswith("\nNothing was imported.\n")


def test_a_file_that_is_not_there(sqlite_portal: CommandLine, tmp_path: Path) -> None:
    done = sqlite_portal("import", str(tmp_path / "no.csv"))
    assert (done.code, done.err) == (
        1,
        f"The file {tmp_path / 'no.csv'} cannot be read: No such file or directory.\nNothing was imported.\n",
    )


def test_dates_are_asked_for_and_answered(sqlite_portal: CommandLine, file: Path) -> None:
    file.write_text("customer,number,issued_on,amount\nAcme,1,1/2/2026,5\n")
    assert "--dates mdy" in sqlite_portal("import", str(file)).err
    assert sqlite_portal("import", str(file), "--dates", "dmy").code == 0
