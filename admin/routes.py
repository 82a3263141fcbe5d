"""The admin's table of contents: what answers where, who may look and who may act."""

from starlette.routing import BaseRoute

from admin.pages import (
    account,
    breaks,
    credits,
    customers,
    events,
    history,
    invoices,
    letters,
    log_in,
    notices,
    overview,
    payments,
    policy,
    staff,
)
from admin.web.desk import Desk, Page, desk, door


def exported(address: str, ask: Page, export: Page) -> Desk:
    """A list as a file: for whoever may see it, and for their second factor."""
    return desk(f"{address}/export", get=ask, post=export, writes="read_only", confirmed=True)


ADMIN_ROUTES: tuple[BaseRoute, ...] = (
    door("/admin/log-in", get=log_in.ask, post=log_in.enter),
    door("/admin/second-factor", get=log_in.ask_second, post=log_in.show_second),
    door("/admin/enrolment", get=log_in.ask_to_enrol, post=log_in.enrol),
    door("/admin/confirm", get=log_in.ask_again, post=log_in.show_again),
    door("/admin/passkey-challenge", post=log_in.challenge),
    door("/admin/log-out", post=log_in.log_out),
    desk("/admin", get=overview.show),
    desk("/admin/customers", get=customers.show),
    exported("/admin/customers", customers.ask_export, customers.export),
    desk("/admin/invoices", get=invoices.show),
    exported("/admin/invoices", invoices.ask_export, invoices.export),
    desk("/admin/payments", get=payments.show),
    exported("/admin/payments", payments.ask_export, payments.export),
    desk("/admin/credits", get=credits.show),
    exported("/admin/credits", credits.ask_export, credits.export),
    desk("/admin/credits/{credit}", get=credits.show_one),
    desk("/admin/notices", get=notices.show),
    exported("/admin/notices", notices.ask_export, notices.export),
    desk("/admin/notices/{notice}/end", post=notices.end),
    desk("/admin/letters", get=letters.show),
    exported("/admin/letters", letters.ask_export, letters.export),
    desk("/admin/letters/{letter}/retry", post=letters.retry),
    desk("/admin/events", get=events.show),
    exported("/admin/events", events.ask_export, events.export),
    desk("/admin/events/retry", get=events.ask_all, post=events.retry_all, reads="collector"),
    desk("/admin/events/{event}", get=events.show_one),
    desk("/admin/events/{event}/retry", post=events.retry),
    desk("/admin/breaks", get=breaks.show),
    exported("/admin/breaks", breaks.ask_export, breaks.export),
    desk("/admin/policy", get=policy.show),
    desk("/admin/policy/{key}", get=policy.show_one),
    desk(
        "/admin/policy/{key}/change", get=policy.ask, post=policy.decide, reads="owner", writes="owner", confirmed=True
    ),
    desk("/admin/history", get=history.show),
    exported("/admin/history", history.ask_export, history.export),
    desk("/admin/account", get=account.show),
    desk("/admin/account/sessions/end", post=account.end_other_sessions, writes="read_only"),
    desk("/admin/account/sessions/{session}/end", post=account.end_session, writes="read_only"),
    desk(
        "/admin/account/password",
        get=account.ask_password,
        post=account.change_password,
        writes="read_only",
        confirmed=True,
    ),
    desk(
        "/admin/account/recovery-codes",
        get=account.ask_codes,
        post=account.make_codes,
        writes="read_only",
        confirmed=True,
    ),
    desk("/admin/account/codes-app", get=account.ask_app, post=account.change_app, writes="read_only", confirmed=True),
    desk(
        "/admin/account/passkeys", get=account.ask_passkey, post=account.add_passkey, writes="read_only", confirmed=True
    ),
    desk(
        "/admin/account/passkeys/{passkey}/removal",
        get=account.ask_removal,
        post=account.remove_passkey,
        writes="read_only",
        confirmed=True,
    ),
    desk("/admin/staff", get=staff.show, reads="owner"),
    desk(
        "/admin/staff/{staff}", get=staff.show_one, post=staff.set_role, reads="owner", writes="owner", confirmed=True
    ),
    desk(
        "/admin/staff/{staff}/removal",
        get=staff.ask_removal,
        post=staff.remove,
        reads="owner",
        writes="owner",
        confirmed=True,
    ),
)
