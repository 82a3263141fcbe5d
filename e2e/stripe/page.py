"""What a customer sees of Stripe: payment page, bank's question, receipt. Works without JavaScript."""

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import jinja2
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from e2e.stripe import checkout, methods
from e2e.stripe.errors import ApiError
from e2e.stripe.state import Wire
from e2e.stripe.world import StripeWorld

TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def money(cents: int, currency: str = "usd") -> str:
    """1234 usd -> $12.34; the sign in front."""
    sign = "−" if cents < 0 else ""
    if currency == "jpy":
        return f"{sign}¥{abs(cents):,}"
    symbol = {"usd": "$", "eur": "€", "gbp": "£"}.get(currency, f"{currency.upper()} ")
    return f"{sign}{symbol}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def when(stamp: int | datetime) -> str:
    moment = stamp if isinstance(stamp, datetime) else datetime.fromtimestamp(stamp, UTC)
    return f"{moment:%b %d, %H:%M}"


TEMPLATES.filters |= {"money": money, "when": when}


def show(request: Request) -> Response:
    """GET /c/pay/{session}: the form while open, else what became of it."""
    world: StripeWorld = request.app.state.world
    with world.lock:
        world.tick()
        try:
            session = world.get("checkout.session", request.path_params["session"])
        except ApiError as error:
            return _closed(None, str(error), status=404)
        if session["status"] != "open":
            return _closed(session, f"This checkout is {session['status']}.")
        return _form(world, session, {"method": request.query_params.get("method", "")})


async def submit(request: Request) -> Response:
    """POST /c/pay/{session}: pay or save, and go to success_url, to the bank's question, or back with a reason."""
    world: StripeWorld = request.app.state.world
    filled = await request.form()
    with world.lock:
        world.tick()
        try:
            session = world.get("checkout.session", request.path_params["session"])
            if session["status"] != "open":
                return _closed(session, f"This checkout is {session['status']}.", status=409)
            intent = _pay(world, session, filled)
        except ApiError as error:
            if error.status == 404:
                return _closed(None, str(error), status=404)
            return _form(world, session, dict(filled), refused=str(error), status=422)
        world.nudge()
        return _after(world, session, intent, dict(filled))


def challenge(request: Request) -> Response:
    """GET /3ds/{intent}: the bank asks whether this is really you."""
    world: StripeWorld = request.app.state.world
    with world.lock:
        try:
            intent = checkout.asking(world, request.path_params["intent"])
        except ApiError:
            intent = {"status": "missing"}
        if intent["status"] != "requires_action":
            return _closed(None, "There is nothing to confirm here.", status=404)
        return HTMLResponse(TEMPLATES.get_template("challenge.html").render(intent=intent))


async def answer_challenge(request: Request) -> Response:
    """POST /3ds/{intent}: complete or fail, then back to where the payment came from."""
    world: StripeWorld = request.app.state.world
    passed = (await request.form()).get("answer") == "complete"
    with world.lock:
        world.tick()
        try:
            intent = checkout.asking(world, request.path_params["intent"])
            return_url = intent["next_action"]["redirect_to_url"]["return_url"] if intent["next_action"] else None
            intent = checkout.finish_challenge(world, intent["id"], passed=passed)
        except ApiError as error:
            return _closed(None, str(error), status=409)
        world.nudge()
        session = checkout.session_of(world, intent)
        if session is not None:
            return _after(world, session, intent, {})
        back = {
            "payment_intent": intent["id"],
            "payment_intent_client_secret": intent["client_secret"],
            "redirect_status": "succeeded" if intent["status"] == "succeeded" else "failed",
        }
        return RedirectResponse(f"{return_url}{'&' if '?' in str(return_url) else '?'}{urlencode(back)}", 303)


def receipt(request: Request) -> Response:
    """GET /receipts/{charge}"""
    world: StripeWorld = request.app.state.world
    with world.lock:
        charge = world.tables.get("charge", {}).get(request.path_params["charge"])
        if charge is None:
            return _closed(None, "There is no such receipt.", status=404)
        return HTMLResponse(TEMPLATES.get_template("receipt.html").render(charge=charge))


ROUTES = [
    Route("/c/pay/{session}", show, methods=["GET"]),
    Route("/c/pay/{session}", submit, methods=["POST"]),
    Route("/3ds/{intent}", challenge, methods=["GET"]),
    Route("/3ds/{intent}", answer_challenge, methods=["POST"]),
    Route("/receipts/{charge}", receipt, methods=["GET"]),
]


def _pay(world: StripeWorld, session: Wire, filled: FormData) -> Wire:
    name, email = str(filled.get("name", "")).strip() or None, str(filled.get("email", "")).strip() or None
    if filled.get("method") == "us_bank_account":
        number = "".join(str(filled.get("account_number", "")).split())
        method = methods.bank_account(world, number, name=name, email=email)
    else:
        number = "".join(str(filled.get("card_number", "")).split())
        month, year = _expiry(str(filled.get("expiry", "")), world.now())
        method = methods.card(world, number, name=name, email=email, month=month, year=year)
    return checkout.submit(world, session["id"], method, name=name, email=email)


def _expiry(text: str, now: datetime) -> tuple[int, int]:
    """ "12 / 34" -> (12, 2034), not in the past."""
    month, _, year = text.replace(" ", "").partition("/")
    if not (month.isdecimal() and year.isdecimal() and 1 <= int(month) <= 12 and len(year) in (2, 4)):
        raise ApiError(400, "Your card's expiration date is incomplete. Write it as 12/34.", param="expiry")
    full = int(year) + (2000 if len(year) == 2 else 0)
    if (full, int(month)) < (now.year, now.month):
        raise ApiError(400, "Your card's expiration date is in the past.", param="expiry")
    return int(month), full


def _after(world: StripeWorld, session: Wire, intent: Wire, filled: dict[str, object]) -> Response:
    if intent["status"] in ("succeeded", "processing"):
        return RedirectResponse(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]), 303)
    if intent["status"] == "requires_action":
        return RedirectResponse(intent["next_action"]["redirect_to_url"]["url"], 303)
    error = intent["last_setup_error"] if session["mode"] == "setup" else intent["last_payment_error"]
    return _form(world, session, filled, refused=error["message"], status=402)


def _form(
    world: StripeWorld,
    session: Wire,
    filled: dict[str, object],
    *,
    refused: str | None = None,
    status: int = 200,
) -> Response:
    lines = [
        line | {"detail": world.get("product", line["price"]["product"])["description"]}
        for line in world.hidden[session["id"]]["lines"]
    ]
    types = session["payment_method_types"]
    chosen = filled.get("method") if filled.get("method") in types else types[0]
    page = TEMPLATES.get_template("pay.html")
    return HTMLResponse(
        page.render(session=session, lines=lines, types=types, chosen=chosen, filled=filled, refused=refused),
        status,
    )


def _closed(session: Wire | None, message: str, *, status: int = 200) -> Response:
    page = TEMPLATES.get_template("closed.html")
    return HTMLResponse(page.render(session=session, message=message), status)
