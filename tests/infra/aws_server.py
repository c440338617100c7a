"""`python -m tests.infra.aws_server PORT`: moto's AWS, with what it gets wrong of these requests put right.

Each of these is a gap of moto 5.2, not of infra/aws, and the first three would have `plan` see changes that are none:
- it forgets the description of a security group's rule that names another group or a prefix list;
- it does not say that a parameter of a database was set by the user;
- it spaces out the redrive policy of a queue;
- it cannot take away the last mark of a deletion in a bucket with versions;
- it takes a condition that it does not know for met: a Deny of plain HTTP would refuse everything.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Iterable
from typing import Any

from moto.ec2.models.security_groups import SecurityGroupRule
from moto.iam.access_control import IAMPolicyStatement, PermissionResult
from moto.iam.policy_conditions import CONDITION_OPERATIONS
from moto.rds.models import DBParameterGroup
from moto.s3.models import FakeDeleteMarker
from moto.server import main
from moto.sqs.models import Queue

MAKE_RULE = SecurityGroupRule.__init__
JUDGE = IAMPolicyStatement.is_action_permitted
SPACED: Any = Queue.__dict__["attributes"]


def make_rule(rule: Any, *arguments: Any, **named: Any) -> None:
    MAKE_RULE(rule, *arguments, **named)
    given = inspect.signature(MAKE_RULE).bind(rule, *arguments, **named).arguments
    rule.prefix_list = given.get("prefix_list_id") or {}


def description(rule: Any) -> str | None:
    told = (rule.ip_range, rule.source_group, rule.prefix_list)
    return next((item["Description"] for item in told if "Description" in item), None)


def update_parameters(group: DBParameterGroup, new: Iterable[dict[str, Any]]) -> None:
    for parameter in new:
        group.parameters[parameter["ParameterName"]].update(parameter, Source="user")


def attributes(queue: Queue) -> dict[str, Any]:
    told: dict[str, Any] = SPACED.__get__(queue)
    if told.get("RedrivePolicy"):
        told["RedrivePolicy"] = json.dumps(json.loads(told["RedrivePolicy"]), separators=(",", ":"))
    return told


def judge(
    statement: Any,
    action: str,
    resource: str = "*",
    principal: str | None = None,
    incoming_condition_values: dict[str, str] | None = None,
) -> PermissionResult:
    unknown = statement._statement.get("Condition", {}).keys() - CONDITION_OPERATIONS.keys()
    if unknown and statement._statement["Effect"] == "Deny":
        return PermissionResult.NEUTRAL
    return JUDGE(statement, action, resource, principal, incoming_condition_values)


if __name__ == "__main__":
    for part, name, corrected in (
        (SecurityGroupRule, "__init__", make_rule),
        (SecurityGroupRule, "description", property(description)),
        (DBParameterGroup, "update_parameters", update_parameters),
        (FakeDeleteMarker, "dispose", lambda _mark: None),
        (Queue, "attributes", property(attributes)),
        (IAMPolicyStatement, "is_action_permitted", judge),
    ):
        setattr(part, name, corrected)
    main(["--host", "127.0.0.1", "--port", sys.argv[1]])
