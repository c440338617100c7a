"""The text of a drafted contract: YAML of the standard, with a comment marked DECIDE wherever a person must decide."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import yaml

from functions import parsing
from functions.contract import FOLDER, Column, Layout, load
from functions.inference import guess, matching, sales_notes, vocabulary
from functions.inference import sample as samples
from functions.inference.matching import Match
from functions.inference.sample import Sample

NO_CURRENCY = "XXX"  # ISO 4217: no currency
WIDTH = 100_000  # of a line of YAML: a column stays on one


class DraftError(ValueError):
    """No contract can be drafted; the message says why and what to do."""


@dataclass(frozen=True)
class Wishes:
    """What a person says beforehand."""

    source: str | None = None
    entity: str | None = None
    currency: str | None = None
    timezone: str = "Etc/UTC"


def drafted(path: Path, layout: Layout, wishes: Wishes) -> str:
    """A contract for files such as this one; raises DraftError, or PermanentError where the file cannot be read."""
    sample = samples.read(path, layout)
    if not sample.columns or not sample.rows:
        raise DraftError(f"{path.name} has no rows to learn from. Take a sample with some.")
    entity = wishes.entity or matching.entity_of(sample)
    if entity is None:
        raise DraftError(
            f"{path.name} looks like neither sales, products nor customers: its columns are "
            f"{', '.join(list(sample.columns)[:20])}. Say with --entity which it is."
        )
    if entity not in matching.TELLING:
        raise DraftError(f"{entity!r} is nothing that the platform keeps. Say {', '.join(matching.TELLING)}.")
    matches = matching.matches(entity, sample)
    if entity == "sales":
        matches = sales_notes.without_false_line_numbers(matches, sample)
    return "\n".join([*_head(path, sample, entity, wishes), *_columns(sample, entity, matches, wishes)]) + "\n"


def _head(path: Path, sample: Sample, entity: str, wishes: Wishes) -> Iterator[str]:
    source = _source(path, entity, wishes.source)
    whole = "all" if sample.is_whole else "the first"
    yield f"# Drafted from {whole} {sample.rows:,} rows of {path.name}. What a person must decide is marked DECIDE."
    yield from ("apiVersion: v3.1.0", "kind: DataContract", f"id: {source}", f"name: {source}", "version: 0.1.0")
    yield from ("status: draft", "schema:", f"  - name: {entity}", f"    physicalName: {entity}/{source}/*")
    own = _own_of_schema(sample)
    if own:
        yield "    customProperties:"
        yield from (f"      - {_flow({'property': name, 'value': value})}" for name, value in own.items())


def _source(path: Path, entity: str, wish: str | None) -> str:
    """A name that no other contract has; of the file's name, what is no date."""
    known = {load(other).source for other in FOLDER.glob("*.yaml")}
    words = re.findall(r"[a-z]+", path.name.split(".")[0].casefold())
    name = wish or "-".join(words) or f"my-{entity}"
    return name if name not in known or wish else f"my-{name}"


def _own_of_schema(sample: Sample) -> dict[str, Any]:
    layout = sample.layout
    stated = {"lines": layout.lines, "sheet": layout.sheet, "encoding": layout.encoding}
    stated["delimiter"] = samples.unusual_delimiter(layout)
    return {name: value for name, value in stated.items() if value is not None}


def _columns(sample: Sample, entity: str, matches: list[Match], wishes: Wishes) -> Iterator[str]:
    if entity == "sales":
        yield from (f"    # {note}" for note in sales_notes.notes(matches, sample))
    for name in sample.repeated:
        yield f"    # DECIDE: column {name!r} stands there more than once; if it is to be read, rename one of them."
    yield "    properties:"
    currency = wishes.currency or _sign(sample, matches)
    for match in matches:
        if match.name is not None:
            yield from _fed(match, sample, wishes)
        elif match.column.required and match.column.name != "line_no":
            yield from _unfed(match.column, sample, currency, wishes)
    yield from _others(sample, matches, entity)


def _sign(sample: Sample, matches: list[Match]) -> str | None:
    prices = [match.name for match in matches if match.column.name in ("unit_price", "list_price") and match.name]
    return guess.currency_of(sample.columns[prices[0]]) if prices else None


def _fed(match: Match, sample: Sample, wishes: Wishes) -> Iterator[str]:
    texts = sample.columns[str(match.name)]
    if match.written.otherwise:
        example = texts.drop_null()[0].as_py()
        yield _comment(f"DECIDE: values such as {example!r} can also be read with {match.written.otherwise}.")
    column, options = match.column, dict(match.column.options)
    if column.logical_type == "timestamp":
        options |= {"timezone": False, "defaultTimezone": wishes.timezone}
        if wishes.timezone == "Etc/UTC" and not _states_zone(match, sample):
            yield _comment("DECIDE: in which time zone are these times? Etc/UTC is a guess.")
    custom = dict(match.written.custom)
    if column.required and texts.null_count:
        yield _comment(f"{texts.null_count:,} rows state none, and are rejected; a `default` would let them through.")
        if column.name == "currency":
            custom["default"] = wishes.currency or NO_CURRENCY
    if beyond := _beyond(match, texts):
        yield _comment(beyond)
    yield _property(column, str(match.name), options | match.written.options, custom)


def _beyond(match: Match, texts: pa.Array) -> str:
    """Values that the platform's column does not take."""
    own = {**match.written.options, **match.written.custom}
    tidy = pc.replace_substring_regex(texts, own["remove"], "") if "remove" in own else texts
    parsed = parsing.PARSERS[match.column.logical_type](tidy, {**match.column.options, **own})
    told = [f"{mask.sum():,} {'value' if mask.sum() == 1 else 'values'} {reason}" for mask, reason in parsed.problems]
    return f"Rejected: {'; '.join(told)}." if told else ""


def _states_zone(match: Match, sample: Sample) -> bool:
    texts = sample.columns[str(match.name)].drop_null()
    zoned = pc.match_substring_regex(texts, r"(Z|[+-]\d\d:?\d\d)$")
    return len(texts) > 0 and pc.all(zoned).as_py() and match.column.logical_type == "timestamp" and _has_time(texts)


def _has_time(texts: Any) -> bool:
    return bool(pc.all(pc.match_substring_regex(texts, r"\d:\d\d")).as_py())


def _unfed(column: Column, sample: Sample, currency: str | None, wishes: Wishes) -> Iterator[str]:
    """A column that the platform cannot do without and that no column of the file seems to feed."""
    if column.name == "currency":
        if not wishes.currency:
            yield _comment("DECIDE: the file states no currency; which one is it?")
        custom = {"default": currency or NO_CURRENCY}
        yield _property(column, None, dict(column.options), custom)
        return
    there = ", ".join(list(sample.columns)[:20])
    yield _comment(f"DECIDE: which column is this? The file has {there}. Or give it the custom property `default`.")
    yield _property(column, column.name, dict(column.options), {})


def _others(sample: Sample, matches: list[Match], entity: str) -> Iterator[str]:
    """Columns that feed nothing: of sales they can be told in the quality log; what tells of a person is left out."""
    fed = {match.name for match in matches}
    taken = {match.column.name for match in matches}
    rest = [name for name in sample.columns if name not in fed]
    personal = [name for name in rest if vocabulary.is_personal(name)]
    for name in rest if entity == "sales" else []:
        own = _apart(vocabulary.platform_like(name), matches)
        if name in personal or own in taken:
            continue
        taken.add(own)
        texts = sample.columns[name]
        kind = guess.kind_of(texts)
        written = guess.written(kind, texts)
        column = Column(own, name, kind, required=False, is_key=False, options={}, remove=None, default=None)
        yield _property(column, name, dict(written.options), dict(written.custom))
    if personal:
        yield _comment(f"Left out, since they seem to tell of a person: {', '.join(personal)}.")
    if entity != "sales" and set(rest) - set(personal):
        yield _comment(
            f"Left out, since the platform keeps nothing such: {', '.join(n for n in rest if n not in personal)}."
        )


def _apart(name: str, matches: list[Match]) -> str:
    """A name that is not mistaken for a column of the platform that the file does not feed."""
    free = [match.column.name for match in matches if match.name is None]
    return f"stated_{name}" if name in free or get_close_matches(name, free, 1, 0.8) else name


def _property(column: Column, name: str | None, options: dict[str, Any], custom: dict[str, Any]) -> str:
    item: dict[str, Any] = {"name": column.name}
    if name is not None:
        item["physicalName"] = name
    item["logicalType"] = column.logical_type
    if column.required:
        item["required"] = True
    if column.is_key:
        item["primaryKey"] = True
    if column.is_personal:
        item["classification"] = "personal"
    if options:
        item["logicalTypeOptions"] = options
    if custom:
        item["customProperties"] = [{"property": key, "value": value} for key, value in custom.items()]
    return f"      - {_flow(item)}"


def _flow(item: dict[str, Any]) -> str:
    return yaml.safe_dump(item, default_flow_style=True, sort_keys=False, width=WIDTH, allow_unicode=True).strip()


def _comment(text: str) -> str:
    return f"      # {' '.join(text.split())}"
