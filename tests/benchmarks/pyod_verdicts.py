"""Run by the interpreter that has PyOD: ECOD's and IForest's verdicts on the rows of a file, into another."""

import json
import sys

import numpy as np
from pyod.models.ecod import ECOD
from pyod.models.iforest import IForest


def main(inputs: str, verdicts: str, share: float) -> None:
    with np.load(inputs) as file:
        baseline, rows = file["baseline"], file["rows"]
    detectors = {
        "PyOD ECOD": ECOD(),
        "PyOD ECOD, told the share": ECOD(contamination=share),
        "PyOD IForest": IForest(random_state=0),
        "PyOD IForest, told the share": IForest(contamination=share, random_state=0),
    }
    np.savez(verdicts, **{name: detector.fit(baseline).predict(rows) for name, detector in detectors.items()})


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))
