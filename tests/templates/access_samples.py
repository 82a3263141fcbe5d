"""Sample contexts of logging in to the admin, one's own account, and staff; see samples.py."""

from collections.abc import Mapping

from admin.access.totp import drawing
from admin.web.navigation import navigation
from portal.records.staff import StaffRow
from tests.templates.base import CANARY, NOBODY

Context = Mapping[str, object]

PAT = StaffRow(1, "st_1", "pat@harborsupply.example", f"Pat Quill {CANARY}", "owner")
# What every page of somebody who is logged in has.
WAITS = {"disputes": 5, "notices": 1, "letters": 0, "events": 0, "breaks": 0}
DESK: dict[str, object] = {
    **NOBODY,
    "staff": PAT,
    "navigation": navigation(WAITS, "owner", here="/admin/invoices"),
    "said": "It is done.",
}

LOG_IN: dict[str, object] = {
    **NOBODY,
    "errors": [],
    "next": "/admin/disputes?turn=seller",
    "email_value": "",
    "logged_out": False,
}
SECOND: dict[str, object] = {
    **NOBODY,
    "errors": [],
    "action": "/admin/second-factor",
    "next": "/admin",
    "again": False,
    "typed_lost": False,
    "has_passkeys": True,
}
ENROLMENT: dict[str, object] = {
    **NOBODY,
    "errors": [],
    "action": "/admin/enrolment",
    "next": "/admin",
    "secret": "gAAAAABo",
    "drawing": drawing("JBSWY3DPEHPK3PXP" * 2, email=PAT.email, seller="Harbor Supply Co."),
    "plain": "JBSW Y3DP EHPK 3PXP",
}
SESSION: dict[str, object] = {
    "began": "November 22, 2026, 2:05 PM EST",
    "ends": "November 23, 2026, 2:05 AM EST",
    "address": "203.0.113.7",
    "browser": f"Mozilla/5.0 {CANARY}",
    "is_this": True,
    "end": "/admin/account/sessions/se_1/end",
}
ACCOUNT: dict[str, object] = {
    **DESK,
    "role": "Owner",
    "codes_left": 1,
    "passkeys_possible": True,
    "sessions": [SESSION, {**SESSION, "is_this": False, "address": "198.51.100.0"}],
    "passkeys": [
        {"name": f"Phone {CANARY}", "added": "May 2", "used": "May 3", "remove": "/admin/account/passkeys/p_1/removal"},
        {"name": "Key", "added": "May 2", "used": "", "remove": "/admin/account/passkeys/p_2/removal"},
    ],
}
MEMBER: dict[str, object] = {
    **DESK,
    "errors": [],
    "name": f"Kim {CANARY}",
    "email": "kim@harborsupply.example",
    "roles": [
        {"value": "owner", "text": "Owner: everything", "checked": False},
        {"value": "collector", "text": "Collector: works on disputes", "checked": True},
    ],
    "action": "/admin/staff/st_2",
    "remove": "/admin/staff/st_2/removal",
    "back": "/admin/staff",
}
PASSKEY: dict[str, object] = {**DESK, "errors": [], "name_value": "", "are_possible": True}


def wrong(field: str) -> dict[str, list[dict[str, str]]]:
    return {"errors": [{"field": field, "text": "That is wrong."}]}


ACCESS: dict[str, dict[str, Context]] = {
    "admin/problem.html": {
        "log in": {**NOBODY, "heading": "Log in first", "sentence": "So.", "go_on": ("/admin/log-in", "Log in")},
        "refused": {
            **NOBODY,
            "heading": "There is a problem",
            "sentence": f"Not {CANARY}.",
            "go_on": ("/admin", "Go on"),
        },
    },
    "admin/access/log_in.html": {
        "first": LOG_IN,
        "wrong": {**LOG_IN, **wrong("email"), "email_value": f"pat{CANARY}"},
        "out": {**LOG_IN, "logged_out": True},
    },
    "admin/access/second_factor.html": {
        "first": SECOND,
        "wrong": {**SECOND, **wrong("code"), "has_passkeys": False},
        "again": {**SECOND, "again": True, "typed_lost": True, "action": "/admin/confirm"},
        "lost": {**SECOND, **wrong("recovery_code")},
    },
    "admin/access/enrolment.html": {"first": ENROLMENT, "wrong": {**ENROLMENT, **wrong("code")}},
    "admin/access/recovery_codes.html": {
        "ten": {**NOBODY, "codes": ["ABCD-EFGH-IJKL-MN23"] * 10, "next": "/admin"},
    },
    "admin/access/account.html": {
        "owner": ACCOUNT,
        "plain": {**ACCOUNT, "passkeys": [], "passkeys_possible": False, "sessions": [SESSION]},
    },
    "admin/access/password.html": {"first": {**DESK, "errors": []}, "wrong": {**DESK, **wrong("new")}},
    "admin/access/passkey.html": {
        "first": PASSKEY,
        "wrong": {**PASSKEY, **wrong("name"), "name_value": CANARY},
        "impossible": {**PASSKEY, "are_possible": False},
    },
    "admin/access/sure.html": {
        "removal": {**DESK, "heading": f"Remove {CANARY}", "sentence": "So.", "button": "Remove", "back": "/admin"},
    },
    "admin/access/staff.html": {
        "two": {
            **DESK,
            "rows": [
                {"name": PAT.name, "email": PAT.email, "role": "Owner", "is_me": True, "href": "/admin/staff/st_1"},
                {
                    "name": "Kim",
                    "email": "kim@x.example",
                    "role": "Collector",
                    "is_me": False,
                    "href": "/admin/staff/2",
                },
            ],
        },
    },
    "admin/access/staff_member.html": {"kim": MEMBER, "wrong": {**MEMBER, **wrong("role")}},
}
