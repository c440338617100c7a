"""The platform as a command in this process sees it, without a function in between."""

from __future__ import annotations

import os

from google.auth.credentials import AnonymousCredentials
from google.cloud import storage

from functions.gcs_store import CloudStorage
from functions.runtime import Platform
from functions.settings import Settings
from functions.warehouse import connect
from local.home import Home
from local.stack import database_environment
from local.storage import PROJECT


def platform(home: Home, role: str) -> Platform:
    """The buckets and, as a database role, the warehouse of a stack; nothing is connected before its first use.

    Raises SettingsError where a setting in the environment is not what it has to be.
    """
    settings = Settings.from_environment(
        {
            **os.environ,
            **database_environment(home, role),
            "ECO_DELIVERY_URL": f"{home.url('relay-inlet')}/{{function}}",
        }
    )
    client = storage.Client(
        project=PROJECT,
        credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call] # the library is not typed
        client_options={"api_endpoint": home.url("storage")},
    )
    return Platform(settings, CloudStorage(client), connect(settings))
