"""A contract's YAML with the line that each part of it stands on, so that a person finds what is meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

MAX_BYTES = 1024 * 1024

Place = tuple[str | int, ...]


class NotYamlError(ValueError):
    """The text is no YAML that is read here; the message says where and why."""


@dataclass(frozen=True)
class Text:
    """A YAML text, read."""

    document: Any
    node: yaml.Node | None

    def line(self, place: Place) -> int:
        """The line of a place, or of what it is missing from."""
        node, line = self.node, 1
        for step in place:
            found = _child(node, step)
            if found is None:
                break
            line, node = found
        return line

    def shown(self, place: Place) -> str:
        """A place as a person would name it, an element of a list by its name."""
        names, item = "", self.document
        for step in place:
            item = _item(item, step)
            label = step if isinstance(step, str) else _label(item, step)
            names += f"[{label}]" if isinstance(step, int) else f".{label}"
        return names.lstrip(".") or "the contract"

    def repeated_keys(self) -> Iterator[tuple[int, str]]:
        """Keys that stand twice in one mapping, of which YAML keeps the last."""
        yield from _repeated(self.node)


def read(data: bytes) -> Text:
    """Read a YAML text; raises NotYamlError."""
    if len(data) > MAX_BYTES:
        raise NotYamlError(f"is larger than {MAX_BYTES:,} bytes, which no contract needs")
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(data, Loader=yaml.SafeLoader)):
            raise NotYamlError("refers to a part of itself by an alias (*name); write that part out")
        node = yaml.compose(data, Loader=yaml.SafeLoader)
        return Text(yaml.load(data, Loader=yaml.SafeLoader), node)
    except RecursionError as error:
        raise NotYamlError("is nested too deeply") from error
    except (yaml.YAMLError, ValueError) as error:
        raise NotYamlError(f"is not valid YAML: {' '.join(str(error).split())}") from error


def _child(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        child = node.value[step]
        return child.start_mark.line + 1, child
    if isinstance(node, yaml.MappingNode):
        return next(
            ((key.start_mark.line + 1, value) for key, value in node.value if key.value == step),
            None,
        )
    return None


def _item(item: Any, step: str | int) -> Any:
    if isinstance(item, dict):
        return item.get(step)
    return item[step] if isinstance(item, list) and isinstance(step, int) and step < len(item) else None


def _label(item: Any, number: int) -> str:
    names = [item.get(key) for key in ("property", "name")] if isinstance(item, dict) else []
    return next((name for name in names if isinstance(name, str)), str(number))


def _repeated(node: yaml.Node | None) -> Iterator[tuple[int, str]]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if str(key.value) in seen:
                yield key.start_mark.line + 1, str(key.value)
            seen.add(str(key.value))
            yield from _repeated(value)
    elif isinstance(node, yaml.SequenceNode):
        for child in node.value:
            yield from _repeated(child)
