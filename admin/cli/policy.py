"""`portal policy get` and `portal policy set`: what the business has decided, with the day from which it holds."""

from typing import Annotated

import typer

app = typer.Typer(help="Show or decide what the business has decided: terms, time zone, smallest payment …")


@app.command("get")
def get_policy(
    key: Annotated[str | None, typer.Argument(help="One policy, whose value alone is printed.")] = None,
) -> None:
    """Show every policy in effect today with what it means, or the value of one."""
    from dataclasses import asdict

    from admin.cli.opening import opened
    from portal.actions import policies
    from portal.rules.policy import CATALOGUE
    from portal.rules.refusals import Refusal

    with opened() as resources, resources.reading() as session:
        values = asdict(policies.load(session, now=resources.clock()))
    if key is None:
        for name, about in CATALOGUE.items():
            typer.echo(f"{name} = {values[name]}\n    {about.meaning}")
    elif key in CATALOGUE:
        typer.echo(values[key])
    else:
        raise Refusal(f"There is no policy “{key}”. There are: {', '.join(CATALOGUE)}.")


@app.command("set")
def set_policy(
    key: Annotated[str, typer.Argument(help="Which policy; `portal policy get` lists them.")],
    value: Annotated[str, typer.Argument(help="Its new value.")],
    since: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="The first day it holds (2026-03-31); else today.")
    ] = None,
) -> None:
    """Decide a policy anew. What was promised before stays as it was promised."""
    from admin.cli.opening import opened
    from portal.actions import policies
    from portal.rules.dates import parse_date

    day = parse_date(since) if since else None
    with opened() as resources, resources.writing() as session:
        now = resources.clock()
        effective_on = day or policies.load(session, now=now).today
        decided = policies.set_policy(session, key, value, effective_on=effective_on, now=now, actor="cli")
    typer.echo(f"{key} = {decided} from {effective_on.isoformat()}")
