"""Writing down who did what and when. Called by whatever changes something, in the same transaction."""

from collections.abc import Mapping
from datetime import datetime

from portal.records import Session
from portal.records import history as records
from portal.records.history import HistoryRow


def write(
    session: Session,
    *,
    action: str,
    actor: str,
    now: datetime,
    account_id: int | None = None,
    charge_id: int | None = None,
    detail: Mapping[str, object] | None = None,
) -> int:
    """Write an act down, and return its id. `action` is `topic.verb`; `actor` is `cli`, `stripe`, `contact:7`; `detail`
    is JSON without secrets."""
    return records.add(session, HistoryRow(now, actor, action, account_id, charge_id, detail or {}))
