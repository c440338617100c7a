"""Lines of JSON as whole columns: most files have an object a line, all of the same names, of text and numbers only.

What a line may be otherwise is for json_rows and nested, a row at a time; they would make the same rows of these.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import json

from functions.readers.nested import encodable
from functions.readers.rows import CELLS_AT_ONCE, MAX_COLUMNS

# A number, true or false as the value of a member. Within a text, quotes around such would end the text before it, and
# no JSON has a bare value next to a text: nothing is misread.
BARE_VALUE = r'("[ \t]*:[ \t]*)(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false)([ \t]*[,}])'


def table(lines: bytes, names: list[str]) -> pa.Table | None:
    """Lines as text columns of these names, a row for each.

    None where a line is not an object of some of these names whose values are text, numbers, true, false or null.
    """
    count = lines.count(b"\n") + 1
    schema = pa.schema([(encodable(name), pa.string()) for name in dict.fromkeys(names)])
    # Arrow takes objects for rows wherever they end. Each of these lines holds one or more whole ones, or is no JSON.
    ends = lines.count(b"}\n{") + lines.count(b"}\r\n{") + (lines.startswith(b"{") and lines.endswith(b"}"))
    if ends < count or count * len(schema) > CELLS_AT_ONCE or len(schema) > MAX_COLUMNS:
        return None
    # As text, a number stays as it was written; Arrow would make a float of it.
    quoted = pc.replace_substring_regex(pa.scalar(lines), BARE_VALUE, r'\1"\2"\3').as_buffer()
    try:
        found = json.read_json(
            pa.BufferReader(quoted),
            json.ReadOptions(use_threads=False, block_size=quoted.size + 1),
            json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
        )
    except pa.ArrowInvalid:
        return None
    return found if found.num_rows == count else None
