"""`portal run JOB --today DATE`: one kind of the worker's work, once, as if on that day."""

from typing import Annotated

import typer


def run(
    job: Annotated[str, typer.Argument(help="Which job; an unknown name lists them.")],
    today: Annotated[
        str | None,
        typer.Option("--today", metavar="DATE", help="The business day to work on (its noon); else this very moment."),
    ] = None,
) -> None:
    """Do one job of the worker now. Doing it twice does nothing twice."""
    from datetime import timedelta

    from admin.cli.opening import opened
    from portal.actions import policies
    from portal.jobs.worker import JOBS
    from portal.rules.dates import day_ends_at, parse_date
    from portal.rules.refusals import Refusal

    if job not in JOBS:
        raise Refusal(f"There is no job “{job}”. There are: {', '.join(JOBS)}.")
    day = parse_date(today) if today else None
    with opened(online=True) as resources:
        now = resources.clock()
        if day is not None:
            with resources.reading() as session:
                zone = policies.load(session, now=now, today=day).time_zone
            # Half a day before its end: noon, on days of any length.
            now = day_ends_at(day, zone) - timedelta(hours=12)
        done = JOBS[job](resources, now=now)
    typer.echo(f"{job}: {done} done")
