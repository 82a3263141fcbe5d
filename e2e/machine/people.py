"""Who lives in the town: customers with their first invoices, in the words of the import's own format."""

import csv
import io
from dataclasses import dataclass
from datetime import date

from portal.actions import imports, policies
from portal.resources import Resources

_HEADER = (
    *("customer", "customer_number", "email", "currency"),
    *("number", "issued_on", "terms", "description", "amount", "tax"),
)
VISITORS_EACH = 2


@dataclass(frozen=True, slots=True)
class Person:
    """A customer. `mode` is how their invoices give a discount; `amounts` are net and tax of one big, one small."""

    number: str
    name: str
    currency: str
    mode: str
    amounts: tuple[tuple[str, str], ...]


PEOPLE = (
    Person("C-1", "Northwind Traders", "usd", "full", (("920.00", "80.00"), ("600.00", ""), ("61.99", ""))),
    Person("C-2", "Harbor Cafe", "usd", "pro_rata", (("920.00", "80.00"), ("300.00", "24.01"), ("0.75", ""))),
    Person("C-3", "Kobe Trading", "jpy", "full", (("12000", "1200"), ("5001", ""))),
    Person("C-4", "Gulf Marine", "kwd", "pro_rata", (("100.50", "5.03"), ("45.67", ""))),
)
TERMS = ("2/10 net 30", "3/5, 2/10, net 30", "net 30")


def settle_in(resources: Resources) -> None:
    """Everybody with an invoice of each amount, and terms in turn; nobody has paid anything."""
    now = resources.clock()
    with resources.writing() as session:
        policies.set_policy(
            session, "seller_email", "owner@harbor.example", effective_on=now.date(), now=now, actor="machine"
        )
    for place in range(len(PEOPLE)):
        for which in range(len(PEOPLE[place].amounts)):
            bill(resources, place, which, TERMS[which % len(TERMS)], number=f"{place + 1}-{which + 1}")


def bill(resources: Resources, place: int, which: int, terms: str, *, number: str) -> None:
    """One more invoice of today, brought in as an owner would."""
    person, now = PEOPLE[place], resources.clock()
    net, tax = person.amounts[which % len(person.amounts)]
    with resources.writing() as session:
        today: date = policies.load(session, now=now).today
        policies.set_policy(session, "discount_mode", person.mode, effective_on=today, now=now, actor="machine")
    email = f"ap@{person.number.lower()}.example"
    row = (person.name, person.number, email, person.currency, number, today.isoformat(), terms, "Rope", net, tax)
    text = io.StringIO()
    csv.writer(text).writerows([_HEADER, row])
    report = imports.import_file(resources, text.getvalue().encode(), file_name="town.csv", now=now, today=today)
    assert report.problems == (), report.problems
