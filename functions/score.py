"""Score: finds anomalous sales. They flow on with score and reason; load puts them on hold in the quality log."""

from __future__ import annotations

import logging

import pyarrow as pa

from functions import anomaly, anomaly_batch, operation, parts
from functions.events import ObjectEvent
from functions.model import RULE_WITHOUT, Model
from functions.model_store import model_for
from functions.runtime import Platform

logger = logging.getLogger(__name__)


def handle(part: ObjectEvent, on: Platform) -> None:
    """Score one validated part into the scored bucket; parts of products and customers pass through.

    The decision and the rows travel in one object, created once: a repeated delivery cannot decide otherwise.
    """
    table, provenance = parts.decode(on.store.read(part))
    if provenance.entity == "sales":
        model = model_for(on)
        table = scored(table, model)
        version = model.version if model else RULE_WITHOUT
        provenance = provenance.stamped(model_version=version)
    provenance = provenance.stamped(scored_at=parts.now())
    on.store.create(on.settings.bucket_scored, provenance.part_name, parts.encode(table, provenance))
    logger.info("scored", extra={"stage": "score", "run_id": provenance.run_id, "rows": table.num_rows})


def scored(table: pa.Table, model: Model | None) -> pa.Table:
    """The sales with anomaly_score (float64) and anomaly_reason (text; null where the row is not anomalous).

    Judged by the model; without one, each by the others of the part.
    A void states no sale: it is neither scored nor part of the baseline.
    """
    rows = pa.table(
        {
            "product_id": table["product_id"],
            # As Decimal objects they would take longer than to be judged.
            "unit_price": table["unit_price"].cast(pa.float64()),
            "quantity": table["quantity"].cast(pa.float64()),
        }
    ).to_pandas()
    sales = rows[~operation.of(table).to_numpy()]
    found = (anomaly.score(sales, model) if model else anomaly_batch.score(sales)).reindex(rows.index)
    return table.append_column(
        "anomaly_score", pa.array(found["anomaly_score"], pa.float64(), from_pandas=True)
    ).append_column("anomaly_reason", pa.array(found["anomaly_reason"], pa.string(), from_pandas=True))
