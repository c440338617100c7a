"""Who may decide: accounts of this machine, and what an identity provider says."""

import stat
from pathlib import Path

import pytest

from dashboard import accounts, login
from dashboard.login import Failures, User
from dashboard.settings import Settings

SETTINGS = Settings(login="oidc", readers="@shop.example, guest@elsewhere.example", reviewers="Ada@Shop.example")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "accounts.json"


def test_an_account_is_its_name_and_password(file: Path) -> None:
    accounts.add(file, "ada", "a long password")
    accounts.add(file, "bob", "another password")
    assert accounts.matches(file, "ada", "a long password")
    assert not accounts.matches(file, "ada", "another password")
    assert not accounts.matches(file, "eve", "a long password")
    assert not accounts.matches(file, "eve", "")


def test_a_new_password_takes_the_place_of_the_old_one(file: Path) -> None:
    accounts.add(file, "ada", "a long password")
    accounts.add(file, "ada", "a new password")
    assert not accounts.matches(file, "ada", "a long password")
    assert accounts.matches(file, "ada", "a new password")


def test_the_file_is_its_owners_and_has_no_password_in_it(file: Path) -> None:
    accounts.add(file, "ada", "a long password")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "a long password" not in file.read_text()


@pytest.mark.parametrize(
    ("name", "password"), [("ada", "short"), (" ", "a long password"), ("a\nb", "a long password")]
)
def test_an_account_needs_a_name_and_a_long_password(file: Path, name: str, password: str) -> None:
    with pytest.raises(accounts.AccountError):
        accounts.add(file, name, password)
    assert not accounts.exist(file)


@pytest.mark.parametrize(
    ("claims", "user"),
    [
        ({"email": "ada@shop.example", "email_verified": True}, User("ada@shop.example", may_review=True)),
        ({"email": "BOB@shop.example", "email_verified": True}, User("bob@shop.example", may_review=False)),
        ({"email": "guest@elsewhere.example", "email_verified": "true"}, User("guest@elsewhere.example", False)),
        ({"email": "ada@shop.example", "email_verified": False}, None),
        ({"email": "ada@shop.example"}, None),
        ({"email": "eve@elsewhere.example", "email_verified": True}, None),
        ({"email": "eve@notshop.example", "email_verified": True}, None),
        ({"email": "", "email_verified": True}, None),
        ({}, None),
    ],
)
def test_only_verified_addresses_that_are_named_get_in(claims: dict[str, object], user: User | None) -> None:
    assert login.user_of(claims, SETTINGS) == user


def test_nobody_is_named_where_the_settings_are_empty() -> None:
    assert login.user_of({"email": "a@b.example", "email_verified": True}, Settings(login="oidc")) is None


def test_after_some_wrong_passwords_one_has_to_wait() -> None:
    failures = Failures([0.0, 1.0, 2.0, 3.0])
    assert not failures.are_too_many(10.0)
    failures.times.append(4.0)
    assert failures.are_too_many(10.0)
    assert not failures.are_too_many(61.0)
