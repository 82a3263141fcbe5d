"""What stands still of an account is found by its own disputes, however many others there are."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import event, insert, text

from portal.records import Database, disputes
from portal.records.tables import dispute_moves
from portal.records.tables import disputes as disputes_table
from tests.support.books import add_customer, add_invoice

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
_ACCOUNTS, _DISPUTES = 100, 5_000
_STORY = (("new", 10), ("in_review", 10), ("rejected", 0))


def test_no_statement_looks_through_all_disputes(database: Database) -> None:
    _fill(database)
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        asked.append((statement, parameters))

    with database.writing() as session:
        event.listen(database.writer, "before_cursor_execute", note)
        rows = disputes.standing_on(session, 5, date(2026, 3, 12))
        event.remove(database.writer, "before_cursor_execute", note)
        [(statement, parameters)] = asked
        explain = "EXPLAIN QUERY PLAN" if session.dialect.name == "sqlite" else "EXPLAIN"
        plan = [str(row[-1]) for row in session.exec_driver_sql(f"{explain} {statement}", parameters)]
    # Half of the stories have ended by then, and hold nothing.
    assert 0 < len(rows) < _DISPUTES // _ACCOUNTS
    assert not [line for line in plan if "SCAN" in line or "Seq Scan" in line], plan


def _fill(database: Database) -> None:
    with database.writing() as session:
        owned = []
        for place in range(_ACCOUNTS):
            account = add_customer(session, NOW, name=f"C{place}", email="")
            invoice = add_invoice(session, account, f"{place}", issued_on=date(2026, 3, 1), net_cents=1_000, now=NOW)
            owned.append({"account_id": account.id, "charge_id": invoice.id})
        session.execute(
            insert(disputes_table),
            [
                owned[place % _ACCOUNTS]
                | {"public_id": f"p{place}", "number": f"D{place}", "state": "rejected"}
                | {"filed_at": NOW, "filed_on": date(2026, 3, 1), "moved_at": NOW}
                for place in range(_DISPUTES)
            ],
        )
        session.execute(
            insert(dispute_moves),
            [
                {"dispute_id": place + 1, "charge_id": owned[place % _ACCOUNTS]["charge_id"], "moved_at": NOW}
                | {"moved_on": date(2026, 3, 1) + timedelta(days=place // _ACCOUNTS % 12 + 5 * step)}
                | {"state": state, "actor": "test", "disputed_net_cents": cents, "disputed_tax_cents": 0}
                for place in range(_DISPUTES)
                for step, (state, cents) in enumerate(_STORY)
            ],
        )
    with database.writing() as session:
        session.execute(text("ANALYZE"))
