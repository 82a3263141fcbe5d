"""One child is kept running: started again when it dies, ended with whoever keeps it, however that ends."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from admin.cli.supervisor import Supervisor

# Says its process id, then lives until its input ends.
CHILD = "import os, sys; os.write({fd}, b'%d\\n' % os.getpid()); sys.stdin.read(); os.write({fd}, b'ended\\n')"


class Ward:
    """A supervised child, and the pipe on which each of its lives says its process id."""

    def __init__(self) -> None:
        read, self.write = os.pipe()
        os.set_inheritable(self.write, True)
        self.says: IO[str] = os.fdopen(read)
        command = [sys.executable, "-c", CHILD.format(fd=self.write)]
        self.supervisor = Supervisor(command, first_pause_s=0)

    def next_pid(self) -> int:
        return int(self.says.readline())


@pytest.fixture
def ward(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ward]:
    found = Ward()
    popen = subprocess.Popen

    def inheriting(command: list[str], **how: object) -> object:
        return popen(command, pass_fds=[found.write], **how)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "Popen", inheriting)
    found.supervisor.start()
    yield found
    found.supervisor.stop()
    os.close(found.write)
    found.says.close()


def test_a_child_that_is_killed_is_started_again(ward: Ward) -> None:
    first = ward.next_pid()
    os.kill(first, signal.SIGKILL)
    second = ward.next_pid()
    assert second != first
    os.kill(second, signal.SIGTERM)
    assert ward.next_pid() not in (first, second)


def test_stop_ends_the_child(ward: Ward) -> None:
    pid = ward.next_pid()
    ward.supervisor.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_serve_starts_a_killed_worker_again_and_ends_with_it(sqlite_url: str, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    environment |= {"PORTAL_DATABASE_URL": sqlite_url, "PYTHONPATH": str(Path(__file__).parents[2])}
    serving = subprocess.Popen(
        [sys.executable, "-m", "admin.cli.main", "serve", "--port", str(free_port())],
        env=environment,
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert serving.stderr is not None
    with serving, serving.stderr:
        first = worker_pid(serving.stderr)
        os.kill(first, signal.SIGKILL)
        second = worker_pid(serving.stderr)
        assert second != first
        serving.terminate()
        assert serving.wait(30) == 0
        with pytest.raises(ProcessLookupError):
            os.kill(second, 0)


def worker_pid(log: IO[str]) -> int:
    """The process id of the next worker that says it has started; the log may be coloured."""
    for line in log:
        if found := re.search(r"worker\.started.*?pid\D*?=\D*?(?:\[\d+m)*(\d+)", line):
            return int(found[1])
    raise AssertionError("no worker started")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
