"""Disputes in every state, for three customers of Harbor Supply Co., filed over the last three weeks: what they say,
two photos and a PDF that are made here, and what the owner did about it."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from PIL import Image, ImageDraw

from e2e.sample.company import EARLY, Bill, Customer, Line
from e2e.sample.customers import enter
from portal.actions import attachments, dispute_answers, dispute_decisions, disputes, policies
from portal.actions.dispute_decisions import Offered
from portal.actions.dispute_steps import Speaker
from portal.actions.disputes import Complaint, Filer, Wrong
from portal.actions.policies import Policy
from portal.records import Session, charges, dispute_talk
from portal.records.disputes import DisputeRow
from portal.resources import Resources
from portal.rules.resolutions import all_of, by_quantity, none_of

GULL_ROCK = Customer(
    "C-1011",
    "Gull Rock Inn",
    ("manager@gullrock.example",),
    (
        Bill("INV-2072", 24, (Line("Bath towels, set of 20", 10, 18_400), Line("Bath mats, dozen", 4, 9_600)), EARLY),
        Bill("INV-2076", 19, (Line("Coffee, dark roast, 5 lb", 12, 6_200), Line("Sugar packets, case", 3, 2_150))),
        Bill("INV-2080", 9, (Line("Table lamps, brass", 14, 7_900),), EARLY),
        Bill("INV-2085", 4, (Line("Door mats, coir", 8, 3_400), Line("Key tags, box of 100", 2, 1_900)), taxed=True),
    ),
)
FERRY_STREET = Customer(
    "C-1012",
    "Ferry Street Hardware",
    ("books@ferrystreet.example",),
    (
        Bill("INV-2073", 23, (Line("Galvanized deck screws, 25 lb box", 20, 11_000),)),
        Bill("INV-2078", 16, (Line("Marine varnish, gallon", 18, 8_450), Line("Brushes, 3 in, box", 6, 4_100))),
        Bill("INV-2082", 8, (Line("Paint rollers, case of 24", 9, 5_600),), EARLY),
    ),
)
TAMARACK = Customer(
    "C-1013",
    "Tamarack Outfitters",
    ("ap@tamarack.example",),
    (
        Bill("INV-2075", 21, (Line("Life vest, adult", 30, 5_700), Line("Life vest, child", 24, 4_900))),
        Bill("INV-2079", 15, (Line("Dry bags, 20 l", 40, 2_250),), EARLY),
        Bill("INV-2083", 6, (Line("Paddles, ash, 57 in", 16, 6_800), Line("Throw ropes, 50 ft", 10, 3_300))),
    ),
)
DISPUTING = (GULL_ROCK, FERRY_STREET, TAMARACK)
# Less than this is given without a look.
_GOODWILL = {"goodwill_dispute_cents": "4000", "goodwill_year_cents": "10000", "goodwill_month_cents": "50000"}

Step = Callable[["Desk", DisputeRow, Filer], None]


@dataclass(frozen=True, slots=True)
class Case:
    """One dispute: filed so many days ago with these files, and what was done afterwards, a day later each."""

    customer: Customer
    number: str
    wrong: tuple[Wrong, ...]
    words: str
    ago: int
    files: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()


class Desk:
    """The owner at work, in a transaction at a moment."""

    def __init__(self, session: Session, staff_id: int, policy: Policy, now: datetime) -> None:
        self.session = session
        self.policy = policy
        self.now = now
        self.staff_id = staff_id
        self.by = Speaker(f"staff:{staff_id}", staff_id=staff_id)

    def review(self, dispute: DisputeRow, filer: Filer) -> None:
        dispute_decisions.assign(self.session, dispute, self.staff_id, self.by, now=self.now)
        dispute_decisions.review(self.session, dispute, self.by, policy=self.policy, now=self.now)
        words = "Asked the warehouse for the packing slip. – R."
        dispute_decisions.note(self.session, dispute, words, self.by, now=self.now)

    def ask(self, dispute: DisputeRow, filer: Filer) -> None:
        words = "Sorry about that. Could you send a photo of the label on one of the boxes? It shows the batch."
        dispute_decisions.assign(self.session, dispute, self.staff_id, self.by, now=self.now)
        dispute_decisions.ask(self.session, dispute, words, self.by, policy=self.policy, now=self.now)

    def offer(self, dispute: DisputeRow, filer: Filer) -> None:
        given = Offered(
            "percentage", percent_bp=2500, words="The stain wipes off with spirit. Would a quarter back do?"
        )
        dispute_decisions.offer(self.session, dispute, given, self.by, policy=self.policy, now=self.now)

    def accept(self, dispute: DisputeRow, filer: Filer) -> None:
        lines = dispute_decisions.disputed_lines(self.session, dispute.id)
        self._decide(dispute, [all_of(line) for line in lines], "")

    def accept_partly(self, dispute: DisputeRow, filer: Filer) -> None:
        lines = dispute_decisions.disputed_lines(self.session, dispute.id)
        words = "The carrier’s slip shows three missing, and we have credited those. The others were signed for."
        self._decide(dispute, [by_quantity(line, "3") for line in lines], words)

    def reject(self, dispute: DisputeRow, filer: Filer) -> None:
        lines = dispute_decisions.disputed_lines(self.session, dispute.id)
        words = "The price is that of your order 4417, which we have attached to the invoice."
        self._decide(dispute, [none_of(line) for line in lines], words)

    def reopen(self, dispute: DisputeRow, filer: Filer) -> None:
        words = "Order 4417 was cancelled in March. We ordered these by 4431, at $81.00."
        dispute_answers.reopen(self.session, filer, dispute.public_id, words, (), now=self.now)

    def withdraw(self, dispute: DisputeRow, filer: Filer) -> None:
        dispute_answers.withdraw(self.session, filer, dispute.public_id, now=self.now)

    def _decide(self, dispute: DisputeRow, approved: Sequence[object], words: str) -> None:
        dispute_decisions.decide(
            self.session, dispute, approved, words, self.by, policy=self.policy, now=self.now,  # type: ignore[arg-type]
        )  # fmt: skip


_SHORT = "The driver had eight boxes on the truck and said the rest would follow. It has not."
CASES = (
    Case(GULL_ROCK, "INV-2072", (Wrong(1, "short", "6"),), "Four sets are missing; see the slip.", 20,
         ("packing-slip.pdf",), (Desk.review, Desk.accept_partly)),
    Case(FERRY_STREET, "INV-2073", (Wrong(1, "wrong_item", "20"),), "We had ordered stainless ones.", 19, (),
         (Desk.review, Desk.accept)),
    Case(TAMARACK, "INV-2075", (Wrong(1, "duplicate", ""),), "This is on INV-1994 already.", 18, (), (Desk.withdraw,)),
    Case(GULL_ROCK, "INV-2076", (Wrong(1, "damaged", "5"),), "Five bags had burst open.", 15, (), (Desk.reject,)),
    Case(FERRY_STREET, "INV-2078", (Wrong(1, "wrong_price", "81.00"),), "Our price is $81.00.", 12, (),
         (Desk.reject, Desk.reopen)),
    Case(TAMARACK, "INV-2079", (Wrong(1, "not_ordered", "10"),), "We ordered 30, not 40.", 11, (), (Desk.review,)),
    Case(GULL_ROCK, "INV-2080", (Wrong(1, "damaged", "3"),), "Three of the lamps came with a stain.", 6,
         ("lamp.jpg",), (Desk.offer,)),
    Case(TAMARACK, "INV-2083", (Wrong(1, "damaged", "4"), Wrong(2, "wrong_quantity", "8")),
         "Four paddles are cracked at the neck, and there were only eight ropes in the box.", 4, ("paddle.jpg",),
         (Desk.ask,)),
    Case(FERRY_STREET, "INV-2082", (Wrong(1, "short", "8"),), _SHORT, 2),
    Case(GULL_ROCK, "INV-2085", (Wrong(1, "not_received", "7"),), "One mat is missing.", 1),
)  # fmt: skip


def load(resources: Resources, staff_id: int, *, now: datetime) -> None:
    """File them and work them, each at its time; the customers and their invoices are there already."""
    with resources.writing() as session:
        for key, value in _GOODWILL.items():
            policies.set_policy(
                session, key, value, effective_on=now.date() - timedelta(days=2), now=now, actor="sample"
            )
    for case in CASES:
        _play(resources, case, staff_id, filed_at=now - timedelta(days=case.ago))


def _play(resources: Resources, case: Case, staff_id: int, *, filed_at: datetime) -> None:
    filer = _enter(resources, case.customer, now=filed_at)
    files = tuple(_send(resources, filer, name, now=filed_at) for name in case.files)
    with resources.reading() as session:
        charge_id = charges.id_of_number(session, filer.account_id, case.number)
    assert charge_id is not None
    complaint = Complaint(charge_id, case.wrong, case.words, files)
    filed = disputes.file(resources, filer, complaint, decimal_mark=".", now=filed_at)
    for place, step in enumerate(case.steps, start=1):
        at = filed_at + timedelta(days=place)
        with resources.writing() as session:
            policy = policies.load(session, now=at)
            dispute = dispute_decisions.load_for(session, filed.public_id, version=filed.version + place - 1)
            step(Desk(session, staff_id, policy, at), dispute, filer)
            assert dispute_talk.messages(session, dispute.id, with_private=True)


def _enter(resources: Resources, customer: Customer, *, now: datetime) -> Filer:
    """The customer's browser, after opening a link."""
    with resources.writing() as session:
        visitor = enter(session, customer, now=now)
    return Filer(visitor.account.id, visitor.session_id, visitor.contact_id)


def _send(resources: Resources, filer: Filer, name: str, *, now: datetime) -> str:
    data = _slip() if name.endswith(".pdf") else _photo(name)
    kept = attachments.keep(
        resources, account_id=filer.account_id, session_id=filer.session_id, name=name, data=data, now=now
    )
    return kept.public_id


def _photo(name: str) -> bytes:
    """A lamp with a stain, or a cracked paddle, as far as a few shapes can show it."""
    picture = Image.new("RGB", (960, 720), (214, 208, 196))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 520, 960, 720), fill=(150, 122, 92))
    if name == "lamp.jpg":
        draw.polygon([(360, 120), (600, 120), (690, 360), (270, 360)], fill=(240, 225, 180))
        draw.rectangle((462, 360, 498, 560), fill=(176, 141, 58))
        draw.ellipse((380, 540, 580, 600), fill=(160, 126, 48))
        draw.ellipse((430, 220, 520, 300), fill=(120, 84, 40))
    else:
        draw.line((120, 600, 820, 140), fill=(190, 148, 92), width=34)
        draw.ellipse((700, 60, 900, 260), fill=(196, 154, 98))
        draw.line((560, 290, 620, 350, 590, 280, 650, 320), fill=(60, 40, 24), width=8)
    body = io.BytesIO()
    picture.save(body, "JPEG", quality=85)
    return body.getvalue()


def _slip() -> bytes:
    """A packing slip, as small as a PDF can be."""
    text = b"BT /F 18 Tf 60 740 Td (Packing slip 88213: Bath towels, set of 20 - 6 packed) Tj ET"
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>\n"
        b"endobj\n"
        b"4 0 obj<</Length " + str(len(text)).encode() + b">>stream\n" + text + b"\nendstream endobj\n"
        b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )
