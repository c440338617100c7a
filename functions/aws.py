"""Clients of AWS."""

from __future__ import annotations

import os
from typing import Any

import boto3
from botocore.config import Config

CONFIG = Config(connect_timeout=5, read_timeout=60, retries={"mode": "standard", "max_attempts": 4})
# An emulator has no host of its own for each bucket.
LOCALLY = Config(s3={"addressing_style": "path"})


def client(service: str) -> Any:
    """A client of AWS, or of the emulator where AWS_ENDPOINT_URL is set."""
    if os.environ.get("AWS_ENDPOINT_URL"):
        from localstack_client.session import Session  # not there in the cloud

        return Session().client(service, config=CONFIG.merge(LOCALLY))
    return boto3.client(service, config=CONFIG)
