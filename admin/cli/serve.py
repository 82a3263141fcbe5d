"""`portal serve`: the customers' site, and beside it one worker that is kept running."""

import signal
import sys
from types import FrameType
from typing import Annotated, Any

import typer

WORKER = (sys.executable, "-m", "admin.cli.main", "worker", "--with-parent")


# No token of a link gets into a log.
LOGS = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_tokens": {"()": "portal.web.logs.WithoutTokens"}},
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(message)s"}},
    "handlers": {
        "errors": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["without_tokens"]},
    },
    "loggers": {"uvicorn": {"handlers": ["errors"], "level": "INFO", "propagate": False}},
}
# Whose word about forwarded addresses counts is ours to judge, in `web/visitors`.
OPTIONS: dict[str, Any] = {"proxy_headers": False, "server_header": False, "log_config": LOGS}


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)] = 8000,
) -> None:
    """Serve the site until told to stop. PORTAL_WORKER=off leaves the worker to somebody else."""
    import uvicorn

    from admin.cli.opening import opened
    from admin.cli.supervisor import Supervisor
    from admin.site import create_site

    # uvicorn ends its work and then raises the signal again: as an exit it lets the worker be ended too.
    signal.signal(signal.SIGTERM, _exit)
    with opened(online=True) as resources:
        supervisor = Supervisor(WORKER) if resources.settings.worker == "on" else None
        if supervisor is not None:
            supervisor.start()
        try:
            uvicorn.run(create_site(resources), host=host, port=port, **OPTIONS)
        finally:
            if supervisor is not None:
                supervisor.stop()


def _exit(signum: int, frame: FrameType | None) -> None:
    raise SystemExit(0)
