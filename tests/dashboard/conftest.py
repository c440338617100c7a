"""The session's stack with a shop in it: sales, products, customers, and files that cannot be read."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page

from dashboard import accounts
from tests.conftest import ONLINE_RETAIL
from tests.dashboard import browser
from tests.running_stack import RunningStack

REAL_SALES_SECONDS = 500.0


@pytest.fixture(scope="session")
def shop(stack: RunningStack) -> RunningStack:
    """The stack after `python -m local demo`."""
    demo = stack.command_line.run("demo", timeout=400)
    assert demo.returncode == 0, demo.stdout + demo.stderr
    return stack


@pytest.fixture(scope="session")
def full_shop(shop: RunningStack) -> RunningStack:
    """The same, with every file of real sales too where they are on this machine: a year of them, a file a day."""
    if real_sales := sorted(ONLINE_RETAIL.glob("*.csv")):
        results = shop.upload(*real_sales, prefix="sales/online-retail/", timeout=REAL_SALES_SECONDS)
        assert Counter(result["status"] for result in results) == {"SUCCESS": len(real_sales)}
    return shop


@dataclass(frozen=True)
class Account:
    """Somebody who may review."""

    name: str
    password: str


@pytest.fixture(scope="session")
def reviewer(shop: RunningStack) -> Account:
    """An account of the stack, as `python -m local account` makes it."""
    account = Account("ada", "a password of hers")
    accounts.add(shop.home.accounts, account.name, account.password)
    return account


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with browser.launched() as running:
        yield running


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    made = browser.new_page(chromium)
    yield made
    made.context.close()
