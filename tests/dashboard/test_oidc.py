"""Login by OpenID Connect, with a real provider, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from oidc_provider_mock import User, run_server_in_thread
from playwright.sync_api import Page, expect

from local import stack
from local.home import Home
from local.processes import Process
from tests.benchmarks.big_warehouse import running
from tests.dashboard.browser import PATIENCE, choose_row, url
from tests.local.stacks import free_offset
from tests.running_stack import RunningStack

PEOPLE = [
    User(sub="ada", claims={"email": "ada@shop.example", "email_verified": True}),
    User(sub="bob", claims={"email": "bob@shop.example", "email_verified": True}),
    User(sub="eve", claims={"email": "ada@shop.example", "email_verified": False}),
]
SECRETS = """
[auth]
redirect_uri = "{dashboard}/oauth2callback"
cookie_secret = "a secret of the test alone"
client_id = "dashboard"
client_secret = "secret"
server_metadata_url = "http://127.0.0.1:{provider}/.well-known/openid-configuration"
client_kwargs = {{ prompt = "login" }}
"""


def served(home: Home) -> Process:
    return next(process for process in stack.then(home) if process.name == "dashboard")


@pytest.fixture(scope="module")
def address(shop: RunningStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A second dashboard on the session's warehouse, which lets nobody in without login."""
    folder = tmp_path_factory.mktemp("oidc")
    home = Home(folder, free_offset())
    home.make()
    dashboard = next(process for process in stack.then(shop.home) if process.name == "dashboard")
    moved = next(
        process
        for process in stack.then(replace(shop.home, port_offset=home.port_offset))
        if process.name == "dashboard"
    )
    secrets = folder / "secrets.toml"
    with run_server_in_thread(user_claims=PEOPLE) as provider:
        secrets.write_text(SECRETS.format(dashboard=home.url("dashboard"), provider=provider.server_port))
        process = replace(
            moved,
            command=(*moved.command, "--secrets.files", str(secrets)),
            environment={
                **dashboard.environment,
                "ECO_LOGIN": "oidc",
                "ECO_READERS": "@shop.example",
                "ECO_REVIEWERS": "ada@shop.example",
            },
        )
        with running(process, home):
            yield home.url("dashboard")


def logged_in(page: Page, address: str, name: str) -> None:
    page.goto(url(address, "review"))
    expect(page.get_by_text("Log in to see the shop's figures")).to_be_visible(timeout=PATIENCE)
    assert page.get_by_test_id("stDataFrame").count() == 0
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_url(f"{address}/**")


def test_a_reviewer_may_decide(page: Page, address: str) -> None:
    logged_in(page, address, "ada")
    page.get_by_role("link", name="Review").click()
    expect(page.get_by_text("Logged in as ada@shop.example")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("button", name="Release")).to_be_visible(timeout=PATIENCE)


def test_a_reader_reads_and_may_decide_nothing(page: Page, address: str) -> None:
    logged_in(page, address, "bob")
    page.get_by_role("link", name="Review").click()
    expect(page.get_by_text("add you to ECO_REVIEWERS")).to_be_visible(timeout=PATIENCE)
    choose_row(page, 0)
    expect(page.get_by_text("Why:")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("button", name="Release")).to_have_count(0)


def test_who_says_to_be_somebody_else_does_not_get_in(page: Page, address: str) -> None:
    logged_in(page, address, "eve")
    expect(page.get_by_text("may not read here")).to_be_visible(timeout=PATIENCE)
    assert page.get_by_test_id("stMetric").count() == 0
