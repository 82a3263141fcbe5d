"""Where the house's own log lines go: to the error channel, so that what a command prints is for its caller."""

import sys

import structlog


def log_to_stderr() -> None:
    """Plain tracebacks: structlog's own would show the values of variables, and keys and tokens among them."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
