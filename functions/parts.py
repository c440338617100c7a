"""Parts: bounded slices of a run's rows as Parquet objects that say where they come from."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from functions.contract import Contract
from functions.events import ObjectEvent

METADATA_KEY = b"eco"
# Nobody looks for some rows of a part: statistics would take longer than they save.
READ_ONCE_WHOLE: dict[str, Any] = {"compression": "lz4", "write_statistics": False, "store_decimal_as_integer": True}
FEW_VALUES = ("currency", "country", "operation", "discount_rate")


@dataclass(frozen=True)
class Provenance:
    """Where a part comes from and what has been done to it; it travels in the Parquet metadata."""

    run_id: str
    bucket: str
    object_name: str
    generation: int
    uploaded_at: str
    source: str
    contract_version: str
    entity: str
    replaces_orders: bool
    part_no: int
    is_snapshot: bool = False
    closes_snapshot: bool = False
    flags_anomalies: bool = False
    version: str = ""
    validated_at: str = ""
    scored_at: str = ""
    transformed_at: str = ""
    model_version: str | None = None

    @property
    def part_name(self) -> str:
        """The part's object name, the same in every stage's bucket: it follows from the run and the number."""
        return f"{self.run_id}/{self.part_no:06d}.parquet"

    def stamped(self, **changes: str | bool | None) -> Provenance:
        """The same with what a stage has to add."""
        return replace(self, **changes)  # type: ignore[arg-type] # names are checked by replace itself


def of_upload(upload: ObjectEvent, contract: Contract, part_no: int) -> Provenance:
    """The provenance of a part of an upload."""
    return Provenance(
        run_id=str(upload.run_id),
        bucket=upload.bucket,
        object_name=upload.name,
        generation=upload.generation,
        version=upload.version,
        uploaded_at=upload.uploaded_at.isoformat(),
        source=contract.source,
        contract_version=contract.version,
        entity=contract.entity,
        replaces_orders=contract.replaces_orders,
        is_snapshot=contract.is_snapshot,
        flags_anomalies=contract.flags_anomalies,
        part_no=part_no,
    )


def now() -> str:
    """This instant, as provenance notes it."""
    return datetime.now(UTC).isoformat()


def encode(table: pa.Table, provenance: Provenance) -> bytes:
    """The part as the bytes of a Parquet file."""
    metadata = {METADATA_KEY: json.dumps(asdict(provenance)).encode()}
    buffer = io.BytesIO()
    parquet.write_table(table.replace_schema_metadata(metadata), buffer, **READ_ONCE_WHOLE, **_encodings(table.schema))
    return buffer.getvalue()


def _encodings(schema: pa.Schema) -> dict[str, Any]:
    """What halves a part and takes no time: whole numbers and times as differences, what has few values by number."""
    steady = [
        field.name for field in schema if pa.types.is_signed_integer(field.type) or pa.types.is_timestamp(field.type)
    ]
    return {
        "use_dictionary": [name for name in FEW_VALUES if name in schema.names],
        "column_encoding": dict.fromkeys(steady, "DELTA_BINARY_PACKED"),
    }


def decode(data: bytes) -> tuple[pa.Table, Provenance]:
    """The rows of a part, and where they come from."""
    table = parquet.ParquetFile(io.BytesIO(data)).read()
    fields: dict[str, Any] = json.loads(table.schema.metadata[METADATA_KEY])
    return table.replace_schema_metadata(None), Provenance(**fields)


def cut(tables: Iterable[pa.Table], part_rows: int, together: str | None = None) -> Iterator[tuple[pa.Table, bool]]:
    """Cut a stream of tables into parts of about `part_rows` rows, each with whether it is the last.

    Neighbouring rows with the same value of column `together` stay in one part, unless there are more of them than a
    part holds. Where the cuts fall depends on the rows alone, not on how they arrive.
    """
    waiting: pa.Table | None = None
    for table in tables:
        waiting = table if waiting is None else pa.concat_tables([waiting, table])
        while waiting.num_rows > part_rows:
            place = _place_of_cut(waiting, part_rows, together)
            yield waiting.slice(0, place), False
            waiting = waiting.slice(place)
    if waiting is not None and waiting.num_rows:
        yield waiting, True


def _place_of_cut(table: pa.Table, part_rows: int, together: str | None) -> int:
    """The last place up to `part_rows` at which a new value of `together` begins."""
    if together is None:
        return part_rows
    values = table.column(together).slice(0, part_rows + 1).combine_chunks()
    changes = pc.indices_nonzero(pc.not_equal(values.slice(1), values.slice(0, len(values) - 1)))
    return int(changes[-1].as_py()) + 1 if len(changes) else part_rows
