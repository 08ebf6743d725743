"""Makes the sample model: model.onnx, model.json beside it, and the expectations that the tests hold it to.

    pip install scikit-learn skl2onnx
    python service/model/train.py

The data is synthetic: payments drawn from invented distributions with a fixed seed, labelled by an invented rule
plus noise. It stands for the shape of a real task and says nothing about real payments.
"""

import hashlib
import json
import pathlib
import re

import numpy as np
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import RandomForestClassifier

SEED = 20260117
TRAINING_ROWS = 20_000
VALIDATION_ROWS = 5_000
TREES = 100
MAX_DEPTH = 8  # Deeper trees double the file with each level and gain less than one point of accuracy here.
FEATURES_PER_SPLIT = 8  # The default of 4 often sees none of the telling features and stays needlessly unsure.
MIN_LEAF_ROWS = 20  # Keeps a leaf's probability an average over people, not a memory of one.
EXPECTED_ROWS = 10
MOST_DISTINCT = 12  # As in service/drift/bins.ts: with no more distinct values than this, each has a bin of its own.

HERE = pathlib.Path(__file__).resolve().parent
EXPECTATIONS = HERE.parent.parent / "test" / "service" / "inference" / "expected-predictions.json"

# name, type, smallest and largest value that can be meant; outside of them a request is refused, not predicted.
FEATURES = [
    ("amount_eur", "number", 0, 1_000_000),
    ("amount_to_average_ratio", "number", 0, 100_000),
    ("hour_of_day", "integer", 0, 23),
    ("day_of_week", "integer", 0, 6),
    ("account_age_days", "integer", 0, 36_525),
    ("card_age_days", "integer", 0, 36_525),
    ("merchant_age_days", "integer", 0, 73_050),
    ("payments_last_hour", "integer", 0, 10_000),
    ("payments_last_day", "integer", 0, 100_000),
    ("failed_attempts_last_day", "integer", 0, 10_000),
    ("minutes_since_last_payment", "number", 0, 52_596_000),
    ("distance_from_home_km", "number", 0, 20_040),
    ("distance_from_last_payment_km", "number", 0, 20_040),
    ("merchant_risk_score", "number", 0, 1),
    ("ip_risk_score", "number", 0, 1),
    ("address_match_score", "number", 0, 1),
    ("is_new_merchant", "integer", 0, 1),
    ("is_new_device", "integer", 0, 1),
    ("is_foreign_currency", "integer", 0, 1),
    ("is_card_present", "integer", 0, 1),
]
CLASSES = ["legitimate", "fraud"]


def draw(random: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Payments and their labels. The rule below is the whole truth of this small world."""
    payments_last_day = random.poisson(3.0, rows)
    column = {
        "amount_eur": np.round(random.lognormal(3.6, 1.1, rows), 2),
        "amount_to_average_ratio": np.round(random.lognormal(0.0, 0.8, rows), 3),
        "hour_of_day": random.integers(0, 24, rows),
        "day_of_week": random.integers(0, 7, rows),
        "account_age_days": random.gamma(2.0, 500.0, rows).astype(int),
        "card_age_days": random.gamma(2.0, 300.0, rows).astype(int),
        "merchant_age_days": random.gamma(2.0, 900.0, rows).astype(int),
        "payments_last_hour": random.binomial(payments_last_day, 0.2),
        "payments_last_day": payments_last_day,
        "failed_attempts_last_day": random.poisson(0.4, rows),
        "minutes_since_last_payment": np.round(random.exponential(900.0, rows), 1),
        "distance_from_home_km": np.round(random.lognormal(2.2, 1.4, rows).clip(0, 20_040), 1),
        "distance_from_last_payment_km": np.round(random.lognormal(1.8, 1.4, rows).clip(0, 20_040), 1),
        "merchant_risk_score": np.round(random.beta(2.0, 5.0, rows), 3),
        "ip_risk_score": np.round(random.beta(1.5, 4.0, rows), 3),
        "address_match_score": np.round(random.beta(6.0, 1.5, rows), 3),
        "is_new_merchant": random.binomial(1, 0.3, rows),
        "is_new_device": random.binomial(1, 0.2, rows),
        "is_foreign_currency": random.binomial(1, 0.15, rows),
        "is_card_present": random.binomial(1, 0.5, rows),
    }
    score = (
        1.4 * np.log(column["amount_to_average_ratio"])
        + 0.9 * (np.log1p(column["distance_from_home_km"]) - 2.2)
        + 5.0 * (column["merchant_risk_score"] - 0.28)
        + 4.0 * (column["ip_risk_score"] - 0.27)
        - 4.0 * (column["address_match_score"] - 0.8)
        + 1.2 * column["failed_attempts_last_day"]
        + 1.9 * column["is_new_device"]
        + 1.0 * column["is_new_merchant"]
        - 1.6 * column["is_card_present"]
        + 0.9 * (column["hour_of_day"] < 6)
        - 2.6
    )
    labels = (1.6 * score + random.logistic(0.0, 1.0, rows) > 0).astype(np.int64)
    rows_of_features = np.column_stack([column[name] for name, *_ in FEATURES]).astype(np.float32)
    return rows_of_features, labels


def instance(row: np.ndarray) -> dict[str, float]:
    """One row as a caller would write it."""
    return {
        name: int(value) if kind == "integer" else float(str(value))
        for (name, kind, *_), value in zip(FEATURES, row)
    }


def prediction(probabilities: np.ndarray) -> dict[str, object]:
    return {
        "class": CLASSES[int(np.argmax(probabilities))],
        "probabilities": {name: round(float(p), 6) for name, p in zip(CLASSES, probabilities)},
    }


def both_classes(probabilities: np.ndarray) -> np.ndarray:
    """The first rows of each predicted class in equal number, so that the expectations cover every answer."""
    predicted = probabilities.argmax(axis=1)
    each = EXPECTED_ROWS // len(CLASSES)
    return np.concatenate([np.flatnonzero(predicted == c)[:each] for c in range(len(CLASSES))])


def edges_of(values: np.ndarray) -> list[float]:
    """As service/drift/bins.ts: deciles, or each value for itself where there are few, with one bin below and above."""
    distinct = np.unique(values)
    if len(distinct) <= MOST_DISTINCT:
        below = distinct[0] - (distinct[1] - distinct[0]) / 2
        return [float(str(edge)) for edge in (below, *distinct)]
    deciles = np.unique(np.quantile(values, np.arange(1, 10) / 10))
    return [float(str(edge)) for edge in deciles.astype(np.float32)]


def by_bin(values: np.ndarray) -> dict[str, object]:
    """A bin holds what is above one edge up to and including the next."""
    edges = edges_of(values)
    bins = np.searchsorted(np.array(edges, dtype=np.float32), values, side="left")
    return {"edges": edges, "counts": np.bincount(bins, minlength=len(edges) + 1).tolist(), "missing": 0}


def baseline(train_x: np.ndarray, probabilities: np.ndarray) -> dict[str, object]:
    """What inputs and answers are compared with later. Answers are those about rows that the forest has not seen."""
    predicted = probabilities.argmax(axis=1)
    return {
        "source": f"{TRAINING_ROWS} training rows, answers about {VALIDATION_ROWS} validation rows",
        "features": {name: by_bin(train_x[:, column]) for column, (name, *_) in enumerate(FEATURES)},
        "calendar": ["hour_of_day", "day_of_week"],
        "answers": {
            "confidence": by_bin(probabilities.max(axis=1).astype(np.float32)),
            "classes": {name: int((predicted == c).sum()) for c, name in enumerate(CLASSES)},
        },
    }


def write_json(path: pathlib.Path, content: object) -> None:
    text = json.dumps(content, indent=2)
    # A list of numbers is one thing to read and stands on one line.
    text = re.sub(r"\[[\s\d.,e+-]+\]", lambda found: " ".join(found[0].split()).replace("[ ", "[").replace(" ]", "]"), text)
    path.write_text(text + "\n", encoding="utf-8")


def main() -> None:
    random = np.random.default_rng(SEED)
    train_x, train_y = draw(random, TRAINING_ROWS)
    valid_x, valid_y = draw(random, VALIDATION_ROWS)

    forest = RandomForestClassifier(
        n_estimators=TREES,
        max_depth=MAX_DEPTH,
        max_features=FEATURES_PER_SPLIT,
        min_samples_leaf=MIN_LEAF_ROWS,
        random_state=SEED,
        n_jobs=1,
    ).fit(train_x, train_y)
    probabilities = forest.predict_proba(valid_x)
    confidence = probabilities.max(axis=1)

    onnx = convert_sklearn(
        forest,
        name="payment-fraud",  # Without a name the converter invents one, and the file would differ in each run.
        initial_types=[("features", FloatTensorType([None, len(FEATURES)]))],
        options={"zipmap": False},
        target_opset={"": 17, "ai.onnx.ml": 3},
    )
    model = onnx.SerializeToString()
    (HERE / "model.onnx").write_bytes(model)

    example = int(np.argmax(confidence))
    write_json(
        HERE / "model.json",
        {
            "name": "payment-fraud",
            "version": "1.0.0",
            "task": "Tell fraudulent card payments from legitimate ones. Trained on synthetic data only.",
            "features": [{"name": n, "type": t, "min": low, "max": high} for n, t, low, high in FEATURES],
            "classes": CLASSES,
            "input": "features",
            "output": "probabilities",
            "training": {
                "data": "synthetic",
                "algorithm": f"random forest, {TREES} trees, depth {MAX_DEPTH}",
                "seed": SEED,
                "rows": TRAINING_ROWS,
            },
            "validation": {
                "rows": VALIDATION_ROWS,
                "accuracy": round(float((probabilities.argmax(axis=1) == valid_y).mean()), 4),
                "meanConfidence": round(float(confidence.mean()), 4),
            },
            # Near guessing for two classes: such answers deserve a second look.
            "lowConfidenceBelow": 0.6,
            "probe": {"instance": instance(valid_x[example]), "class": prediction(probabilities[example])["class"]},
            "sha256": hashlib.sha256(model).hexdigest(),
            "baseline": baseline(train_x, probabilities),
        },
    )
    write_json(
        EXPECTATIONS,
        [
            {"instance": instance(row), **prediction(p)}
            for row, p in ((valid_x[i], probabilities[i]) for i in both_classes(probabilities))
        ],
    )
    print(f"model.onnx: {len(model)} bytes, mean confidence {confidence.mean():.4f} on validation data")


if __name__ == "__main__":
    main()
