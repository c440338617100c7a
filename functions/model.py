"""The anomaly model: what is usual for each product, each category and all sales, learnt from the warehouse.

It is plain numbers, stored as gzip'd JSON. Its version follows from its content, so that training on the same sales
gives the same version, and names the rule (functions/anomaly.py) that it was made for.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np

from functions import forest
from functions.catalogue import Accepted, Catalogue
from functions.forest import Forest
from functions.robust import Floats, Integers, Spread

# Names the rule that judges by a model, and how a model is made: change it when one of them changes.
RULE = "history-2"
# Names the rule that judges without one (functions/anomaly_batch.py) and its constants: change it when they change.
RULE_WITHOUT = "batch-2"


class ModelError(RuntimeError):
    """An anomaly model cannot be used; nothing was scored."""


@dataclass(frozen=True)
class Group:
    """What is usual for a category, or for all: spreads of log price and log quantity, and a large quantity."""

    lines: int
    price: Spread
    quantity: Spread
    large_quantity: float


@dataclass(frozen=True)
class Product(Group):
    """What is usual for a product: its prices, how many lines sold at each, and its quantities, both ascending."""

    prices: Floats
    lines_at: Integers
    quantities: Floats


@dataclass(frozen=True)
class Released:
    """What a person let through of a product: its prices, ascending, and its largest quantity."""

    prices: Floats
    largest_quantity: float


@dataclass(frozen=True)
class Model:
    """What is usual, what people released, and a forest over (z of log price, of log quantity, of log line worth)."""

    version: str
    products: dict[str, Product]
    categories: dict[str, Group]
    category_of: dict[str, str]
    everything: Group
    released: dict[str, Released]
    worth: Spread
    forest: Forest

    @cached_property
    def catalogue(self) -> Catalogue:
        """The products as arrays."""
        return Catalogue.of(self.products)

    @cached_property
    def accepted(self) -> Accepted:
        """What people released as arrays."""
        return Accepted.of(self.released)


def make(content: dict[str, Any]) -> tuple[str, bytes]:
    """The version that follows from a model's content, and the object to store."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
    return f"{RULE}-{hashlib.sha256(text).hexdigest()[:16]}", gzip.compress(text, mtime=0)


def read(version: str, data: bytes) -> Model:
    """The model in a stored object; raises ModelError where it is not the one that its name says."""
    try:
        text = gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        text = b""
    if version != f"{RULE}-{hashlib.sha256(text).hexdigest()[:16]}":
        raise ModelError(f"The model {version} was damaged or made for another rule than {RULE}: train a new one.")
    content = json.loads(text)
    return Model(
        version=version,
        products={name: _product(plain) for name, plain in content["products"].items()},
        categories={name: Group(**_group(plain)) for name, plain in content["categories"].items()},
        category_of=content["category_of"],
        everything=Group(**_group(content["everything"])),
        released={name: _released(plain) for name, plain in content["released"].items()},
        worth=Spread(**content["worth"]),
        forest=forest.from_plain(content["forest"]),
    )


def plain_group(group: Group) -> dict[str, Any]:
    """A product, a category or all as JSON knows it."""
    return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in asdict(group).items()}


def _group(plain: dict[str, Any]) -> dict[str, Any]:
    return {**plain, "price": Spread(**plain["price"]), "quantity": Spread(**plain["quantity"])}


def _released(plain: dict[str, Any]) -> Released:
    return Released(np.array(plain["prices"], dtype=np.float64), plain["largest_quantity"])


def _product(plain: dict[str, Any]) -> Product:
    arrays = {
        "prices": np.array(plain["prices"], dtype=np.float64),
        "lines_at": np.array(plain["lines_at"], dtype=np.int64),
        "quantities": np.array(plain["quantities"], dtype=np.float64),
    }
    return Product(**{**_group(plain), **arrays})
