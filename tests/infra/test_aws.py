"""infra/aws as a user applies it, against a moto server: real calls of the real provider, and nothing left behind."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.aws_events import objects_of
from functions.s3_store import S3
from functions.settings import Settings
from tests.infra import rights
from tests.infra.deployed_aws import REGION, VARIABLES, Deployed, prepared

pytestmark = pytest.mark.timeout(1500)  # Terraform itself waits, for queues and a database that are there at once

BUCKETS = ("raw", "validated", "scored", "curated", "archive", "models")
ROLES = {
    "validate": "eco_validator",
    "score": "eco_scorer",
    "transform": "eco_transformer",
    "load": "eco_loader",
    "maintain": "eco_maintainer",
    "review": "eco_reviewer",
}
GET, PUT, DELETE = "s3:GetObject", "s3:PutObject", "s3:DeleteObject"
# What each function may do to objects; what is not here it may not.
MAY = {
    "validate": {(GET, "raw"), (PUT, "validated")},
    "score": {(GET, "validated"), (GET, "models"), (PUT, "scored")},
    "transform": {(GET, "scored"), (PUT, "curated")},
    "load": {(GET, "curated")},
    "maintain": {
        (GET, "raw"),
        *((action, bucket) for action in (GET, DELETE) for bucket in ("validated", "scored", "curated")),
        *((action, "archive") for action in (GET, PUT, DELETE)),
        *((action, "models") for action in (GET, PUT)),
    },
    "review": set(),
    "migrate": set(),
}
SENDS_TO = {"maintain": {"validate", "score", "transform", "load"}, "review": {"load"}}
NOBODY_MAY = (
    "iam:PassRole", "iam:PutRolePolicy", "sts:AssumeRole", "lambda:InvokeFunction", "lambda:UpdateFunctionCode",
    "rds:ModifyDBInstance", "rds-db:connect", "s3:DeleteBucket", "s3:PutBucketPolicy", "s3:PutBucketNotification",
    "secretsmanager:PutSecretValue", "secretsmanager:ListSecrets", "sqs:PurgeQueue", "sqs:DeleteQueue",
    "ec2:RunInstances",
)  # fmt: skip


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    with prepared(tmp_path_factory.mktemp("aws") / "infra") as deployed:
        done = deployed.terraform("apply", "-auto-approve", "-input=false", "-no-color")
        assert done.returncode == 0, done.stderr
        yield deployed


def test_nothing_is_left_to_change(aws: Deployed) -> None:
    done = aws.terraform("plan", "-detailed-exitcode", "-input=false", "-no-color")
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr


def test_no_password_is_written_down(aws: Deployed) -> None:
    secrets = aws.client("secretsmanager")
    state = (aws.folder / "terraform.tfstate").read_text()
    passwords = set()
    for role, arn in aws.outputs["secrets"].items():
        secret = json.loads(secrets.get_secret_value(SecretId=arn)["SecretString"])
        assert secret["username"] == role
        assert len(secret["password"]) == 32
        assert secret["password"] not in state
        passwords.add(secret["password"])
    assert len(passwords) == 8
    smtp = json.loads(secrets.get_secret_value(SecretId="eco/smtp")["SecretString"])
    assert smtp == {"password": VARIABLES["smtp_password"]}
    assert smtp["password"] not in state


def test_a_function_that_scores_or_learns_has_the_image_for_it(aws: Deployed) -> None:
    functions = aws.client("lambda").list_functions()["Functions"]
    images = {
        item["FunctionName"]: aws.client("lambda").get_function(FunctionName=item["FunctionName"])["Code"]["ImageUri"]
        for item in functions
    }
    names = {image: name for name, image in VARIABLES["images"].items()}
    assert {name.removeprefix("eco-"): names[image] for name, image in images.items()} == {
        **dict.fromkeys(("validate", "transform", "load", "review"), "functions"),
        **dict.fromkeys(("score", "maintain"), "score"),
        "migrate": "platform",
    }


def test_only_maintain_sends_mail(aws: Deployed) -> None:
    arn = aws.client("secretsmanager").describe_secret(SecretId="eco/smtp")["ARN"]
    roles = {name: rights.of_role(aws.client("iam"), f"eco-{name}") for name in MAY}
    assert [name for name, role in roles.items() if role.may("secretsmanager:GetSecretValue", arn)] == ["maintain"]
    told = aws.client("lambda").get_function_configuration(FunctionName="eco-maintain")["Environment"]["Variables"]
    settings = Settings.from_environment(told)
    assert (settings.alert_email, settings.smtp_secret) == ("ada@example.com", arn)
    assert (settings.smtp_host, settings.smtp_port) == (f"email-smtp.{REGION}.amazonaws.com", 587)


def test_an_upload_arrives_in_the_queue_of_validate(aws: Deployed) -> None:
    with paused(aws, "validate"):  # else moto would hand it to the function, for which it needs Docker
        bucket, key = aws.outputs["buckets"]["raw"], "sales/a b+ü.csv"
        version = aws.client("s3").put_object(Bucket=bucket, Key=key, Body=b"order_id\n")["VersionId"]
        (told,) = objects_of(told_of_upload(aws.client("sqs"), aws.outputs["queues"]["validate"]))
    upload = S3(aws.client("s3")).identified(told)
    # moto lists this key as it is where Terraform asks for it encoded, and so could not empty the bucket.
    aws.client("s3").delete_object(Bucket=bucket, Key=key, VersionId=version)
    assert (upload.bucket, upload.name, upload.version) == (bucket, key, version)


def told_of_upload(sqs: Any, queue: str) -> Any:
    """The first message that is not the one with which S3 tries out each new notification."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for message in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages", []):
            told = json.loads(message["Body"])
            if told.get("Event") != "s3:TestEvent":
                return told
    raise AssertionError("the queue was not told")


class paused:  # noqa: N801 # reads as a statement
    """A function that gets no events meanwhile, as an operator pauses it."""

    def __init__(self, aws: Deployed, stage: str) -> None:
        self.client, self.trigger = aws.client("lambda"), aws.outputs["triggers"][stage]

    def __enter__(self) -> None:
        self.client.update_event_source_mapping(UUID=self.trigger, Enabled=False)

    def __exit__(self, *_: object) -> None:
        self.client.update_event_source_mapping(UUID=self.trigger, Enabled=True)


@pytest.mark.parametrize("stage", ["validate", "score", "transform", "load"])
def test_a_message_fails_alone_and_ends_as_a_dead_letter(aws: Deployed, stage: str) -> None:
    trigger = aws.client("lambda").get_event_source_mapping(UUID=aws.outputs["triggers"][stage])
    assert trigger["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    told = aws.client("sqs").get_queue_attributes(QueueUrl=aws.outputs["queues"][stage], AttributeNames=["All"])
    assert json.loads(told["Attributes"]["RedrivePolicy"])["deadLetterTargetArn"].endswith(f":eco-{stage}-dead")
    function = aws.client("lambda").get_function_configuration(FunctionName=f"eco-{stage}")
    assert int(told["Attributes"]["VisibilityTimeout"]) > function["Timeout"]


@pytest.mark.parametrize("bucket", BUCKETS)
def test_no_bucket_is_public(aws: Deployed, bucket: str) -> None:
    name, s3 = aws.outputs["buckets"][bucket], aws.client("s3")
    blocked = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
    assert set(blocked.values()) == {True}
    assert s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    versioned = s3.get_bucket_versioning(Bucket=name).get("Status") == "Enabled"
    assert versioned == (bucket in ("raw", "archive", "models"))


@pytest.mark.parametrize("function", MAY)
def test_a_function_may_do_what_it_needs_and_nothing_else(aws: Deployed, function: str) -> None:
    """The policies as they were made, evaluated as AWS does."""
    role = rights.of_role(aws.client("iam"), f"eco-{function}")
    objects = {name: f"arn:aws:s3:::{aws.outputs['buckets'][name]}/sales/a.csv" for name in BUCKETS}
    asked = {(action, bucket) for action in (GET, PUT, DELETE) for bucket in BUCKETS}
    assert {(action, bucket) for action, bucket in asked if role.may(action, objects[bucket])} == MAY[function]

    secrets = aws.outputs["secrets"]
    readable = {name for name, arn in secrets.items() if role.may("secretsmanager:GetSecretValue", arn)}
    assert readable == (set(secrets) if function == "migrate" else {ROLES[function]})

    queues = {stage: rights.queue_arn(url) for stage, url in aws.outputs["queues"].items()}
    assert {stage for stage, arn in queues.items() if role.may("sqs:ReceiveMessage", arn)} == {function} & set(queues)
    assert {stage for stage, arn in queues.items() if role.may("sqs:SendMessage", arn)} == SENDS_TO.get(function, set())
    for action in NOBODY_MAY:
        assert not role.may(action, "*"), action
    assert not role.may("ec2:CreateNetworkInterface", "*", **{"lambda:SourceFunctionArn": role.function_arn})


@pytest.mark.parametrize("function", list(MAY))
def test_the_server_refuses_a_function_the_objects_of_others(aws: Deployed, function: str) -> None:
    """The same by trying: moto enforces policies of S3 by bucket and action."""
    for bucket in BUCKETS:
        aws.client("s3").put_object(Bucket=aws.outputs["buckets"][bucket], Key="rights/there", Body=b"x")
    role_arn = aws.outputs["roles"][function]
    credentials = aws.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="test")["Credentials"]
    s3 = aws.client("s3", credentials)
    attempts: dict[str, Any] = {
        GET: lambda name: s3.get_object(Bucket=name, Key="rights/there"),
        PUT: lambda name: s3.put_object(Bucket=name, Key=f"rights/{function}", Body=b"x"),
        DELETE: lambda name: s3.delete_object(Bucket=name, Key=f"rights/{function}"),
    }
    aws.enforce_rights(True)
    try:
        done = {
            (action, bucket)
            for action, attempt in attempts.items()
            for bucket in BUCKETS
            if succeeds(attempt, aws.outputs["buckets"][bucket])
        }
    finally:
        aws.enforce_rights(False)
    assert done == MAY[function]


def succeeds(attempt: Any, bucket: str) -> bool:
    try:
        attempt(bucket)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied", error
        return False
    return True


def test_destroy_leaves_nothing(aws: Deployed) -> None:
    """Last of all."""
    done = aws.terraform("destroy", "-auto-approve", "-input=false", "-no-color")
    assert done.returncode == 0, done.stderr
    assert aws.terraform("state", "list").stdout == ""
    left = {
        "buckets": aws.client("s3").list_buckets()["Buckets"],
        "queues": aws.client("sqs").list_queues().get("QueueUrls", []),
        "functions": aws.client("lambda").list_functions()["Functions"],
        "roles": aws.client("iam").list_roles()["Roles"],
        "secrets": aws.client("secretsmanager").list_secrets()["SecretList"],
        "databases": aws.client("rds").describe_db_instances()["DBInstances"],
        "pooler": aws.client("rds").describe_db_proxies()["DBProxies"],
        "alarms": aws.client("cloudwatch").describe_alarms()["MetricAlarms"],
        "schedules": aws.client("scheduler").list_schedules()["Schedules"],
        "logs": aws.client("logs").describe_log_groups()["logGroups"],
        "networks": [vpc for vpc in aws.client("ec2").describe_vpcs()["Vpcs"] if not vpc["IsDefault"]],
    }
    assert {kind: things for kind, things in left.items() if things} == {}
