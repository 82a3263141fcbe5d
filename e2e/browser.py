"""The browser of the journeys and of the pictures."""

import os
import shutil

from playwright.sync_api import Browser, Playwright


def launch(playwright: Playwright) -> Browser:
    """The system's Chromium (`PORTAL_CHROMIUM`, else what is on the path), or playwright's own where there is none.

    The one without windows first: a new context costs half as much in it.
    """
    wanted = (os.environ.get("PORTAL_CHROMIUM"), "chromium-headless-shell", "chromium", "google-chrome")
    path = next((found for name in wanted if name and (found := shutil.which(name))), None)
    # Chromium refuses to lock root into its sandbox.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    return playwright.chromium.launch(executable_path=path, args=arguments)
