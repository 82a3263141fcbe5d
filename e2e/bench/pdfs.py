"""The statement's PDF beside plain WeasyPrint of the same rows, both warm and in a thread of this process.

The portal's side is the whole request (access, database, template), with the child process that draws PDFs left
out of it, because only a process's own time can be measured. The floor is the same paper as WeasyPrint draws it by
default: a system font, automatic table layout, a border around each cell.
"""

import re
from unittest.mock import patch

import weasyprint
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from e2e.bench.asking import Ask, Caller
from e2e.bench.books import add_customer, opened
from e2e.bench.figures import Comparison, in_turns
from portal.app import create_app
from portal.gateways.pdf import render_here
from portal.pages import statements

_ROWS = 24
_PLAIN = """<style>
body { font: 9pt sans-serif }
table { width: 100%; border-collapse: collapse }
td, th { border: 1px solid #ccc; padding: 4px }
</style>"""


def compare(url: str) -> list[Comparison]:
    """With 24 lines."""
    resources = opened(url)
    app = create_app(resources)
    ask = add_customer(resources, _ROWS).asks("/statement.pdf")
    papers: list[str] = []

    def here(html: str, **more: object) -> bytes:
        papers.append(html)
        return render_here(html, **more)  # type: ignore[arg-type]

    with Caller() as caller, patch.object(statements, "render_pdf", here):
        caller.get(app, ask)
        paper = re.sub(r'<link rel="stylesheet"[^>]*>', _PLAIN, papers[-1])
        # The walk to the balance follows in tables of its own.
        assert paper.partition('<table class="compact">')[0].count("<tr>") == _ROWS + 1

        def plain(request: Request) -> Response:
            html = weasyprint.HTML(string=paper)
            return Response(html.write_pdf(pdf_variant="pdf/ua-1"), media_type="application/pdf")

        floor_app = Starlette(routes=[Route("/", plain)])
        floor, portal = in_turns(caller.repeat(floor_app, Ask("/"), 1), caller.repeat(app, ask, 1), rounds=5)
    resources.close()
    return [Comparison(f"{_ROWS} lines, PDF/UA-1", "ms", floor, portal, "cpu", 1.0)]
