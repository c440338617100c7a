"""A stored forest says what scikit-learn's says, from which it came."""

import json

import numpy as np
from sklearn.ensemble import IsolationForest

from functions import forest


def rows(count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, 3))


def test_scores_are_those_of_scikit_learn() -> None:
    grown = forest.grow(rows(2000, 1), 50)
    original = IsolationForest(n_estimators=50, random_state=forest.SEED).fit(rows(2000, 1))
    asked = np.vstack([rows(500, 2), [[9.0, -9.0, 30.0]]])
    np.testing.assert_allclose(grown.scores(asked), -original.score_samples(asked), rtol=1e-12)
    assert grown.isolates(asked).tolist() == (original.predict(asked) == -1).tolist()


def test_it_survives_json_to_the_last_digit() -> None:
    grown = forest.grow(rows(300, 3), 20, 0.99)
    again = forest.from_plain(json.loads(json.dumps(grown.plain())))
    assert again.scores(rows(100, 4)).tolist() == grown.scores(rows(100, 4)).tolist()
    assert again.limit == grown.limit


def test_a_share_of_its_own_rows_is_not_isolated() -> None:
    assert abs(forest.grow(rows(2000, 5), 50, 0.99).isolates(rows(2000, 5)).mean() - 0.01) < 0.002


def test_no_rows_are_asked_in_vain() -> None:
    assert forest.grow(rows(20, 6), 5).scores(np.zeros((0, 3))).tolist() == []
