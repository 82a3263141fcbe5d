"""`portal import FILE`: invoices and customers from QuickBooks Online, Xero, our own format, or any CSV by mapping."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portal.rules.refusals import Refusal

if TYPE_CHECKING:
    from portal.actions.imports import ImportReport

MOST_NOTES = 20


class Dates(StrEnum):
    """The order of day and month in dates such as 03/04/2026."""

    MDY = "mdy"
    DMY = "dmy"


def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The CSV file to import.")],
    column: Annotated[
        list[str] | None,
        typer.Option("--column", metavar="FIELD=HEADER", help='Which header holds a field, as "number=Inv. No.".'),
    ] = None,
    dates: Annotated[
        Dates | None, typer.Option("--dates", help="Month first (mdy) or day first (dmy), if the file does not tell.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and change nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON, amounts in whole cents.")] = False,
) -> None:
    """Import invoices, all or nothing. Importing the same file again changes nothing."""
    from admin.cli.opening import opened
    from portal.actions import imports

    try:
        columns = read_columns(column or [])
        data = _read(file)
        with opened() as resources, _progress() as on_progress:
            report = imports.import_file(
                resources,
                data,
                file_name=file.name,
                now=resources.clock(),
                columns=columns,
                dates=dates.value if dates else None,
                dry_run=dry_run,
                on_progress=on_progress,
            )
    except Refusal as refusal:
        raise Refusal(f"{refusal.sentence}\nNothing was imported.") from None
    if as_json:
        typer.echo(json.dumps(imports.as_plain_data(report), indent=2, ensure_ascii=False, default=str))
    for problem in report.problems:
        typer.echo(str(problem), err=True)
    if report.problems:
        count = len(report.problems)
        typer.echo(f"{_count(count, 'problem')}. Nothing was imported.", err=True)
        raise typer.Exit(1)
    if not as_json:
        _print(report)


def read_columns(pairs: Sequence[str]) -> dict[str, str]:
    """`number=Inv. No.` -> {"number": "Inv. No."}; refuses a pair without both sides, and a field given twice."""
    found: dict[str, str] = {}
    for pair in pairs:
        field, equals, header = (part.strip() for part in pair.partition("="))
        if not (field and equals and header):
            raise Refusal(f'“{pair}” does not say which header holds which field. Write --column "number=Inv. No.".')
        if field in found:
            raise Refusal(f"--column {field}=… is given twice.")
        found[field] = header
    return found


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Refusal(f"The file {file} cannot be read: {error.strerror}.") from None


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None] | None]:
    """A bar on the error channel, where that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress, TaskID

    with Progress(console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield show


def _print(report: "ImportReport") -> None:
    from portal.rules.money import words

    rows = _count(report.rows, "row")
    typer.echo(f"{report.file_name}: {rows}, read as {report.format_name}.")
    added = {
        "customer": report.accounts,
        "contact": report.contacts,
        "invoice": report.invoices,
        "credit memo": report.credits,
        "payment": report.payments,
    }
    said = [_count(count, thing) for thing, count in added.items() if count]
    verb = "Would add" if report.is_dry_run else "Added"
    typer.echo(f"{verb} {', '.join(said)}." if said else "Nothing is new.")
    for total in report.totals:
        parts = {"Invoices": total.invoices_cents, "credit memos": total.credits_cents, "paid": total.payments_cents}
        typer.echo(", ".join(f"{what} {words(cents, total.currency)}" for what, cents in parts.items() if cents) + ".")
    if report.unchanged:
        typer.echo(f"{_count(report.unchanged, 'invoice')} unchanged.")
    for note in report.notes[:MOST_NOTES]:
        typer.echo(f"Note, {note}")
    if len(report.notes) > MOST_NOTES:
        typer.echo(f"… and {_count(len(report.notes) - MOST_NOTES, 'more note')}; --json lists them all.")
    if report.is_dry_run:
        typer.echo("This was a dry run: nothing was imported.")


def _count(count: int, thing: str) -> str:
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"
