"""What a statement becomes in SQL, kept for the whole process.

SQLAlchemy keeps it for one engine, as long as that lives. Each test opens a database of its own and would compile
every statement anew: half of what a test of an action costs. A server compiles a statement once, too.
"""

from typing import Any

from sqlalchemy import Connection, Engine, event


class _ByKind(dict[Any, Any]):
    """SQLAlchemy's keys begin with the engine's own dialect; here, all engines for one kind of database are equal."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_shared(key), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__(_shared(key), compiled)


def compile_once() -> None:
    """From now on, whatever engine is opened in this process."""
    kept = _ByKind()

    @event.listens_for(Engine, "engine_connect")
    def share(connection: Connection) -> None:
        connection.execution_options(compiled_cache=kept)


def _shared(key: Any) -> Any:
    dialect, *rest = key
    return dialect.name, *rest
