"""What the policies of an IAM role allow, evaluated as AWS does: refused unless allowed, and Deny has the last word."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Role:
    """A role's statements, of all its policies."""

    name: str
    statements: list[dict[str, Any]]

    @property
    def function_arn(self) -> str:
        return f"arn:aws:lambda:eu-central-1:123456789012:function:{self.name}"

    def may(self, action: str, resource: str, **context: str) -> bool:
        """Whether it may do this to that, in a request that carries this context."""
        effects = {item["Effect"] for item in self.statements if _concerns(item, action, resource, context)}
        return effects == {"Allow"}


def of_role(iam: Any, name: str) -> Role:
    """Read the role back; no managed policy may be attached to it."""
    assert iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"] == []
    policies = [
        iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
    ]
    return Role(name, [statement for policy in policies for statement in _list(policy["Statement"])])


def queue_arn(url: str) -> str:
    account, name = urlsplit(url).path.strip("/").split("/")
    return f"arn:aws:sqs:eu-central-1:{account}:{name}"


def _concerns(statement: dict[str, Any], action: str, resource: str, context: dict[str, str]) -> bool:
    return (
        any(fnmatchcase(action.lower(), pattern.lower()) for pattern in _list(statement["Action"]))
        and any(fnmatchcase(resource, pattern) for pattern in _list(statement["Resource"]))
        and all(
            context.get(key) in _list(values)
            for condition in statement.get("Condition", {}).values()
            for key, values in condition.items()
        )
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
