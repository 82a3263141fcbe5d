"""The statement page, as a whole ASGI request, beside the page that Jinja makes of the same rows from memory.

The floor is a Starlette application of one route, without middleware, database or thread pool. It renders the
portal's own templates with what the portal once handed to them, in an environment as Jinja makes it, and with the
rows in the plain loop that one would write first, each cell escaped by Jinja.
"""

from collections.abc import Mapping
from typing import Any
from unittest.mock import patch

from jinja2 import BaseLoader, ChoiceLoader, DictLoader, Environment
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from e2e.bench.asking import Ask, Caller
from e2e.bench.books import add_customer, opened
from e2e.bench.figures import Comparison, in_turns
from portal.app import create_app
from portal.templating import environment, render

_PAGE = "statements/show.html"
_PLAIN_ROWS = """
{% for row in rows %}
<tr role="row">
<td role="cell" class="item-pick">{% if row.charge %}<label class="pick"><input type="checkbox" name="charge" value="{{ row.charge }}" data-payable="{{ row.payable_cents }}" data-discount="{{ row.discount_cents }}"{% if row.status == "overdue" %} data-overdue{% endif %}{% if row.checked %} checked{% endif %}><span class="visually-hidden">{{ _("Pay") }} {{ row.number }}</span></label>{% endif %}</td>
<th role="rowheader" scope="row" class="item-number"><a href="{{ row.href }}">{{ row.number }}</a> <span class="sub">{{ _("Issued %(day)s", day=row.issued) }}</span></th>
<td role="cell" class="item-due" data-label="{{ _("Due") }}">{{ row.due }} <span class="sub">{{ row.relative }}</span></td>
<td role="cell" class="item-status"><span class="chip chip-{{ row.status }}">{{ STATUS[row.status] }}</span></td>
{% if row.discount %}
<td role="cell" class="item-discount"><span class="good">{{ row.discount }}</span> <span class="sub">{{ _("by %(day)s", day=row.discount_until) }}</span></td>
{% else %}
<td role="cell" class="item-discount item-none">–</td>
{% endif %}
<td role="cell" class="item-balance"><a class="explained" href="{{ row.href }}#history">{{ row.balance }}</a>{% if row.note %} <span class="sub">{{ row.note }}</span>{% endif %}</td>
</tr>
{% endfor %}
"""  # noqa: E501


def compare(url: str, kind: str) -> list[Comparison]:
    """With 24 and with 1,000 open invoices."""
    resources = opened(url)
    app = create_app(resources)
    found = []
    with Caller() as caller:
        for invoices, rounds, pieces, goal in ((24, 9, 40, 0.5), (1_000, 5, 2, None)):
            ask = add_customer(resources, invoices).asks()
            floor_app = _from_memory(_handed_over(caller, app, ask))
            page, floor_page = caller.get(app, ask), caller.get(floor_app, Ask("/"))
            assert abs(len(page) - len(floor_page)) < len(page) // 50, (len(page), len(floor_page))
            floor, portal = in_turns(
                caller.repeat(floor_app, Ask("/"), pieces),
                caller.repeat(app, ask, pieces),
                rounds=rounds,
                pieces=pieces,
            )
            name = f"{invoices:,} open invoices, {len(page) / 1000:.0f} kB, {kind}"
            found.append(Comparison(name, "µs", floor, portal, "cpu", goal))
    resources.close()
    return found


def _handed_over(caller: Caller, app: Starlette, ask: Ask) -> Mapping[str, Any]:
    """What the page hands to its template."""
    seen: dict[str, Any] = {}

    def watched(name: str, context: Mapping[str, object], locale: str) -> str:
        seen.update(context)
        return render(name, context, locale)

    with patch("portal.web.render.render", watched):
        caller.get(app, ask)
    return seen


def _from_memory(context: Mapping[str, Any]) -> Starlette:
    house = environment("en_US")
    assert isinstance(house.loader, BaseLoader)
    plain = Environment(
        loader=ChoiceLoader([DictLoader({"statements/rows.html": _PLAIN_ROWS}), house.loader]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    plain.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    plain.globals.update({name: house.globals[name] for name in ("static_url", "icon", "language")})
    template = plain.get_template(_PAGE)

    async def page(request: Request) -> Response:
        return HTMLResponse(template.render(context))

    return Starlette(routes=[Route("/", page)])
