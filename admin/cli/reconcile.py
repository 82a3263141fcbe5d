"""`portal reconcile`: Stripe against the ledger. Exit code 0: they agree; 1: breaks remain; 2: Stripe was not read."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from portal.actions.reconciliation import Reconciled


def reconcile(
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="The first day to compare; else ten days back.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare Stripe with the books, post what was missed, and name what still differs. Nothing is adjusted."""
    import json
    from dataclasses import asdict

    from admin.cli.opening import opened
    from portal.actions import policies, reconciliation
    from portal.gateways.stripe_values import StripeRefused, StripeUnavailable
    from portal.rules.dates import ONE_DAY, day_ends_at, parse_date

    day = parse_date(since) if since else None
    with opened(online=True) as resources:
        now = resources.clock()
        begin = now - reconciliation.NIGHTLY
        if day is not None:
            with resources.reading() as session:
                zone = policies.load(session, now=now).time_zone
            begin = day_ends_at(day - ONE_DAY, zone)
        try:
            done = reconciliation.reconcile(resources, since=begin, now=now)
        except (StripeUnavailable, StripeRefused) as error:
            typer.echo(f"Stripe could not be read: {error}", err=True)
            raise typer.Exit(2) from None
    if as_json:
        data = asdict(done) | {"since": done.since.isoformat()}
        data["repaired"], data["breaks"] = ([each._asdict() for each in some] for some in (done.repaired, done.breaks))
        typer.echo(json.dumps(data, indent=2, ensure_ascii=False))
    else:
        _print(done)
    if done.breaks:
        raise typer.Exit(1)


def _print(done: "Reconciled") -> None:
    for each in done.repaired:
        typer.echo(f"repaired: {each.subject}: the books had {each.ours}, Stripe {each.theirs}")
    for each in done.breaks:
        typer.echo(f"{each.kind}: {each.subject}: the books have {each.ours}, Stripe {each.theirs}\n    {each.repair}")
    typer.echo(
        f"{done.compared} facts of Stripe's since {done.since:%Y-%m-%d} compared: "
        f"{len(done.repaired)} repaired, {len(done.breaks)} differ."
    )
