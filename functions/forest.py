"""An Isolation Forest (Liu, Ting and Zhou 2008, doi:10.1109/ICDM.2008.17) as plain numbers.

scikit-learn grows it; from then on it is arrays, which JSON can hold and numpy can walk. So a stored forest needs no
pickle, says the same under every version of scikit-learn, and a function that only asks it does not import that.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from functions.robust import Floats, Integers

SEED = 0
EULER = 0.5772156649015329


@dataclass(frozen=True)
class Tree:
    """Node n asks whether feature[n] <= threshold[n], and goes on left or right; -1 is no node.

    path[n] is the expected number of questions for whoever ends at n.
    """

    feature: Integers
    threshold: Floats
    left: Integers
    right: Integers
    path: Floats

    def paths(self, features: NDArray[np.float32]) -> Floats:
        """How many questions it takes to isolate each row."""
        at = np.zeros(len(features), dtype=np.int64)
        walking = np.flatnonzero(self.left[at] >= 0)
        while len(walking):
            node = at[walking]
            goes_left = features[walking, self.feature[node]] <= self.threshold[node]
            at[walking] = np.where(goes_left, self.left[node], self.right[node])
            walking = walking[self.left[at[walking]] >= 0]
        return self.path[at]


@dataclass(frozen=True)
class Forest:
    """Trees, the number of rows that each was grown from, and the score from which on a row counts as isolated."""

    trees: tuple[Tree, ...]
    rows_each: int
    limit: float

    def scores(self, features: Floats) -> Floats:
        """0 to 1 for each row: 0.5 is ordinary, towards 1 isolated."""
        rows = features.astype(np.float32)
        mean = sum((tree.paths(rows) for tree in self.trees), np.zeros(len(rows))) / max(len(self.trees), 1)
        return np.asarray(2.0 ** (-mean / _expected_path(np.array([self.rows_each]))[0]))

    def isolates(self, features: Floats) -> NDArray[np.bool_]:
        """Whether it isolates each row."""
        return np.asarray(self.scores(features) > self.limit)

    def plain(self) -> dict[str, Any]:
        """The forest as JSON knows it."""
        trees = [{item.name: getattr(tree, item.name).tolist() for item in fields(Tree)} for tree in self.trees]
        return {"trees": trees, "rows_each": self.rows_each, "limit": self.limit}


def from_plain(plain: dict[str, Any]) -> Forest:
    """The forest that `plain` described."""
    return Forest(tuple(map(_tree_from_plain, plain["trees"])), plain["rows_each"], plain["limit"])


def _tree_from_plain(plain: dict[str, Any]) -> Tree:
    return Tree(
        feature=np.array(plain["feature"], dtype=np.int64),
        threshold=np.array(plain["threshold"], dtype=np.float64),
        left=np.array(plain["left"], dtype=np.int64),
        right=np.array(plain["right"], dtype=np.int64),
        path=np.array(plain["path"], dtype=np.float64),
    )


def grow(features: Floats, trees: int, share_within: float | None = None) -> Forest:
    """A forest over these rows, the same for the same rows.

    `share_within` of them do not count as isolated; without it, whoever is easier to isolate than the average.
    """
    from sklearn.ensemble import IsolationForest  # 2 seconds of import, for the few who grow one

    grown = IsolationForest(n_estimators=trees, random_state=SEED).fit(features)
    forest = Forest(tuple(_tree(estimator.tree_) for estimator in grown.estimators_), int(grown.max_samples_), 0.5)
    if share_within is None:
        return forest
    return Forest(forest.trees, forest.rows_each, float(np.quantile(forest.scores(features), share_within)))


def _tree(grown: Any) -> Tree:
    left, right = grown.children_left.astype(np.int64), grown.children_right.astype(np.int64)
    depth = np.zeros(len(left))
    for node in np.flatnonzero(left >= 0):  # a child stands after its parent
        depth[[left[node], right[node]]] = depth[node] + 1
    return Tree(
        grown.feature.astype(np.int64), grown.threshold, left, right, depth + _expected_path(grown.n_node_samples)
    )


def _expected_path(rows: NDArray[Any]) -> Floats:
    """The mean number of questions that isolates one of so many rows."""
    several = np.maximum(rows, 3).astype(np.float64)
    longer = 2.0 * (np.log(several - 1.0) + EULER) - 2.0 * (several - 1.0) / several
    return np.where(rows <= 1, 0.0, np.where(rows == 2, 1.0, longer))
