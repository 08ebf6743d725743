"""Makes the models of this folder, one directory each, as the usual libraries and converters write them.

    pip install scikit-learn lightgbm xgboost onnx onnxmltools skl2onnx
    python test/service/inference/models/make.py

Small on purpose, with fixed seeds. `expected.json` holds what the training library itself predicts, not the converter.
"""

import hashlib
import json
import pathlib

import lightgbm
import numpy as np
import onnx
import xgboost
from onnx import TensorProto, helper
from onnxmltools import convert_lightgbm, convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType as MlFloat
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType, Int64TensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

HERE = pathlib.Path(__file__).resolve().parent
OPSET = {"": 15, "ai.onnx.ml": 3}
ROWS = 600
EXPECTED = 12
NAMES = ["a", "b", "c", "d"]

random = np.random.default_rng(7)
x = np.round(random.normal(size=(ROWS, 4)) * 3, 2).astype(np.float32)
score = x[:, 0] + 0.7 * x[:, 1] * (x[:, 2] > 0) - 0.3 * x[:, 3] + random.normal(size=ROWS)
two = (score > 0).astype(int)
three = np.digitize(score, [-1.5, 1.5])
holes = np.where(random.random(x.shape) < 0.15, np.nan, x).astype(np.float32)


def measured(name, nullable=False, kind="number", low=-100, high=100):
    return {"name": name, "type": kind, "min": low, "max": high, **({"nullable": True} if nullable else {})}


def save(name, model, features, instances, probabilities, **more):
    directory = HERE / name
    directory.mkdir(exist_ok=True)
    content = model.SerializeToString()
    (directory / "model.onnx").write_bytes(content)
    probabilities = np.asarray(probabilities, dtype=float)
    classes = [f"class{index}" for index in range(probabilities.shape[1])]
    best = int(np.argmax(probabilities.max(axis=1)))
    metadata = {
        "name": name,
        "version": "1",
        "task": "Test of a kind of model.",
        "features": features,
        "classes": classes,
        "output": "probabilities",
        "training": {"data": "synthetic", "algorithm": name, "seed": 7, "rows": ROWS},
        "validation": {"rows": ROWS, "accuracy": 0.8, "meanConfidence": 0.8},
        "lowConfidenceBelow": 0.5,
        "probe": {"instance": instances[best], "class": classes[int(np.argmax(probabilities[best]))]},
        "sha256": hashlib.sha256(content).hexdigest(),
        **more,
    }
    expected = [
        {"instance": instance, "probabilities": [round(float(p), 7) for p in row]}
        for instance, row in zip(instances, probabilities)
    ]
    for file, value in (("model.json", metadata), ("expected.json", expected)):
        (directory / file).write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


def plain(rows):
    """Rows as callers write them: null for a missing value."""
    return [
        {name: None if np.isnan(value) else float(str(np.float32(value))) for name, value in zip(NAMES, row)}
        for row in rows[:EXPECTED]
    ]


def from_sklearn(name, estimator, labels):
    estimator.fit(x, labels)
    model = convert_sklearn(
        estimator,
        name=name,
        initial_types=[("input", FloatTensorType([None, 4]))],
        options={"zipmap": False},
        target_opset=OPSET,
    )
    features = [measured(each) for each in NAMES]
    save(name, model, features, plain(x), estimator.predict_proba(x[:EXPECTED]), input="input")


def from_boosting(name, estimator, labels, convert):
    """Boosted trees learn a way for missing values; their converters append a ZipMap, which is cut off here."""
    estimator.fit(holes, labels)
    model = convert(estimator, name=name, initial_types=[("input", MlFloat([None, 4]))], target_opset=15)
    graph = model.graph
    zipmap = [node for node in graph.node if node.op_type == "ZipMap"]
    source = zipmap[0].input[0] if zipmap else "probabilities"
    for node in zipmap:
        graph.node.remove(node)
    kept = [output for output in graph.output if output.name == "label"]
    del graph.output[:]
    graph.output.extend(kept)
    classes = len(set(labels))
    graph.output.append(helper.make_tensor_value_info(source, TensorProto.FLOAT, [None, classes]))
    features = [measured(each, nullable=True) for each in NAMES]
    expected = estimator.predict_proba(holes[:EXPECTED])
    save(name, model, features, plain(holes), expected, input="input", output=source)


def from_columns(name):
    """A pipeline over named columns of three types, each an input of the graph."""
    places = np.array(["home", "shop", "web"])[random.integers(0, 3, ROWS)]
    counts = random.integers(0, 9, ROWS)
    table = np.empty((ROWS, 3), dtype=object)
    table[:, 0], table[:, 1], table[:, 2] = places, x[:, 0], counts
    pipeline = Pipeline(
        [
            ("columns", ColumnTransformer([("place", OneHotEncoder(), [0]), ("rest", StandardScaler(), [1, 2])])),
            ("classifier", LogisticRegression()),
        ]
    ).fit(table, ((places == "web") + x[:, 0] / 3 + counts / 9 > 0.8).astype(int))
    model = convert_sklearn(
        pipeline,
        name=name,
        initial_types=[
            ("place", StringTensorType([None, 1])),
            ("amount", FloatTensorType([None, 1])),
            ("count", Int64TensorType([None, 1])),
        ],
        options={"zipmap": False},
        target_opset=OPSET,
    )
    features = [
        {"name": "place", "type": "category", "categories": ["web", "shop", "home"]},
        measured("amount"),
        measured("count", kind="integer", low=0, high=1000),
    ]
    instances = [
        {"place": str(p), "amount": float(str(a)), "count": int(c)} for p, a, c in table[:EXPECTED].tolist()
    ]
    save(name, model, features, instances, pipeline.predict_proba(table[:EXPECTED]))


def from_wide_numbers(name):
    """64-bit floats whose thresholds a 32-bit float would miss."""
    wide = 1 + random.random((ROWS, 4)) * 1e-7
    compare = [
        helper.make_node("Slice", ["input", "zero", "one", "axis"], ["first"]),
        helper.make_node("Less", ["limit", "first"], ["above"]),
        helper.make_node("Cast", ["above"], ["probabilities"], to=TensorProto.DOUBLE),
    ]
    constants = [
        helper.make_tensor("zero", TensorProto.INT64, [1], [0]),
        helper.make_tensor("one", TensorProto.INT64, [1], [1]),
        helper.make_tensor("axis", TensorProto.INT64, [1], [1]),
        helper.make_tensor("limit", TensorProto.DOUBLE, [1], [1 + 5e-8]),
    ]
    graph = helper.make_graph(
        compare,
        name,
        [helper.make_tensor_value_info("input", TensorProto.DOUBLE, [None, 4])],
        [helper.make_tensor_value_info("probabilities", TensorProto.DOUBLE, [None, 1])],
        constants,
    )
    second = (wide[:EXPECTED, 0] > 1 + 5e-8).astype(float)
    instances = [dict(zip(NAMES, map(float, row))) for row in wide[:EXPECTED]]
    features = [measured(each, low=0, high=2) for each in NAMES]
    save(name, made(graph), features, instances, np.column_stack([1 - second, second]), input="input")


def from_network(name, classes, activation):
    """One layer, as a network is often exported: a single sigmoid, or logits that the caller turns into shares."""
    weights = random.normal(size=(4, classes)).astype(np.float32)
    nodes = [helper.make_node("MatMul", ["input", "weights"], ["logits"])]
    if activation is None:
        nodes.append(helper.make_node("Sigmoid", ["logits"], ["probabilities"]))
    output = "probabilities" if activation is None else "logits"
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["rows", 4])],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["rows", classes])],
        [helper.make_tensor("weights", TensorProto.FLOAT, weights.shape, weights.ravel())],
    )
    logits = x[:EXPECTED].astype(float) @ weights.astype(float)
    if classes == 1:
        second = 1 / (1 + np.exp(-logits[:, 0]))
        shares = np.column_stack([1 - second, second])
    else:
        shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    more = {} if activation is None else {"activation": activation}
    save(name, made(graph), [measured(n) for n in NAMES], plain(x), shares, input="input", output=output, **more)


def made(graph):
    return helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 15)])


def with_maps(name):
    """What a converter writes when nobody asked it to leave out the maps; the service refuses it."""
    estimator = LogisticRegression().fit(x, two)
    model = convert_sklearn(
        estimator, name=name, initial_types=[("input", FloatTensorType([None, 4]))], target_opset=OPSET
    )
    features = [measured(each) for each in NAMES]
    shares = estimator.predict_proba(x[:EXPECTED])
    save(name, model, features, plain(x), shares, input="input", output="output_probability")


def wide_floats(name):
    estimator = LogisticRegression().fit(x.astype(float), three)
    model = convert_sklearn(
        estimator,
        name=name,
        initial_types=[("input", DoubleTensorType([None, 4]))],
        options={"zipmap": False},
        target_opset=OPSET,
    )
    save(name, model, [measured(n) for n in NAMES], plain(x), estimator.predict_proba(x[:EXPECTED]), input="input")


def whole_numbers(name):
    whole = np.round(x).astype(np.int64)
    estimator = DecisionTreeClassifier(max_depth=4, random_state=7).fit(whole, three)
    model = convert_sklearn(
        estimator,
        name=name,
        initial_types=[("input", Int64TensorType([None, 4]))],
        options={"zipmap": False},
        target_opset=OPSET,
    )
    instances = [dict(zip(NAMES, map(int, row))) for row in whole[:EXPECTED]]
    features = [measured(each, kind="integer") for each in NAMES]
    save(name, model, features, instances, estimator.predict_proba(whole[:EXPECTED]), input="input")


def main():
    trees = {"random_state": 7, "max_depth": 4}
    from_sklearn("forest-two-classes", RandomForestClassifier(n_estimators=9, **trees), two)
    from_sklearn("forest-three-classes", RandomForestClassifier(n_estimators=6, **trees), three)
    from_sklearn("extra-trees", ExtraTreesClassifier(n_estimators=5, **trees), three)
    from_sklearn("single-tree", DecisionTreeClassifier(**trees), two)
    from_sklearn("gradient-boosting", GradientBoostingClassifier(n_estimators=12, random_state=7, max_depth=3), two)
    quiet = {"n_estimators": 12, "num_leaves": 12, "min_child_samples": 5, "random_state": 7, "verbose": -1}
    from_boosting("lightgbm-two-classes", lightgbm.LGBMClassifier(**quiet), two, convert_lightgbm)
    from_boosting("lightgbm-three-classes", lightgbm.LGBMClassifier(**quiet), three, convert_lightgbm)
    small = {"n_estimators": 10, "max_depth": 4, "random_state": 7}
    from_boosting("xgboost-two-classes", xgboost.XGBClassifier(**small), two, convert_xgboost)
    from_boosting("xgboost-three-classes", xgboost.XGBClassifier(**small), three, convert_xgboost)
    from_columns("columns")
    wide_floats("doubles")
    from_wide_numbers("close-doubles")
    whole_numbers("integers")
    from_network("sigmoid", 1, None)
    from_network("single-logit", 1, "sigmoid")
    from_network("logits", 3, "softmax")
    with_maps("maps")


if __name__ == "__main__":
    main()
