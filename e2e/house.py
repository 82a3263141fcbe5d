"""`make run`: the whole house with a sample company in a temporary folder, and the world around it.

The portal is a process of its own on 127.0.0.1, the stand-in for Stripe and the mailbox answer on localhost: to a
browser these are different sites, as in life. One clock serves all; the stand-in's dashboard moves it.
"""

import os
import secrets
import shutil
import signal
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from e2e.clock import SharedClock
from e2e.mailbox import Display, start_mailbox
from e2e.portal_process import PortalProcess
from e2e.serving import serve
from e2e.stripe import TEST_KEY, StripeWorld, stripe_app

if TYPE_CHECKING:
    from e2e.sample.staff import SampleOwner
    from portal.resources import Resources

FIRST_PORT = 8000


class House:
    """Everything, started: the addresses to open are in `mailbox_url`, `stripe_url` and `link`."""

    def __init__(self, folder: Path) -> None:
        self.clock = SharedClock(folder / "clock")
        self.mailbox = start_mailbox()
        self.world = StripeWorld(self.clock)
        self._stripe = serve(stripe_app(self.world), host="localhost", name="stripe")
        self.world.base_url = self._stripe.url
        webhook_secret = f"whsec_{secrets.token_hex(16)}"
        self.portal = PortalProcess(
            {
                "database_url": f"sqlite:///{folder / 'portal.db'}",
                "stripe_secret_key": TEST_KEY,
                "stripe_api_base": self._stripe.url,
                "stripe_pages": self._stripe.url,
                "stripe_webhook_secrets": webhook_secret,
                "smtp_url": self.mailbox.smtp_url,
                "mail_from": "Harbor Supply Co. <billing@harborsupply.example>",
                "instance": "harbor-supply",
            },
            clock_file=folder / "clock",
            first_port=FIRST_PORT,
        ).start()
        self.mailbox_url = self.mailbox.url
        self.stripe_url = self._stripe.url
        self.link, self.owner = self._fill()
        self.mailbox.phone = self._phone
        self.world.add_endpoint(f"{self.portal.url}/stripe/webhook", webhook_secret)
        self.world.start_delivery()
        self.portal.release()
        # The link letters are there when the addresses are.
        self.mailbox.wait_for(lambda letter: "ap@northwind.example" in letter.recipients, seconds=30)

    def stop(self) -> None:
        self.portal.stop()
        self.world.stop_delivery()
        self._stripe.stop()
        self.mailbox.stop()

    def resources(self) -> "Resources":
        """The portal's own rooms, opened in this process too; to be closed by the caller."""
        from portal.resources import open_resources

        return open_resources(_settings(self.portal.settings), clock=self.clock.now)

    def _phone(self) -> Display:
        now = self.clock.now()
        return Display(self.owner.email, self.owner.code(now), 30 - int(now.timestamp()) % 30)

    def _fill(self) -> "tuple[str, SampleOwner]":
        """Load the sample company while the portal's process is still waking up; a customer's link, and the owner."""
        from e2e.sample import company, disputes, plans
        from e2e.sample.load import address, load
        from e2e.sample.staff import make_owner

        resources = self.resources()
        load(resources, self.world, self.clock)
        link = address(resources, company.NORTHWIND, now=self.clock.now())
        owner = make_owner(resources, now=self.clock.now())
        disputes.load(resources, owner.staff_id, now=self.clock.now())
        plans.load(resources, self.world, self.clock, owner.staff_id)
        resources.close()
        return link, owner


def _settings(values: dict[str, str]) -> Any:
    """The portal's own settings, whatever PORTAL_ variables there are around us."""
    from portal.settings import Settings

    return Settings(_env_prefix="NOT_READ_", **values)  # type: ignore[arg-type, call-arg]


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="portal-house-"))
    keep = os.environ.get("KEEP") == "1"
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    try:
        house = House(folder)
        print("The house is open. Ctrl-C closes it.\n")
        print(f"  Mailbox            {house.mailbox_url}")
        print(f"  A customer's link  {house.link}")
        print(f"  Stripe stand-in    {house.stripe_url}")
        print(f"  The owner's desk   {house.portal.url}/admin")
        print(f"  The owner's phone  {house.mailbox_url}/phone\n")
        print(f"  The owner logs in as {house.owner.email} with the password {house.owner.password}")
        code = house.owner.code(house.clock.now())
        print(f"  and the code {code}, which changes every 30 seconds: the phone shows the next ones.\n", flush=True)
        try:
            # A signal that comes just before a wait without end begins would not be looked at.
            while not ended.wait(timeout=1):
                pass
        finally:
            house.stop()
    finally:
        if keep:
            print(f"Kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
