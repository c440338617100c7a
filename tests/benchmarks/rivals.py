"""The detectors that ours is compared with: which rows each holds, given the same baseline and the same rows."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import IsolationForest

from functions.learn import SMALLEST_SAMPLE
from tests.benchmarks.labelled_errors import Trial

RAW = ["unit_price", "quantity"]
Held = NDArray[np.bool_]
PYOD = Path(__file__).with_name("pyod_verdicts.py")


def plain_z(trial: Trial) -> Held:
    """|z| > 3 of log price or log quantity, by mean and standard deviation of all: the best of the plain ones."""
    known = np.log(trial.baseline[RAW])
    z = (np.log(trial.rows[RAW]) - known.mean()) / known.std()
    return np.asarray((z.abs() > 3).any(axis=1))


def plain_z_of_products(trial: Trial) -> Held:
    """|z| > 3 of price or quantity, by mean and standard deviation of the product, else of all."""
    groups = trial.baseline.groupby("product_id")[RAW]
    enough = groups.size().reindex(trial.rows["product_id"]).fillna(0).to_numpy() >= SMALLEST_SAMPLE
    mean, deviation = (
        np.where(enough[:, None], own.reindex(trial.rows["product_id"]).to_numpy(), overall.to_numpy())
        for own, overall in ((groups.mean(), trial.baseline[RAW].mean()), (groups.std(), trial.baseline[RAW].std()))
    )
    distance = np.abs(trial.rows[RAW].to_numpy() - mean)
    return np.asarray(((distance > 3 * deviation) & (distance > 1e-9)).any(axis=1))


def isolation_forest(trial: Trial) -> Held:
    """Isolation Forest alone: contamination auto, raw features."""
    forest = IsolationForest(random_state=0).fit(trial.baseline[RAW].to_numpy())
    return np.asarray(forest.predict(trial.rows[RAW].to_numpy()) == -1)


def pyod(trial: Trial, python: Path, share: float) -> Iterator[tuple[str, Held]]:
    """PyOD's ECOD and IForest, as they come and told the share of errors, in the interpreter that has PyOD."""
    with tempfile.TemporaryDirectory() as folder:
        inputs, verdicts = Path(folder) / "rows.npz", Path(folder) / "verdicts.npz"
        np.savez(inputs, baseline=trial.baseline[RAW].to_numpy(), rows=trial.rows[RAW].to_numpy())
        subprocess.run([python, PYOD, inputs, verdicts, json.dumps(share)], check=True)
        with np.load(verdicts) as found:
            for name in found.files:
                yield name, found[name].astype(bool)


def measures(rows: pd.DataFrame, held: Held, kinds: tuple[str, ...]) -> dict[str, float]:
    """Precision, recall, F1, share of clean rows held, in per cent, and the recall of each kind."""
    wrong = (rows["kind"] != "").to_numpy()
    right = int((held & wrong).sum())
    precision, recall = right / max(int(held.sum()), 1), right / max(int(wrong.sum()), 1)
    return {
        "precision": precision,
        "recall": recall,
        "F1": 2 * precision * recall / max(precision + recall, 1e-9),
        "clean held %": 100 * float(held[~wrong].mean()),
        **{kind: float(held[(rows["kind"] == kind).to_numpy()].mean()) for kind in kinds},
    }
