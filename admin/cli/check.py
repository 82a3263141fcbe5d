"""`portal check`: do the books, the files and the history hold together? Exit code 1 where not, each breach by name."""

import typer


def check() -> None:
    """Assert on the live data what must always hold; changes nothing."""
    from admin.cli.opening import opened
    from portal.actions import history_seals
    from portal.actions.check import check_books
    from portal.actions.stored_files import check_files

    with opened() as resources:
        now = resources.clock()
        with resources.reading() as session:
            found = check_books(session, now=now)
            chain = history_seals.walk(session, now=now)
        files = check_files(resources, now=now)
    count = len(found.breaches) + len(files) + bool(chain.broken)
    for breach in found.breaches:
        typer.echo(f"invariant {breach.invariant}: {breach.subject} {breach.sentence}")
    for sentence in files:
        typer.echo(sentence)
    if chain.broken:
        typer.echo(f"the history does not hold: {chain.broken}")
    if chain.waiting:
        typer.echo(f"{chain.waiting} acts of the history wait for their seal: does the worker run?", err=True)
    if chain.sealed:
        # Noted elsewhere, it tells whether the end of the chain was cut off.
        typer.echo(f"{chain.sealed} sealed in the history. Head: {chain.head}")
    if count:
        typer.echo(f"{count} {'breach' if count == 1 else 'breaches'} in {found.accounts} accounts.", err=True)
        raise typer.Exit(1)
    typer.echo(f"{found.accounts} accounts, {found.charges} charges, {found.movements} movements: everything holds.")
