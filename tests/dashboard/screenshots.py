"""Pictures of every page of the running stack's dashboard: light, dark, and on a phone.

python -m tests.dashboard.screenshots FOLDER
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from playwright.sync_api import Browser, Page

from local.home import Home
from local.terminal import console
from tests.dashboard import browser
from tests.dashboard.browser import PATHS

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": browser.DESKTOP},
    "dark": {"color_scheme": "dark", "viewport": browser.DESKTOP},
    "phone": {"color_scheme": "light", "viewport": browser.PHONE},
}
DRAWN_MILLISECONDS = 700  # charts and tables fade in
CONTENT_HEIGHT = "document.querySelector('[data-testid=stMain]').scrollHeight"
MOST_PIXELS, TRIES = 9000, 2


def take(chromium: Browser, base: str, folder: Path) -> list[Path]:
    """Take the pictures; returns their files."""
    pictures = []
    for look, options in LOOKS.items():
        for path in PATHS:
            page = browser.new_page(chromium, **options)
            browser.opened(page, browser.url(base, path))
            pictures.append(folder / f"{path}-{look}.png")
            picture(page, pictures[-1])
            page.context.close()
    return pictures


def picture(page: Page, file: Path) -> None:
    """Take a picture of a whole page.

    The window is made as high as its content, since the page scrolls inside of itself; drawing changes that again.
    """
    size = page.viewport_size or browser.DESKTOP
    for _ in range(TRIES):
        page.wait_for_timeout(DRAWN_MILLISECONDS)
        height = max(size["height"], min(MOST_PIXELS, int(page.evaluate(CONTENT_HEIGHT))))
        page.set_viewport_size({"width": size["width"], "height": height})
        browser.settled(page)
    page.screenshot(path=file)


def main(folder: Annotated[Path, typer.Argument(help="Where the pictures go.")]) -> None:
    """Take a picture of every page of the dashboard that runs here."""
    folder.mkdir(parents=True, exist_ok=True)
    with browser.launched() as chromium:
        for picture in take(chromium, Home.from_environment().url("dashboard"), folder):
            console.print(str(picture))


if __name__ == "__main__":
    typer.run(main)
