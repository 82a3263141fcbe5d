"""Who works at Harbor Supply Co.: an owner with a password made for this run, whose phone we hold."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from admin.access import accounts, totp
from portal.records import staff
from portal.resources import Resources

OWNER = "owner@harborsupply.example"


@dataclass(frozen=True, slots=True)
class SampleOwner:
    """What the owner knows (`password`), and what their phone knows (`secret`)."""

    staff_id: int
    email: str
    password: str
    secret: str

    def code(self, at: datetime) -> str:
        """What their phone shows at that time."""
        return totp.code_at(self.secret, at)


def make_owner(resources: Resources, *, now: datetime) -> SampleOwner:
    """The first account, with its second factor set up already."""
    password = secrets.token_urlsafe(15)
    added = accounts.add(
        resources, email=OWNER, name="Robin Harbor", role="owner", password=password, actor="sample", now=now
    )
    encrypted = totp.new_secret(resources.keys, added.id, now=now)
    with resources.writing() as session:
        staff.set_totp(session, added.id, encrypted)
        staff.confirm_totp(session, added.id, now=now)
    return SampleOwner(added.id, OWNER, password, totp.plain_secret(resources.keys, added.id, encrypted))
