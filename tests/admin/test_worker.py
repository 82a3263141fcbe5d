"""`portal worker` as a process: it ends when told to, or with whoever keeps it, and says nothing of it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("how", ["told", "alone"])
def test_it_ends_in_peace(how: str, tmp_path: Path) -> None:
    environment = os.environ | {"PORTAL_DATABASE_URL": f"sqlite:///{tmp_path}/portal.db"}
    with subprocess.Popen(
        [sys.executable, "-m", "admin.cli.main", "worker", "--with-parent"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=Path(__file__).parents[2],
    ) as worker:
        assert worker.stdin is not None
        assert worker.stderr is not None
        assert "worker.started" in worker.stderr.readline()
        if how == "told":
            worker.terminate()
            code = worker.wait(30)
        else:
            worker.stdin.close()
            code = worker.wait(30)
        assert (code, worker.stderr.read()) == (0, "")
