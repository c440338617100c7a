"""Carbon figures of products; the known answers are worked out by hand from the published factors."""

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from functions import carbon


def footprint(**product: Any) -> dict[str, Any]:
    row = {
        "material": None, "material_origin": None, "unit_weight_kg": None,
        "declared_product_kg": None, "declared_baseline_kg": None, **product,
    }  # fmt: skip
    decimals = ("unit_weight_kg", "declared_product_kg", "declared_baseline_kg")
    types = {name: pa.decimal128(18, 6) if name in decimals else pa.string() for name in row}
    columns = {
        name: pa.array([None if v is None else Decimal(v) if name in decimals else v], types[name])
        for name, v in row.items()
    }
    found: dict[str, Any] = carbon.with_footprints(pa.table(columns)).to_pylist()[0]
    return found


def test_a_recycled_glass_jar_against_a_new_one() -> None:
    # 0.5 kg of closed-loop recycled glass: 0.5 x 823.18954 / 1000; of new glass: 0.5 x 1402.76667 / 1000.
    jar = footprint(material="Glass", material_origin="recycled", unit_weight_kg="0.5")
    assert jar["product_kg"] == Decimal("0.411594770")
    assert jar["baseline_kg"] == Decimal("0.701383335")
    assert (jar["product_kg_method"], jar["baseline_kg_method"]) == ("factor", "factor")
    assert jar["factor_set"] == "UK Government GHG Conversion Factors 2025, material use"


def test_a_used_shirt_against_a_new_one() -> None:
    # 0.2 kg of re-used clothing: 0.2 x 152.25 / 1000; of new clothing: 0.2 x 22310 / 1000.
    shirt = footprint(material="clothing", material_origin="reused", unit_weight_kg="0.2")
    assert (shirt["product_kg"], shirt["baseline_kg"]) == (Decimal("0.03045"), Decimal("4.462"))


def test_declared_figures_come_first_and_say_so() -> None:
    declared = footprint(
        material="Glass",
        material_origin="recycled",
        unit_weight_kg="0.5",
        declared_product_kg="0.1",
        declared_baseline_kg="2",
    )
    assert (declared["product_kg"], declared["baseline_kg"]) == (Decimal("0.1"), Decimal(2))
    assert (declared["product_kg_method"], declared["factor_set"]) == ("declared", None)


@pytest.mark.parametrize(
    ("product", "known"),
    [
        ({"material": "Unobtainium", "material_origin": "primary", "unit_weight_kg": "1"}, (None, None)),
        ({"material": "Glass", "unit_weight_kg": "1"}, (None, "1.40276667")),
        ({"material": "Glass", "material_origin": "recycled"}, (None, None)),
        # The table has no factor for re-used glass: the product is unknown, its baseline is not.
        ({"material": "Glass", "material_origin": "reused", "unit_weight_kg": "1"}, (None, "1.40276667")),
        ({}, (None, None)),
    ],
)
def test_unknown_is_null_never_zero(product: dict[str, str], known: tuple[str | None, str | None]) -> None:
    found = footprint(**product)
    expected = tuple(None if figure is None else Decimal(figure) for figure in known)
    assert (found["product_kg"], found["baseline_kg"]) == expected
