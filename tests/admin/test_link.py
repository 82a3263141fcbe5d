"""`portal link`: one working address and nothing else, a letter, a list, an end."""

from pathlib import Path

import pytest
from sqlalchemy import select

from portal.app import create_app
from portal.records.tables import letters
from tests.admin.conftest import CommandLine
from tests.support.browsing import Browser

FILE = """\
customer,email,number,issued_on,terms,amount
Northwind Traders,ap@northwind.example,INV-1,2026-03-01,net 30,100.00
Old Quay Bakery,,INV-2,2026-03-01,net 30,50.00
"""


@pytest.fixture
def filled(portal: CommandLine, tmp_path: Path) -> CommandLine:
    file = tmp_path / "invoices.csv"
    file.write_text(FILE)
    assert portal("import", str(file)).code == 0
    return portal


def _answer(portal: CommandLine, address: str) -> tuple[int, str]:
    """What a browser gets at this address."""
    resources = portal.resources()
    browser = Browser(create_app(resources), base_url=resources.settings.base_url)
    answer = browser.get(address)
    resources.close()
    return answer.status_code, answer.text


def test_the_address_works_and_stands_alone(filled: CommandLine) -> None:
    said = filled("link", "Northwind Traders")
    assert (said.code, said.err) == (0, "")
    assert said.out.count("\n") == 1
    assert said.out.startswith("http://127.0.0.1:8000/l/")
    code, page = _answer(filled, said.out.strip())
    assert code == 200
    assert "Northwind Traders" in page


def test_one_invoice_only(filled: CommandLine) -> None:
    address = filled("link", "Northwind Traders", "--invoice", "INV-1").out.strip()
    assert "INV-1" in _answer(filled, address)[1]
    other = filled("link", "Northwind Traders", "--invoice", "INV-2")
    assert (other.code, other.err) == (1, "Northwind Traders has no invoice “INV-2”.\n")


def test_list_shows_links_without_their_secret_and_revoke_ends_them(filled: CommandLine) -> None:
    assert filled("link", "Northwind Traders", "--list").out == "Northwind Traders has no links.\n"
    address = filled("link", "Northwind Traders").out.strip()
    listed = filled("link", "Northwind Traders", "--list").out
    assert "ap@northwind.example  whole account  live until" in listed
    assert address.rpartition("/")[2] not in listed
    assert filled("link", "Northwind Traders", "--revoke").out == "1 link of Northwind Traders ended.\n"
    assert filled("link", "Northwind Traders", "--revoke").out == "0 links of Northwind Traders ended.\n"
    assert "gone" in filled("link", "Northwind Traders", "--list").out
    assert "Northwind" not in _answer(filled, address)[1]


def test_send_stages_a_letter(filled: CommandLine) -> None:
    said = filled("link", "Northwind Traders", "--send")
    assert said.out == "A letter with a link goes to ap@northwind.example.\n"
    assert "PORTAL_SMTP_URL" in said.err
    resources = filled.resources()
    with resources.reading() as session:
        assert session.execute(select(letters.c.kind, letters.c.state)).all() == [("statement", "waiting")]
    resources.close()


def test_send_needs_an_address_and_one_wish_at_a_time(filled: CommandLine) -> None:
    assert filled("link", "Old Quay Bakery").code == 0
    nobody = filled("link", "Old Quay Bakery", "--send")
    assert nobody.code == 1
    assert "has no e-mail address" in nobody.err
    both = filled("link", "Old Quay Bakery", "--send", "--list")
    assert (both.code, both.err) == (1, "Choose one of --send, --list and --revoke.\n")
