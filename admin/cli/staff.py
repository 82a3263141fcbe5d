"""`portal staff`: who works here. The only way to a first account; and the last resort for a lost second factor."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from portal.records import Session
    from portal.records.staff import StaffRow

app = typer.Typer(help="Add those who work here, say what they may do, and remove them.")

Email = Annotated[str, typer.Argument(help="The address they log in with.")]
RoleName = Literal["owner", "collector", "read_only"]


@app.command("add")
def add(
    email: Email,
    name: Annotated[str, typer.Option(help="As it stands beside what they do.")],
    role: Annotated[RoleName, typer.Option(help="What they may do.")],
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from the standard input.")
    ] = False,
) -> None:
    """Add somebody. They set up their second factor when they first log in."""
    import sys

    from admin.access import accounts
    from admin.cli.opening import opened
    from portal.rules.refusals import Refusal

    if email.count("@") != 1 or len(email) > 254 or not name.strip() or len(name) > 200:
        raise Refusal("Give an e-mail address and a name of at most 200 characters.")
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = typer.prompt("Password (at least 15 characters)", hide_input=True, confirmation_prompt=True)
    with opened() as resources:
        added = accounts.add(
            resources,
            email=email,
            name=name.strip(),
            role=role,
            password=password,
            actor="cli",
            now=resources.clock(),
        )
        typer.echo(f"{added.name} can log in at {resources.settings.base_url}/admin")


@app.command("list")
def list_staff() -> None:
    """Show everybody and what they may do."""
    from admin.cli.opening import opened
    from portal.records import staff

    with opened() as resources, resources.reading() as session:
        everybody = staff.present(session)
    for each in everybody:
        typer.echo(f"{each.role:<10} {each.email}  {each.name}")
    if not everybody:
        typer.echo("Nobody yet. Begin with: portal staff add EMAIL --name NAME --role owner")


@app.command("role")
def set_role(email: Email, role: Annotated[RoleName, typer.Argument(help="What they may do from now on.")]) -> None:
    """Give somebody another role, at once."""
    from admin.access import accounts
    from admin.cli.opening import opened

    with opened() as resources, resources.writing() as session:
        who = _one(session, email)
        accounts.set_role(session, who, role, actor="cli", now=resources.clock())
    typer.echo(f"{who.email}: {role}")


@app.command("remove")
def remove(email: Email) -> None:
    """Remove somebody: their sessions end, and they cannot log in any more."""
    from admin.access import accounts
    from admin.cli.opening import opened

    with opened() as resources, resources.writing() as session:
        who = _one(session, email)
        accounts.remove(session, who, actor="cli", now=resources.clock())
    typer.echo(f"{who.email} is removed.")


@app.command("reset-second-factor")
def reset_second_factor(email: Email) -> None:
    """For somebody who has lost their phone and their recovery codes: they set up a new one at the next log-in."""
    from admin.access import accounts
    from admin.cli.opening import opened

    with opened() as resources, resources.writing() as session:
        who = _one(session, email)
        accounts.reset_second_factor(session, who, actor="cli", now=resources.clock())
    typer.echo(f"{who.email} sets up a new second factor at the next log-in. Their sessions have ended.")


def _one(session: "Session", email: str) -> "StaffRow":
    from portal.records import staff
    from portal.rules.refusals import NotFound

    found = staff.by_email(session, email.strip().lower())
    if found is None:
        raise NotFound(f"Nobody logs in with {email}. `portal staff list` shows everybody.")
    return found
