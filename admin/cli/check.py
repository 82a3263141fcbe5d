"""`portal check`: do the books and the files hold together? Exit code 1 where they do not, and each breach by name."""

import typer


def check() -> None:
    """Assert on the live data what must always hold; changes nothing."""
    from admin.cli.opening import opened
    from portal.actions.check import check_books
    from portal.actions.stored_files import check_files

    with opened() as resources:
        now = resources.clock()
        with resources.reading() as session:
            found = check_books(session, now=now)
        files = check_files(resources, now=now)
    count = len(found.breaches) + len(files)
    for breach in found.breaches:
        typer.echo(f"invariant {breach.invariant}: {breach.subject} {breach.sentence}")
    for sentence in files:
        typer.echo(sentence)
    if count:
        typer.echo(f"{count} {'breach' if count == 1 else 'breaches'} in {found.accounts} accounts.", err=True)
        raise typer.Exit(1)
    typer.echo(f"{found.accounts} accounts, {found.charges} charges, {found.movements} movements: everything holds.")
