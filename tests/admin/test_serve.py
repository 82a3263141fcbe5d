"""What gets into the log of `portal serve`."""

import logging
import logging.config

import pytest
import structlog

from admin.cli.logs import log_to_stderr
from admin.cli.serve import LOGS


def test_no_token_gets_into_the_access_log(capsys: pytest.CaptureFixture[str]) -> None:
    logging.config.dictConfig(LOGS)
    log = logging.getLogger("uvicorn.access")
    log.info('%s - "%s %s HTTP/%s" %d', "127.0.0.1:5", "GET", "/l/WyJhYmMiLDFd.secret", "1.1", 200)
    logging.getLogger("uvicorn").handlers.clear()
    logged = capsys.readouterr().err
    assert "/l/… HTTP/1.1" in logged
    assert "secret" not in logged


def test_tracebacks_show_no_values(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr()
    try:
        _fail("hu" + "sh")
    except ValueError:
        structlog.get_logger().exception("job.failed", job="letters")
    said = capsys.readouterr()
    assert said.out == ""
    assert "job.failed" in said.err
    assert "ValueError" in said.err
    assert "hush" not in said.err


def _fail(token: str) -> None:
    raise ValueError(len(token))
