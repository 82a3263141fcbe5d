"""`make bench`: every comparison, printed as tables. What it finds is told, not judged: it always ends well."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from itertools import count
from pathlib import Path

from e2e import run
from e2e.bench import drain, imports, pdfs, plans, postings, statement, webhooks
from e2e.bench.figures import Comparison, table
from e2e.databases import drop_template, new_postgresql, new_sqlite
from e2e.postgres import NoServerError, server_url

Fresh = Callable[[], AbstractContextManager[str]]


def main() -> None:
    """Both kinds of database where both can be had."""
    began = time.monotonic()
    this_run = run.begin()
    print(
        "CPU and wall are medians for one piece of work; a ratio is floor / portal, 1.00 being as quick as the floor.\n"
    )
    try:
        kinds = _kinds(this_run.folder)
        for title, work in _sections():
            print(table(title, [each for kind, fresh in kinds.items() for each in work(fresh, kind)]), flush=True)
        print(drain.report(kinds), flush=True)
    finally:
        drop_template(this_run.folder)
        this_run.end()
    print(f"{time.monotonic() - began:.0f} s in all.")


def _sections() -> list[tuple[str, Callable[[Fresh, str], list[Comparison]]]]:
    return [
        ("Statement page / plain Jinja loop over the same rows from memory", _on_one(statement.compare)),
        ("Webhook stored and answered / verified and answered", _on_one(_webhooks)),
        ("One payment of one invoice, with discount, posted / its own writes alone", postings.compare),
        ("The worker's look at a kept plan / its account's statement read once", _on_one(plans.compare)),
        ("Statement PDF / plain WeasyPrint of the same rows", _once(pdfs.compare)),
        ("Import of a file / the same rows by executemany or COPY", imports.compare),
    ]


def _webhooks(url: str, kind: str) -> list[Comparison]:
    return webhooks.compare(url, kind, 0.25 if kind == "SQLite" else 0.2)


def _on_one(work: Callable[[str, str], list[Comparison]]) -> Callable[[Fresh, str], list[Comparison]]:
    """Work that needs one database."""

    def wrapped(fresh: Fresh, kind: str) -> list[Comparison]:
        with fresh() as url:
            return work(url, kind)

    return wrapped


def _once(work: Callable[[str], list[Comparison]]) -> Callable[[Fresh, str], list[Comparison]]:
    """Work to which the kind of database makes no difference."""

    def wrapped(fresh: Fresh, kind: str) -> list[Comparison]:
        if kind != "SQLite":
            return []
        with fresh() as url:
            return work(url)

    return wrapped


def _kinds(folder: Path) -> dict[str, Fresh]:
    """A maker of fresh databases of each kind."""
    numbers = count(1)
    kinds: dict[str, Fresh] = {
        "SQLite": lambda: nullcontext(new_sqlite(folder, folder / f"bench-{next(numbers)}.db")),
    }
    try:
        server_url(folder, is_durable=True)
        kinds["PostgreSQL"] = partial(new_postgresql, folder)
    except NoServerError as reason:
        print(f"Without PostgreSQL: {reason}\n")
    return kinds


if __name__ == "__main__":
    main()
