"""The schema of Terraform's Google provider, read from a package that is generated from it.

The provider itself is a binary that only HashiCorp's registry has. Its bindings for CDK for Terraform, on PyPI, name
every argument and block of every resource, with its type and whether it must be given; what a value may be they do not
say.
"""

from __future__ import annotations

import re
import tarfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SCALARS = {"string": "string", "number": "number", "boolean": "bool"}
ENTRY = re.compile(
    r"^ +(\w+): \{\s+value: (.*?),\s+isBlock: (true|false),\s+type: \"(\w+)\",\s+storageClassType: \"(\w+)\",",
    re.M | re.S,
)
COMPUTED = re.compile(r"get \w+\(\) \{\s+return this\.get(\w+)Attribute\('(\w+)'\);")
NESTED = re.compile(r"this\._\w+ = new \w+\(this, \"(\w+)\"")


@dataclass
class Attribute:
    """An argument, or what is known after apply (`computed`)."""

    name: str
    type: Any
    required: bool = False
    computed: bool = False

    @property
    def write_only(self) -> bool:
        return self.name.endswith("_wo")


@dataclass
class Block:
    """A resource, or a block inside one: `nesting` is list, set or single; `at_most` 0 means any number."""

    name: str
    nesting: str = "single"
    at_most: int = 0
    required: bool = False
    attributes: list[Attribute] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)


class Bindings:
    """The package's files of these resources and data sources."""

    def __init__(self, wheel: Path, resources: Iterable[str], data_sources: Iterable[str] = ()) -> None:
        folders = {_folder(name) for name in resources} | {_folder(name, is_data=True) for name in data_sources}
        wanted = {f"package/lib/{folder}/index.{ending}" for folder in folders for ending in ("js", "d.ts")}
        with zipfile.ZipFile(wheel) as package:
            (bundle,) = [name for name in package.namelist() if name.endswith(".jsii.tgz")]
            with package.open(bundle) as stream, tarfile.open(fileobj=stream, mode="r|gz") as files:
                self._files = {item.name: _text(files, item) for item in files if item.name in wanted}

    def schema(self, resource: str, is_data: bool = False) -> Block:
        """The schema of a resource or data source, for example google_storage_bucket."""
        code, types = (
            self._files[f"package/lib/{_folder(resource, is_data)}/index.{ending}"] for ending in ("js", "d.ts")
        )
        top = code.rindex("synthesizeHclAttributes")
        name = re.findall(r"export interface (\w+)Config extends", types)[0]
        block = _block(resource, code[top:], f"{name}Config", code, types)
        known = {item.name for item in block.attributes} | {item.name for item in block.blocks}
        body = code[code.rindex(" extends cdktf.Terraform", 0, top) :]
        outputs = [name for _, name in COMPUTED.findall(body)] + NESTED.findall(body)
        block.attributes += [
            Attribute(name, "dynamic", computed=True) for name in dict.fromkeys(outputs) if name not in known
        ]
        return block


def _folder(name: str, is_data: bool = False) -> str:
    folder = name.removeprefix("google_").replace("_", "-")
    return f"data-google-{folder}" if is_data else folder


def _text(files: tarfile.TarFile, item: tarfile.TarInfo) -> str:
    stream = files.extractfile(item)
    assert stream, item.name
    return stream.read().decode()


def _block(name: str, entries: str, interface: str, code: str, types: str) -> Block:
    block = Block(name)
    text = _interface(types, interface)
    body = entries[: entries.index("};")]
    for key, value, is_block, kind, stored in ENTRY.findall(body):
        required = re.search(rf"readonly {_camel(key)}: ", text) is not None
        mapper = re.search(r"(\w+)ToHclTerraform[(,)]", value)
        if is_block == "true" and mapper and mapper[1][0].islower() and f"function {mapper[1]}ToHclTerraform" in code:
            block.blocks.append(_inner(key, value, kind, mapper[1], required, code, types))
        else:
            block.attributes.append(Attribute(key, _type(kind, stored), required))
    return block


def _inner(key: str, value: str, kind: str, mapper: str, required: bool, code: str, types: str) -> Block:
    entries = code[code.index(f"function {mapper}ToHclTerraform") :]
    inner = _block(key, entries, mapper[0].upper() + mapper[1:], code, types)
    inner.nesting = "single" if kind == "struct" else kind
    inner.at_most = 0 if "listMapperHcl" in value or kind == "struct" else 1
    inner.required = required
    return inner


def _type(kind: str, stored: str) -> Any:
    if kind == "simple":
        return SCALARS.get(stored, "dynamic")
    element = re.match(r"(string|number|boolean)(List|Map|Set)?$", stored)
    return [kind, SCALARS[element[1]]] if element and kind in ("list", "set", "map") else "dynamic"


def _interface(types: str, name: str) -> str:
    start = types.index(f"export interface {name} ")
    return types[start : types.index("\n}", start)]


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)
