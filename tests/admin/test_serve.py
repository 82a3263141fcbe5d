"""What gets into the log of `portal serve`."""

import logging
import logging.config

import pytest

from admin.cli.serve import LOGS


def test_no_token_gets_into_the_access_log(capsys: pytest.CaptureFixture[str]) -> None:
    logging.config.dictConfig(LOGS)
    log = logging.getLogger("uvicorn.access")
    log.info('%s - "%s %s HTTP/%s" %d', "127.0.0.1:5", "GET", "/l/WyJhYmMiLDFd.secret", "1.1", 200)
    logging.getLogger("uvicorn").handlers.clear()
    logged = capsys.readouterr().err
    assert "/l/… HTTP/1.1" in logged
    assert "secret" not in logged
