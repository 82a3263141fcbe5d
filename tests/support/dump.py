"""Everything that a database holds, to see whether something changed it."""

from collections.abc import Mapping

from sqlalchemy import select

from portal.records import Database
from portal.records.tables import metadata


def dump(database: Database) -> Mapping[str, list[tuple[object, ...]]]:
    """Each table's rows, in order."""
    with database.reading() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key.columns))]
            for table in metadata.sorted_tables
        }
