"""Clients of AWS."""

from __future__ import annotations

import os
from typing import Any

import boto3
from botocore.config import Config

CONFIG = Config(
    connect_timeout=5,
    read_timeout=60,
    retries={"mode": "standard", "max_attempts": 4},
    s3={"addressing_style": "path"} if "AWS_ENDPOINT_URL" in os.environ else {},
)


def client(service: str) -> Any:
    """A client of AWS, or of the emulator where AWS_ENDPOINT_URL is set."""
    if "AWS_ENDPOINT_URL" in os.environ:
        from localstack_client.session import Session  # not there in the cloud

        return Session().client(service, config=CONFIG)
    return boto3.client(service, config=CONFIG)
