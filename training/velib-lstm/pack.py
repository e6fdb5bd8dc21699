"""Writes the ONNX file, the artifact around it, and test vectors. The same weights give the same bytes."""

import gzip
import hashlib
import io
import json
import tarfile

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from network import HORIZONS, STATICS, WINDOW_HOURS

OPSET, IR_VERSION = 17, 8  # old enough for every onnxruntime in use, new enough for all seven operators


def to_onnx(model):
    """The graph by hand, ten nodes: the exporter's would carry shape arithmetic for zero initial states that ONNX assumes anyway."""
    weights = {}

    def constant(name, value):
        weights[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def gates(tensor):  # PyTorch stacks input, forget, cell, output; ONNX input, output, forget, cell
        i, f, c, o = np.split(tensor.detach().numpy(), 4)
        return np.concatenate([i, o, f, c])

    def lstm(name, layer, sequence, outputs):
        inputs = [
            sequence,
            constant(f"{name}.W", gates(layer.weight_ih_l0)[None]),
            constant(f"{name}.R", gates(layer.weight_hh_l0)[None]),
            constant(f"{name}.B", np.concatenate([gates(layer.bias_ih_l0), gates(layer.bias_hh_l0)])[None]),
        ]
        return helper.make_node("LSTM", inputs, outputs, name=name, hidden_size=layer.hidden_size)

    def linear(name, layer, source, output):
        inputs = [source, constant(f"{name}.weight", layer.weight.detach().numpy()), constant(f"{name}.bias", layer.bias.detach().numpy())]
        return helper.make_node("Gemm", inputs, [output], name=name, transB=1)

    axes = [constant(f"axis{axis}", np.array([axis], dtype=np.int64)) for axis in range(3)]
    nodes = [
        helper.make_node("Transpose", ["history"], ["steps"], perm=[1, 0]),
        helper.make_node("Unsqueeze", ["steps", axes[2]], ["sequence"]),  # [24, batch, 1]
        lstm("lstm1", model.lstm1, "sequence", ["lstm1.Y"]),  # [24, 1, batch, 128]
        helper.make_node("Squeeze", ["lstm1.Y", axes[1]], ["lstm1.sequence"]),
        lstm("lstm2", model.lstm2, "lstm1.sequence", ["", "lstm2.Y_h"]),  # [1, batch, 64]
        helper.make_node("Squeeze", ["lstm2.Y_h", axes[0]], ["lstm2.last"]),
        helper.make_node("Concat", ["lstm2.last", "statics"], ["features"], axis=1),
        linear("fc1", model.fc1, "features", "fc1.output"),
        helper.make_node("Relu", ["fc1.output"], ["hidden"]),
        linear("fc2", model.fc2, "hidden", "forecast"),
    ]
    value = lambda name, width: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", width])
    graph = helper.make_graph(
        nodes, "velib-lstm", [value("history", WINDOW_HOURS), value("statics", len(STATICS))], [value("forecast", len(HORIZONS))],
        initializer=list(weights.values()),
    )
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name="slipway")
    onnx.checker.check_model(proto, full_check=True)
    return proto


def assert_same(model, proto):
    """The graph computes what the network computes."""
    generator = np.random.default_rng(0)
    history = generator.normal(size=(16, WINDOW_HOURS)).astype(np.float32)
    statics = np.tile(np.array([15, 3, 0, 28, 700, 48.86, 2.35], dtype=np.float32), (16, 1))
    with torch.no_grad():
        expected = model(torch.from_numpy(history), torch.from_numpy(statics)).numpy()
    (actual,) = ReferenceEvaluator(proto).run(None, {"history": history, "statics": statics})
    assert np.abs(actual - expected).max() < 1e-4, np.abs(actual - expected).max()


def json_bytes(value):
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def pack(model, mean, scale, codes, metrics, out):
    """Writes model.tar.gz and metrics.json into `out`; gives the archive's sha256."""
    proto = to_onnx(model)
    assert_same(model, proto)
    files = {
        "model.onnx": proto.SerializeToString(deterministic=True),
        "scaler.json": json_bytes({"mean": mean, "scale": scale}),
        "stations.json": json_bytes({code: index for index, code in enumerate(codes)}),
    }
    manifest = {
        "manifestVersion": 1,
        "runtime": "forecast",
        "model": "velib-lstm",
        "version": "v3",
        "files": {name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in sorted(files.items())},
        "roles": {"network": "model.onnx", "scaler": "scaler.json", "stations": "stations.json"},
        "about": {"data": "synthetic", "madeBy": "training/velib-lstm/train.py", "heldOut": metrics["heldOut"]},
    }
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in sorted({**files, "slipway.json": json_bytes(manifest)}.items()):
            entry = tarfile.TarInfo(name)  # owner 0, time 0, mode 0644: nothing of the machine that packed it
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    packed = gzip.compress(archive.getvalue(), compresslevel=9, mtime=0)
    out.mkdir(parents=True, exist_ok=True)
    (out / "model.tar.gz").write_bytes(packed)
    (out / "metrics.json").write_bytes(json_bytes(metrics))
    return hashlib.sha256(packed).hexdigest()


@torch.no_grad()
def write_vectors(model, history, statics, mean, scale, path):
    """What PyTorch itself answers in float64 on held-out windows, un-scaled and not rounded, for the container's tests."""
    bikes = np.rint(history.double().numpy() * scale + mean)
    raw = np.round(statics.double().numpy(), 5)
    forecast = model.double()(torch.from_numpy((bikes - mean) / scale), torch.from_numpy(raw)) * scale + mean
    rows = [
        {"historical_bikes": bikes[row].astype(int).tolist(), "statics": raw[row].tolist(), "bikes": forecast[row].tolist()}
        for row in range(len(history))
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    body = ",\n".join(json.dumps(row) for row in rows)
    head = f'"torch": {json.dumps(torch.__version__.split("+")[0])},\n"order": {json.dumps(STATICS)}'
    path.write_text(f'{{\n{head},\n"rows": [\n{body}\n]\n}}\n')
