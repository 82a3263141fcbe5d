"""`portal policy`, `portal run`, `portal check`."""

import pytest
from sqlalchemy import text

from portal.actions import attachments
from tests.admin.conftest import CommandLine
from tests.support.books import add_customer


def test_policies_are_listed_read_and_decided(portal: CommandLine) -> None:
    listed = portal("policy", "get").out
    assert "default_terms = net 30\n    Terms of invoices that name none.\n" in listed
    assert portal("policy", "set", "default_terms", "2/10 net 30", "--from", "2026-01-01").out == (
        "default_terms = 2/10 net 30 from 2026-01-01\n"
    )
    assert portal("policy", "get", "default_terms").out == "2/10 net 30\n"
    assert portal("policy", "set", "default_terms", "net 60", "--from", "2099-01-01").code == 0
    assert portal("policy", "get", "default_terms").out == "2/10 net 30\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("set", "default_terms", "whenever"), "whenever"),
        (("set", "favourite_colour", "blue"), "favourite_colour"),
        (("get", "favourite_colour"), "favourite_colour"),
        (("set", "default_terms", "net 30", "--from", "soon"), "“soon” is not a date"),
    ],
)
def test_bad_policies_are_refused(sqlite_portal: CommandLine, arguments: tuple[str, ...], sentence: str) -> None:
    said = sqlite_portal("policy", *arguments)
    assert (said.code, said.out) == (1, "")
    assert sentence in said.err


@pytest.mark.parametrize("job", ["inbox", "attempts", "debits", "refunds", "events", "reconciliation", "letters"])
def test_jobs_run_by_name_on_a_day(portal: CommandLine, job: str) -> None:
    assert portal("run", job, "--today", "2026-03-02").out == f"{job}: 0 done\n"


def test_an_unknown_job_lists_those_there_are(sqlite_portal: CommandLine) -> None:
    said = sqlite_portal("run", "laundry")
    jobs = (
        "inbox, attempts, debits, refunds, setups, methods, announcements, collections, events, reconciliation, "
        "disputes, plans, letters, history, attachments"
    )
    assert (said.code, said.err) == (1, f"There is no job “laundry”. There are: {jobs}.\n")


def test_check_names_a_file_that_is_gone(sqlite_portal: CommandLine) -> None:
    resources = sqlite_portal.resources()
    with resources.writing() as session:
        account = add_customer(session, resources.clock())
    row = attachments.keep(
        resources, account_id=account.id, session_id=None, name="a.pdf", data=b"%PDF-1.7", now=resources.clock(),
        actor="test",
    )  # fmt: skip
    assert sqlite_portal("check").code == 0
    resources.files.delete(row.storage_name)
    resources.close()
    said = sqlite_portal("check")
    assert said.code == 1
    assert f"attachment {row.public_id} (a.pdf): its file {row.storage_name} is missing" in said.out
    assert "1 breach" in said.err


def test_check_exits_with_1_and_names_the_breach(sqlite_portal: CommandLine) -> None:
    assert sqlite_portal("check").out == "0 accounts, 0 charges, 0 movements: everything holds.\n"
    resources = sqlite_portal.resources()
    with resources.writing() as session:
        session.execute(text("PRAGMA ignore_check_constraints = ON"))
        session.execute(
            text(
                "INSERT INTO movements (source, debit, credit, amount_cents, currency, effective_on, posted_at)"
                " VALUES ('odd:1', 'bank', 'bank', 5, 'usd', '2026-03-02', '2026-03-02T15:00:00.000000Z')"
            )
        )
    resources.close()
    said = sqlite_portal("check")
    assert said.code == 1
    assert said.out == "invariant 1: odd:1 debits and credits the same account, bank\n"
    assert said.err == "1 breach in 0 accounts.\n"
