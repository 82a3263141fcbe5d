"""The evidence of a payment plan as one PDF; who took it stands in the history, with the hash of what was taken."""

from starlette.responses import Response

from admin.web.desk import StaffVisit
from portal.actions import plan_desk, plan_evidence
from portal.gateways.pdf import PdfFailed, render_pdf
from portal.records import accounts
from portal.rules.refusals import Refusal
from portal.templating import asset_root
from portal.views import plan_evidence as view
from portal.web import downloads


def export(visit: StaffVisit) -> Response:
    """Draw the bundle as things stand, write down who took it, and hand it over."""
    with visit.resources.reading() as session:
        plan = plan_desk.find(session, visit.path["plan"])
        policy = visit.policy(session)
        account = accounts.by_id(session, plan.account_id)
        found = plan_evidence.load(session, plan)
    html = view.paper(found, account, policy, policy.words(account.currency))
    try:
        pdf = render_pdf(html, assets=asset_root("static"))
    except PdfFailed:
        raise Refusal("The PDF could not be made at the moment. Please try again in a minute.", status=503) from None
    with visit.resources.writing() as session:
        plan_evidence.exported(session, plan, pdf, now=visit.now, actor=visit.actor)
    how = downloads.disposition("attachment", f"evidence-{plan.number}.pdf")
    return Response(pdf, media_type="application/pdf", headers={"content-disposition": how})
