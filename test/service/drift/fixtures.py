"""Computes with scipy and numpy what the tests of service/drift compare with: fixtures.json beside this file.

    python3 -m venv /tmp/scientific
    /tmp/scientific/bin/pip install scipy==1.17.1 numpy
    /tmp/scientific/bin/python test/service/drift/fixtures.py

The samples are made from seeds by whole numbers, sums and products alone, so that the tests make the same ones to the
last bit (test/service/drift/samples.ts) and no sample needs to be stored.
"""

import json
import pathlib

import numpy as np
from scipy import stats

HERE = pathlib.Path(__file__).resolve().parent

# As in service/drift/kolmogorov-smirnov.ts: up to here the p-value is counted exactly.
MOST_EXACT_STEPS = 4_000_000
SHARE_FLOOR = 1e-4


def mulberry32(seed: int, count: int) -> np.ndarray:
    state = seed & 0xFFFFFFFF
    values = np.empty(count)
    for index in range(count):
        state = (state + 0x6D2B79F5) & 0xFFFFFFFF
        mixed = ((state ^ (state >> 15)) * (state | 1)) & 0xFFFFFFFF
        mixed ^= (mixed + (((mixed ^ (mixed >> 7)) * (mixed | 61)) & 0xFFFFFFFF)) & 0xFFFFFFFF
        values[index] = ((mixed ^ (mixed >> 14)) & 0xFFFFFFFF) / 4_294_967_296
    return values


def sample(seed: int, count: int, shift: float, scale: float, steps: int) -> np.ndarray:
    """A sum of four uniform numbers is round enough; `steps` makes equal values, 0 none."""
    uniform = mulberry32(seed, 4 * count).reshape(count, 4)
    values = (uniform[:, 0] + uniform[:, 1] + uniform[:, 2] + uniform[:, 3] - 2) * scale + shift
    return values if steps == 0 else np.floor(values * steps)


# name, rows of the reference and of the current, shift, scale, steps
SAMPLES = [
    ("the same, small", 12, 9, 0.0, 1.0, 0),
    ("shifted, small", 15, 40, 0.5, 1.0, 0),
    ("far apart, small", 30, 30, 2.0, 1.0, 0),
    ("nothing in common", 20, 25, 9.0, 1.0, 0),
    ("one against many", 1, 200, 0.3, 1.0, 0),
    ("the same, medium", 1500, 1200, 0.0, 1.0, 0),
    ("shifted a little, medium", 1500, 1200, 0.05, 1.0, 0),
    ("wider, medium", 2000, 2000, 0.0, 1.5, 0),
    ("equal values, medium", 700, 900, 0.1, 1.0, 4),
    ("the same, large", 20_000, 5000, 0.0, 1.0, 0),
    ("shifted a little, large", 20_000, 5000, 0.012, 1.0, 0),
    ("shifted, large", 20_000, 5000, 0.2, 1.0, 0),
    ("narrower, large", 20_000, 8000, 0.0, 0.9, 0),
    ("equal values, large", 20_000, 5000, 0.03, 1.0, 3),
    ("few against very many", 90, 60_000, 0.1, 1.0, 0),
]

TABLES = [
    ("the same", [500, 300, 200], [250, 150, 100]),
    ("another mix", [500, 300, 200], [150, 200, 150]),
    ("a new category", [600, 400, 0], [300, 180, 40]),
    ("a little apart", [9000, 700, 300], [4450, 375, 175]),
    ("two categories", [9800, 200], [4700, 300]),
    ("rare ones are judged together", [5000, 3000, 4, 3, 2], [2500, 1400, 3, 0, 9]),
]


def psi(before: np.ndarray, now: np.ndarray) -> float:
    before = np.clip(before / before.sum(), SHARE_FLOOR, None)
    now = np.clip(now / now.sum(), SHARE_FLOOR, None)
    return float(np.sum((now - before) * np.log(now / before)))


def binned(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    return np.bincount(np.searchsorted(edges, values, side="left"), minlength=len(edges) + 1)


def of_samples(index: int, name: str, n: int, m: int, shift: float, scale: float, steps: int) -> dict:
    reference = sample(1000 + index, n, 0.0, 1.0, steps)
    current = sample(2000 + index, m, shift, scale, steps)
    mode = "exact" if n * m <= MOST_EXACT_STEPS else "asymp"
    test = stats.ks_2samp(reference, current, method=mode)
    edges = np.unique(np.quantile(reference, np.arange(1, 10) / 10))
    return {
        "name": name,
        "reference": {"seed": 1000 + index, "rows": n, "shift": 0, "scale": 1, "steps": steps},
        "current": {"seed": 2000 + index, "rows": m, "shift": shift, "scale": scale, "steps": steps},
        "ks": {"statistic": float(test.statistic), "pValue": float(test.pvalue), "mode": mode},
        "edges": edges.tolist(),
        "psi": psi(binned(reference, edges), binned(current, edges)),
    }


def of_table(name: str, before: list[int], now: list[int]) -> dict:
    """Pearson's test without correction; categories with fewer than five expected rows in either sample are one."""
    table = np.array([before, now], dtype=float)
    smallest = table.sum(axis=0) * table.sum(axis=1).min() / table.sum()
    rare = smallest < 5
    judged = np.column_stack([table[:, ~rare], table[:, rare].sum(axis=1)]) if rare.any() else table
    judged = judged[:, judged.sum(axis=0) > 0]
    test = stats.chi2_contingency(judged, correction=False)
    return {
        "name": name,
        "reference": before,
        "current": now,
        "chiSquare": {"statistic": float(test.statistic), "pValue": float(test.pvalue)},
        "psi": psi(table[0], table[1]),
    }


def main() -> None:
    fixtures = {
        "scipy": __import__("scipy").__version__,
        "numpy": np.__version__,
        "samples": [of_samples(index, *row) for index, row in enumerate(SAMPLES)],
        "tables": [of_table(*row) for row in TABLES],
        "chiSquareTails": [
            {"x": x, "degrees": degrees, "tail": float(stats.chi2.sf(x, degrees))}
            for degrees in (1, 2, 5, 10, 40)
            for x in (0.01, 1.0, 4.0, 12.0, 45.0, 300.0)
        ],
        "chiSquareQuantiles": [
            {"probability": p, "degrees": d, "value": float(stats.chi2.ppf(p, d))}
            for p in (0.5, 0.99, 0.999)
            for d in (1, 2, 9, 13, 50)
        ],
        "kolmogorovTails": [
            {"n": n, "distance": d, "tail": float(stats.kstwo.sf(d, n))}
            for n in (150, 1000, 16_667)
            for d in (0.003, 0.01, 0.02, 0.05, 0.12, 0.6)
        ],
    }
    (HERE / "fixtures.json").write_text(json.dumps(fixtures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
