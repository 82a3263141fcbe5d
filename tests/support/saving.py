"""A customer who saves cards and bank accounts, with a plan and automatic payments to use them for."""

from collections.abc import Sequence

from sqlalchemy import select

from portal.actions import autopays, saved_methods, setups
from portal.actions.checkouts import Method, Payer
from portal.actions.setups import Purpose
from portal.records import autopays as autopay_records
from portal.records import saved_methods as records
from portal.records import setups as setup_records
from portal.records.autopays import AutopayRow
from portal.records.saved_methods import MethodRow
from portal.records.setups import SetupRow
from portal.records.tables import letters
from portal.records.tables import saved_methods as methods_table
from portal.records.tables import setups as setups_table
from tests.support.planned import Planned

CONSENT = "I agree.\nEvery word of it."


class Saving(Planned):
    """`Planned`'s customer at Stripe's page for saving a method."""

    @property
    def payer(self) -> Payer:
        return Payer(self.account.id, 1, self.access.contact_id)

    def begin_setup(
        self, kind: Method = "card", purpose: Purpose = "keep", *, plan_id: int | None = None, consent: str = CONSENT
    ) -> str:
        now = self.house.clock.now()
        wish = {"kind": kind, "purpose": purpose, "plan_id": plan_id, "consent": consent}
        return setups.begin(self.house.resources, self.payer, **wish, now=now)  # type: ignore[arg-type]

    def save(self, kind: Method = "card", purpose: Purpose = "keep", *, plan_id: int | None = None) -> MethodRow:
        """All the way to Stripe and back; answers the newest method."""
        self.begin_setup(kind, purpose, plan_id=plan_id)
        self.finish()
        self.sync_setup()
        return self.methods()[-1]

    def finish(self) -> None:
        """The customer fills in the newest page at Stripe."""
        setup = self.setups()[-1]
        assert setup.checkout_id is not None
        if setup.kind == "card":
            self.house.stripe.pay_by_card(setup.checkout_id)
        else:
            self.house.stripe.pay_by_bank(setup.checkout_id)

    def sync_setup(self) -> None:
        setups.sync(self.house.resources, self.setups()[-1].id, now=self.house.clock.now())

    def setups(self) -> Sequence[SetupRow]:
        with self.house.resources.reading() as session:
            ids = session.execute(select(setups_table.c.id).order_by(setups_table.c.id)).scalars().all()
            return [setup_records.by_id(session, each) for each in ids]

    def methods(self) -> Sequence[MethodRow]:
        """Living or not, oldest first."""
        with self.house.resources.reading() as session:
            ids = session.execute(select(methods_table.c.id).order_by(methods_table.c.id)).scalars().all()
            return [records.by_id(session, each) for each in ids]

    def remove(self, method: MethodRow) -> None:
        saved_methods.remove(self.house.resources, self.account.id, method.public_id, now=self.house.clock.now())

    def look_again(self, method: MethodRow) -> bool:
        return saved_methods.look_again(self.house.resources, method.payment_method_id, now=self.house.clock.now())

    def turn_on(self, method: MethodRow) -> AutopayRow:
        now = self.house.clock.now()
        with self.house.resources.writing() as session:
            return autopays.turn_on(
                session, self.account, method, contact_id=self.access.contact_id, consent=CONSENT, now=now
            )

    def turn_off(self) -> AutopayRow | None:
        now = self.house.clock.now()
        with self.house.resources.writing() as session:
            return autopays.turn_off(session, self.account.id, why="turned_off", now=now, actor="contact:1")

    def autopay(self) -> AutopayRow | None:
        with self.house.resources.reading() as session:
            return autopay_records.in_force(session, self.account.id)

    def told(self) -> list[str]:
        """The kinds of the letters about methods and automatic payments that were staged, in their order."""
        with self.house.resources.reading() as session:
            kinds = select(letters.c.kind).where(letters.c.method_id.is_not(None)).order_by(letters.c.id)
            return list(session.execute(kinds).scalars())

    def is_attached(self, method: MethodRow) -> bool:
        """Whether Stripe could still charge it."""
        (found,) = [each for each in self.house.stripe.all("payment_method") if each["id"] == method.payment_method_id]
        return found["customer"] is not None
