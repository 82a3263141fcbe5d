"""Whatever is wrong around a command is said in a sentence; what it does not need is not even imported."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.admin.conftest import CommandLine

HEAVY = ("stripe", "weasyprint", "starlette", "jinja2", "babel", "alembic", "css_inline", "uvicorn")


def test_nothing_needs_to_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PORTAL_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    said = CommandLine()("check")
    assert (said.code, said.err) == (0, "")
    assert (tmp_path / "data" / "portal.db").exists()


def test_each_wrong_setting_is_named(sqlite_portal: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_BASE_URL", "pay.example.com")
    monkeypatch.setenv("PORTAL_SECRET_KEYS", "short-secret")
    said = sqlite_portal("check")
    assert (said.code, said.out) == (1, "")
    assert "PORTAL_BASE_URL" in said.err
    assert "PORTAL_SECRET_KEYS" in said.err
    assert "short-secret" not in said.err


@pytest.mark.parametrize(
    "url",
    ["postgresql://portal:hush@127.0.0.1:1/portal", "sqlite:////proc/portal.db", "mysql://hush@db/portal", "hush"],
)
def test_a_database_that_cannot_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PORTAL_DATABASE_URL", url)
    said = CommandLine()("check")
    assert (said.code, said.out) == (1, "")
    assert "PORTAL_DATABASE_URL" in said.err
    assert "hush" not in said.err


def test_a_mail_server_that_makes_no_sense(sqlite_portal: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_SMTP_URL", "https://user:hush@mail.example")
    said = sqlite_portal("run", "letters")
    assert (said.code, said.out) == (1, "")
    assert "PORTAL_SMTP_URL" in said.err
    assert "hush" not in said.err


def test_reading_an_account_imports_nothing_heavy(sqlite_url: str, tmp_path: Path) -> None:
    program = (
        "import sys; from typer.testing import CliRunner; from admin.cli.main import app\n"
        "done = CliRunner().invoke(app, ['account', 'nobody'])\n"
        f"print(done.exit_code, [name for name in {HEAVY!r} if name in sys.modules])"
    )
    environment = os.environ | {
        "PORTAL_DATABASE_URL": sqlite_url,
        "PORTAL_STRIPE_SECRET_KEY": "sk_test_x",
        "PORTAL_SMTP_URL": "smtp://127.0.0.1",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "1 []\n"
