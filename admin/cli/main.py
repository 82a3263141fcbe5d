"""`portal`: the owner's command line as a table of contents. Each command is a function in a room of its own.

Rooms import the house inside their functions: SQLAlchemy, pydantic and Stripe take longer to import than most
commands take to run.
"""

from typing import Any

import typer
from typer.core import TyperGroup

from admin.cli import (
    account,
    check,
    imports,
    link,
    notices,
    payment,
    policy,
    reconcile,
    refund,
    run,
    serve,
    staff,
    worker,
    write_off,
)
from portal.rules.refusals import Refusal


class Refusing(TyperGroup):
    """Says a refusal's sentence on the error channel and exits with 1, without a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            typer.echo(refusal.sentence, err=True)
            raise typer.Exit(1) from None


app = typer.Typer(
    cls=Refusing,
    help="The customer payment portal. Settings are environment variables named PORTAL_….",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("import")(imports.import_file)
app.command("link")(link.link)
app.command("account")(account.account)
app.add_typer(payment.app, name="payment")
app.command("refund")(refund.refund)
app.command("write-off")(write_off.write_off)
app.command("check")(check.check)
app.command("reconcile")(reconcile.reconcile)
app.add_typer(policy.app, name="policy")
app.add_typer(notices.app, name="notices")
app.add_typer(staff.app, name="staff")
app.command("serve")(serve.serve)
app.command("worker")(worker.worker)
app.command("run")(run.run)

if __name__ == "__main__":
    app()
