"""`python -m tests.infra.aws_server PORT`: moto's AWS, with what it forgets of Terraform's requests put right.

Otherwise `plan` would see a change that AWS does not have. Each of these is a gap of moto 5.2, not of infra/aws:
- it forgets the description of a security group's rule that names another group or a prefix list;
- it does not say that a parameter of a database was set by the user;
- it spaces out the redrive policy of a queue.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any

from moto.ec2.models.security_groups import SecurityGroupRule
from moto.rds.models import DBParameterGroup
from moto.server import main
from moto.sqs.models import Queue


def description(rule: SecurityGroupRule) -> str | None:
    told = (rule.ip_range, rule.source_group, rule.prefix_list_id)
    return next((item["Description"] for item in told if isinstance(item, dict) and "Description" in item), None)


def update_parameters(group: DBParameterGroup, new: Iterable[dict[str, Any]]) -> None:
    for parameter in new:
        group.parameters[parameter["ParameterName"]].update(parameter, Source="user")


def attributes(queue: Queue) -> dict[str, Any]:
    told: dict[str, Any] = spaced.__get__(queue)
    if told.get("RedrivePolicy"):
        told["RedrivePolicy"] = json.dumps(json.loads(told["RedrivePolicy"]), separators=(",", ":"))
    return told


spaced = Queue.attributes

if __name__ == "__main__":
    SecurityGroupRule.description = property(description)
    DBParameterGroup.update_parameters = update_parameters
    Queue.attributes = property(attributes)
    main(["--host", "127.0.0.1", "--port", sys.argv[1]])
