"""The statement's PDF beside plain WeasyPrint of the same rows, both warm and in a thread of this process.

The portal's side is the whole request (access, database, template), with the child process that draws PDFs left
out of it, because only a process's own time can be measured. The floor is a table with default layout and borders.
"""

import re
from unittest.mock import patch

import weasyprint
from jinja2 import Environment
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
_PLAIN = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Statement</title>
<style>body { font: 9pt sans-serif } table { width: 100%; border-collapse: collapse } td, th { border: 1px solid #ccc; padding: 4px }</style>
</head><body><h1>Statement</h1>
<table><thead><tr>{% for name in head %}<th>{{ name }}</th>{% endfor %}</tr></thead>
<tbody>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</tbody></table>
</body></html>"""  # noqa: E501


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
        head, rows = _cells(papers[-1])
        assert len(rows) == _ROWS
        template = Environment(autoescape=True).from_string(_PLAIN)

        def plain(request: Request) -> Response:
            html = weasyprint.HTML(string=template.render(head=head, rows=rows))
            return Response(html.write_pdf(pdf_variant="pdf/ua-1"), media_type="application/pdf")

        floor_app = Starlette(routes=[Route("/", plain)])
        floor, portal = in_turns(caller.repeat(floor_app, Ask("/"), 1), caller.repeat(app, ask, 1), rounds=5)
    resources.close()
    return [Comparison(f"{_ROWS} lines, PDF/UA-1", "ms", floor, portal, "cpu", 1.0)]


def _cells(html: str) -> tuple[list[str], list[list[str]]]:
    """The texts of the paper's table: its head, and its rows."""
    head, *rows = [
        [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", html, flags=re.DOTALL)
    ]
    return head, rows
