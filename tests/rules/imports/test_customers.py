"""Whose invoice it is: by number, else email, else name."""

from collections.abc import Sequence

from portal.rules.imports.customers import Account, Customers, find_customers
from portal.rules.imports.values import Findings
from tests.rules.imports.reading import invoices


def find(
    rows: str, accounts: Sequence[Account] = (), owners: dict[str, int] | None = None
) -> tuple[Customers, Findings]:
    text = "number,customer_number,email,customer,currency\n" + rows
    lines = text.splitlines()
    whole = "\n".join([f"{lines[0]},issued_on,amount", *(f"{line},2026-01-02,5" for line in lines[1:])])
    findings = Findings()
    found = find_customers(invoices(whole), accounts, owners or {}, {"customer": "Name"}, findings)
    return found, findings


def on_file(number: int, name: str, *emails: str, key: str | None = None, currency: str = "usd") -> Account:
    return Account(number, key, name, currency, set(emails))


def test_a_number_wins_over_email_and_name() -> None:
    accounts = [on_file(1, "Acme", "a@x.example", key="C1"), on_file(2, "Bolt", "b@x.example", key="C2")]
    found, findings = find("1,C2,a@x.example,Acme,\n", accounts)
    assert found.account_of["1"] is accounts[1]
    assert [(each.account.id, each.email) for each in found.new_contacts] == [(2, "a@x.example")]
    assert [str(note) for note in findings.notes] == [
        "line 2: “Acme” goes to the account “Bolt”, known by its number. The name on file stays."
    ]


def test_an_email_wins_over_the_name_and_another_name_is_noted_once() -> None:
    accounts = [on_file(1, "Acme", "a@x.example"), on_file(2, "Bolt")]
    found, findings = find("1,,A@x.example,Bolt,\n2,,a@x.example,Bolt,\n", accounts)
    assert found.account_of["1"] is found.account_of["2"] is accounts[0]
    assert len(findings.notes) == 1


def test_a_name_alone_goes_to_the_one_account_of_that_name() -> None:
    accounts = [on_file(1, "Acme", "a@x.example"), on_file(2, "acme")]
    found, findings = find("1,,,Acme,\n", accounts)
    assert found.account_of["1"] is accounts[0]
    assert not findings.problems


def test_a_name_of_several_accounts_asks_unless_the_invoice_is_on_file() -> None:
    accounts = [on_file(1, "Smith", "a@x.example"), on_file(2, "Smith", "b@x.example")]
    _, findings = find("1,,,Smith,\n", accounts)
    assert [str(problem) for problem in findings.problems] == [
        "line 2, column Name: 2 accounts have the name “Smith”. Add a customer number or an email."
    ]
    found, findings = find("1,,,Smith,\n", accounts, {"1": 2})
    assert found.account_of["1"] is accounts[1]
    assert not findings.problems


def test_an_email_of_several_accounts_is_settled_by_the_name() -> None:
    accounts = [on_file(1, "East", "ap@x.example", key="E"), on_file(2, "West", "ap@x.example", key="W")]
    found, findings = find("1,,ap@x.example,West,\n2,,ap@x.example,North,\n", accounts)
    assert found.account_of["1"] is accounts[1]
    assert [str(problem) for problem in findings.problems] == [
        "line 3, column email: 2 accounts have the email ap@x.example. Add a customer number."
    ]


def test_a_new_email_never_joins_a_namesake_that_has_an_email() -> None:
    accounts = [on_file(1, "Smith", "a@x.example")]
    found, findings = find("1,,new@x.example,Smith,\n", accounts)
    assert found.account_of["1"].id is None
    assert [str(note) for note in findings.notes] == [
        "line 2: A second account with the name “Smith” is opened: its email is new."
    ]


def test_an_email_joins_the_account_of_its_name_that_has_none() -> None:
    accounts = [on_file(1, "Acme")]
    found, _ = find("1,,a@x.example,Acme,\n", accounts)
    assert found.account_of["1"] is accounts[0]
    assert [each.email for each in found.new_contacts] == ["a@x.example"]


def test_the_order_of_rows_does_not_matter() -> None:
    rows = ["1,,,Acme,\n", "2,,a@x.example,Acme,\n", "3,C1,a@x.example,Acme,\n"]
    for order in (rows, rows[::-1]):
        found, findings = find("".join(order))
        assert len(found.new_accounts) == 1
        assert len(set(map(id, found.account_of.values()))) == 1
        assert (found.new_accounts[0].number, [each.email for each in found.new_contacts]) == ("C1", ["a@x.example"])
        assert not findings.problems


def test_without_a_name_the_email_or_number_is_the_name() -> None:
    found, findings = find("1,C1,,,\n2,,b@x.example,,\n", [])
    assert [account.name for account in found.new_accounts] == ["C1", "b@x.example"]
    assert not findings.notes


def test_an_account_has_one_currency() -> None:
    _, findings = find("1,,,Acme,EUR\n2,,,Acme,\n3,,,Bolt,USD\n", [on_file(1, "Bolt", currency="gbp")])
    assert [str(problem) for problem in findings.problems] == [
        "line 3, column currency: Invoice 2 has no currency, but the account of Acme is in EUR."
        " An account has one currency.",
        "line 4, column currency: Invoice 3 is in USD, but the account of Bolt is in GBP. An account has one currency.",
    ]
