"""Tables, their constraints, and the questions asked of them. The only rooms that know SQLAlchemy."""

from portal.records.engine import Database, Session, open_database, undone

__all__ = ["Database", "Session", "open_database", "undone"]
