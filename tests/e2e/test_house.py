"""`make run`: the whole house starts without a question, answers at its five addresses, and leaves nothing behind."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from e2e.sample import company


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("house")


@pytest.fixture(scope="module")
def addresses(folder: Path) -> Iterator[dict[str, str]]:
    """The house as its own process, with whatever settings somebody has around it; its five addresses by name."""
    environment = os.environ | {"TMPDIR": str(folder), "PORTAL_DATABASE_URL": "nonsense", "PYTHONUNBUFFERED": "1"}
    house = subprocess.Popen(
        [sys.executable, "-m", "e2e.house"],
        cwd=Path(__file__).parents[2],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert house.stdout is not None
    with house, house.stdout:
        found: dict[str, str] = {}
        for line in house.stdout:
            if said := re.fullmatch(r"  (\S.*?) +(http\S+)\n", line):
                found[said[1]] = said[2]
            if len(found) == 5:
                break
        assert len(found) == 5
        yield found
        house.send_signal(signal.SIGINT)
        try:
            assert house.wait(30) == 0
        finally:
            house.kill()
    assert list(folder.iterdir()) == []


def test_the_customers_link_opens_a_statement(addresses: dict[str, str]) -> None:
    link = addresses["A customer's link"]
    assert urlsplit(link).hostname == "127.0.0.1"
    shown = requests.get(link, timeout=30)
    assert company.NORTHWIND.name in shown.text
    browser = requests.Session()
    browser.headers["Sec-Fetch-Site"] = "same-origin"
    statement = browser.post(link, timeout=30)
    assert statement.status_code == 200
    assert "$15,690.50" in statement.text
    assert "INV-2066" in statement.text


def test_the_mailbox_holds_the_letters(addresses: dict[str, str]) -> None:
    page = requests.get(addresses["Mailbox"], timeout=30)
    assert urlsplit(page.url).hostname == "localhost"
    assert "Northwind Traders" in page.text


def test_the_stand_in_shows_its_payments_and_moves_the_clock(addresses: dict[str, str]) -> None:
    stand_in = addresses["Stripe stand-in"]
    assert urlsplit(stand_in).hostname == "localhost"
    before = requests.get(stand_in, timeout=30).text
    assert "$3,332.00" in before
    assert "processing" in before
    after = requests.post(f"{stand_in}/actions/clock", data={"days": "8"}, timeout=30)
    assert after.status_code == 200
    assert "processing</span>" not in after.text


def test_the_owners_phone_shows_a_code_and_the_desk_asks_for_it(addresses: dict[str, str]) -> None:
    phone = requests.get(addresses["The owner's phone"], timeout=30)
    assert re.search(r'id="code">\d{6}<', phone.text)
    desk = addresses["The owner's desk"]
    assert "Log in" in requests.get(f"{desk}/account", timeout=30).text
