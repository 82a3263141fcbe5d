"""The same file imported by two at once, and an import killed half way: the books are right either way."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from portal.actions.imports import ImportReport
from portal.records import Database
from tests.actions.imports_desk import Desk
from tests.support.clock import MovableClock
from tests.support.dump import dump

FILE = "customer,customer_number,email,number,issued_on,amount,tax,paid_on\n" + "".join(
    f"Customer {n % 40},C{n % 40},c{n % 40}@example.com,INV-{n},2026-01-{1 + n % 28:02},{100 + n}.50,8.25,"
    f"{'2026-02-15' if n % 2 else ''}\n"
    for n in range(1000)
)

# Runs in a process of its own: dies by SIGKILL when most rows are written, before anything is committed.
KILLED = """
import os, signal, sys
from portal.actions.imports import import_file
from portal.records import open_database
from tests.actions.imports_desk import Desk
from tests.support.clock import MovableClock
from tests.actions.test_imports_twice import FILE

def die(stage, done, total):
    if stage == "Writing" and done == total:
        os.kill(os.getpid(), signal.SIGKILL)

desk = Desk(open_database(sys.argv[1]), MovableClock())
import_file(desk.resources, FILE.encode(), file_name="x.csv", now=desk.clock.now(), on_progress=die)
"""


def test_two_at_once(database: Database, clock: MovableClock) -> None:
    desk = Desk(database, clock)

    def bring(turn: int) -> ImportReport:
        return desk.bring(FILE)

    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(bring, range(2)))
    assert sorted(report.invoices for report in reports) == [0, 1000]
    assert sorted(report.unchanged for report in reports) == [0, 1000]
    assert [report.problems for report in reports] == [(), ()]
    assert len(dump(database)["charges"]) == 1000
    assert len(dump(database)["payments"]) == 500
    desk.check()


def test_killed_half_way_and_run_again(database_url: str, database: Database, clock: MovableClock) -> None:
    before = dump(database)
    killed = subprocess.run([sys.executable, "-c", KILLED, database_url], env=os.environ, check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert dump(database) == before
    desk = Desk(database, clock)
    assert desk.brought(FILE).invoices == 1000
    assert len(dump(database)["charges"]) == 1000
