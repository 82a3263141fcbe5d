"""`portal notices`: what customers said, for people and for programs, and the end of it."""

import json
from datetime import date

import pytest

from portal.actions import notices
from portal.actions.notices import Sent
from portal.records import accounts
from portal.records.notices import NoticeRow
from tests.admin.conftest import CommandLine
from tests.support.books import add_customer

TODAY = date(2026, 3, 2)


@pytest.fixture
def notice(portal: CommandLine) -> NoticeRow:
    """A cheque that Northwind's contact says is in the post."""
    resources = portal.resources()
    now = resources.clock()
    with resources.writing() as session:
        account = add_customer(session, now)
        contact = accounts.contacts_of(session, account.id)[0]
        sent = Sent("cheque", 50_000, TODAY, "1187")
        made = notices.tell(session, account, sent, contact_id=contact.id, today=TODAY, now=now)
    resources.close()
    return made


def test_there_are_none_at_first(portal: CommandLine) -> None:
    assert portal("notices").out == "There are no open notices.\n"
    assert portal("notices", "--all").out == "There are no notices.\n"
    assert json.loads(portal("notices", "--json").out) == []


def test_one_line_says_who_what_when(portal: CommandLine, notice: NoticeRow) -> None:
    told = f"told {notice.created_at:%Y-%m-%d} by ap@northwind.example"
    assert portal("notices").out == (
        f"{notice.public_id}  Northwind Traders  cheque of $500.00, sent on 2026-03-02  reference 1187  {told}\n"
    )
    [found] = json.loads(portal("notices", "--json").out)
    assert found | {"told_at": ""} == {
        "id": notice.public_id,
        "customer": "Northwind Traders",
        "number": "",
        "kind": "sent",
        "method": "cheque",
        "amount_cents": 50_000,
        "currency": "USD",
        "sent_on": "2026-03-02",
        "reference": "1187",
        "told_at": "",
        "told_by": "ap@northwind.example",
        "open": True,
    }


def test_closing_settles_it_once(portal: CommandLine, notice: NoticeRow) -> None:
    assert portal("notices", "close", notice.public_id).out == f"Notice {notice.public_id} is closed.\n"
    assert portal("notices", "close", notice.public_id).out == f"Notice {notice.public_id} was closed before.\n"
    assert portal("notices").out == "There are no open notices.\n"
    assert portal("notices", "--all").out.endswith("  settled\n")
    assert json.loads(portal("notices", "--all", "--json").out)[0]["open"] is False


def test_an_unknown_notice_is_refused(portal: CommandLine) -> None:
    said = portal("notices", "close", "nothing")
    assert (said.code, said.err) == (1, "There is no notice “nothing”.\n")
