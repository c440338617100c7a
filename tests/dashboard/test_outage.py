"""PostgreSQL goes away and comes back while pages are open."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from local import schema, stack
from local.home import Home
from local.processes import Process
from tests.benchmarks.big_warehouse import running
from tests.dashboard import browser
from tests.dashboard.browser import PATHS, PATIENCE, opened, url
from tests.local.stacks import free_offset

BANNER = "The database does not answer"


@pytest.fixture
def home() -> Iterator[Home]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # PostgreSQL's user has to pass through it
        made = Home(Path(folder) / "home", free_offset())
        stack.prepare(made)
        yield made


def processes(home: Home) -> dict[str, Process]:
    return {process.name: process for process in (*stack.first(home), *stack.then(home))}


def seen(page: Page) -> str:
    """The first thing that the page has to say: with nothing loaded, what to do next."""
    return page.get_by_test_id("stAlert").first.text_content() or ""


def test_a_banner_while_the_database_is_down_and_everything_again_without_a_reload(
    home: Home, chromium: Browser
) -> None:
    parts = processes(home)
    with contextlib.ExitStack() as up:
        database = up.enter_context(contextlib.ExitStack())
        database.enter_context(running(parts["postgres"], home))
        if "pgbouncer" in parts:
            up.enter_context(running(parts["pgbouncer"], home))
        schema.set_up(home)
        up.enter_context(running(parts["dashboard"], home))
        pages = {path: browser.new_page(chromium) for path in PATHS}
        late = browser.new_page(chromium)
        for page in (*pages.values(), late):
            up.callback(page.context.close)
        before = {}
        for path, page in pages.items():
            opened(page, url(home.url("dashboard"), path))
            page.evaluate("window.isTheSamePage = true")
            before[path] = seen(page)
        database.close()
        for page in pages.values():
            expect(page.get_by_text(BANNER).first).to_be_visible(timeout=PATIENCE)
        late.goto(home.url("dashboard"))
        expect(late.get_by_text(BANNER).first).to_be_visible(timeout=PATIENCE)
        assert late.get_by_test_id("stException").count() == 0
        up.enter_context(running(parts["postgres"], home))
        for path, page in {**pages, "overview": late}.items():
            expect(page.get_by_text(BANNER)).to_have_count(0, timeout=PATIENCE)
            expect(page.get_by_test_id("stAlert").first).to_have_text(before[path], timeout=PATIENCE)
        assert all(page.evaluate("window.isTheSamePage") for page in pages.values())
