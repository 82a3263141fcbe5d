"""Alembic's home: one file per step in `versions/`."""
