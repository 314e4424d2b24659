"""Drives Debian's Chromium with the network cut, and keeps a record of what a page tried."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = Path("/usr/bin/chromium")
DESKTOP = (1400, 900)
PHONE = (390, 844)


@dataclass
class Visit:
    """An open page, and everything it asked for or complained of."""

    page: "Page"
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)


@contextmanager
def open_offline(path: Path, *, size: tuple[int, int] = DESKTOP) -> Iterator[Visit]:
    """Open a file in Chromium without a network; a warning, too, is a complaint."""
    sync_api = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists():
        (pytest.fail if "CI" in os.environ else pytest.skip)(f"no {CHROMIUM}; `make browser`")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            is_mobile=size == PHONE,
            has_touch=size == PHONE,
            device_scale_factor=2 if size == PHONE else 1,
        )
        context.set_offline(True)
        visit = Visit(context.new_page())
        _listen(visit)
        visit.page.goto(path.as_uri())
        yield visit
        browser.close()


def _listen(visit: Visit) -> None:
    page = visit.page
    page.on("request", lambda request: visit.requests.append(request.url))
    page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            visit.complaints.append(message.text) if message.type in {"error", "warning"} else None
        ),
    )
    page.on("dialog", lambda dialog: (visit.dialogs.append(dialog.message), dialog.dismiss()))
