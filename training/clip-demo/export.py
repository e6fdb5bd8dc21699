"""The towers as ONNX files in the layout of the usual CLIP exports, with weights stored as int8.

`vision_model.onnx`: pixel_values float32 [B, 3, 224, 224] → image_embeds float32 [B, 512]
`text_model.onnx`:   input_ids int64 [B, T], T ≤ 77        → text_embeds float32 [B, 512]

Neither is normalised. The graphs are written by hand: a dozen operators of
opset 17, nothing of an exporter's shape arithmetic, and the same bytes each
time. A weight matrix is an int8 array and a float32 scale a row; Cast and Mul
bring it back, which onnxruntime does once, while it loads (constant folding),
so the session computes in float32 at full speed.
"""
from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_weights

from model import DIMENSION, ConvBlock, ImageTower, TextTower
from preprocess import SIDE

OPSET, IR_VERSION = 17, 8  # as the velib demo: old enough for every onnxruntime in use


class Graph:
    """Collects nodes and constants; every method gives the name of what it adds."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def add(self, operator: str, inputs: list[str], output: str, **attributes) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
        return output

    def constant(self, name: str, value) -> str:
        array = value.detach().numpy() if isinstance(value, Tensor) else np.asarray(value)
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def weight(self, name: str, value: Tensor | np.ndarray, axis: int = 0) -> str:
        """A float32 weight stored as int8 with a scale for each index of `axis`."""
        array = value.detach().numpy() if isinstance(value, Tensor) else value
        other = tuple(a for a in range(array.ndim) if a != axis)
        scale = np.maximum(np.abs(array).max(axis=other, keepdims=True), 1e-8) / 127
        stored = self.constant(f"{name}.int8", np.rint(array / scale).astype(np.int8))
        cast = self.add("Cast", [stored], f"{name}.cast", to=TensorProto.FLOAT)
        return self.add("Mul", [cast, self.constant(f"{name}.scale", scale.astype(np.float32))], name)

    def linear(self, name: str, layer: nn.Linear, x: str) -> str:
        weight = layer.weight.detach().numpy().T  # [in, out], for MatMul over any number of leading axes
        y = self.add("MatMul", [x, self.weight(f"{name}.weight", weight, axis=1)], f"{name}.matmul" if layer.bias is not None else name)
        return y if layer.bias is None else self.add("Add", [y, self.constant(f"{name}.bias", layer.bias)], name)

    def layer_norm(self, name: str, layer: nn.LayerNorm, x: str) -> str:
        parts = [self.constant(f"{name}.weight", layer.weight), self.constant(f"{name}.bias", layer.bias)]
        return self.add("LayerNormalization", [x, *parts], name, epsilon=layer.eps)

    def finish(self, name: str, inputs: list, outputs: list) -> onnx.ModelProto:
        graph = helper.make_graph(self.nodes, name, inputs, outputs, initializer=self.constants)
        opsets = [helper.make_opsetid("", OPSET)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="slipway")
        onnx.checker.check_model(model, full_check=True)
        return model


def conv_block(g: Graph, name: str, block: ConvBlock, x: str) -> str:
    """The convolution with its batch norm folded in."""
    conv, norm = block.conv, block.norm
    weight, bias = fuse_conv_bn_weights(conv.weight, None, norm.running_mean, norm.running_var, norm.eps, norm.weight, norm.bias)
    inputs = [x, g.weight(f"{name}.weight", weight), g.constant(f"{name}.bias", bias)]
    pads, strides = [conv.padding[0]] * 4, list(conv.stride)
    y = g.add("Conv", inputs, f"{name}.conv", kernel_shape=list(conv.kernel_size), strides=strides, pads=pads)
    y = g.add("Relu", [y], f"{name}.relu")
    return g.add("Add", [x, y], name) if block.residual else y


def image_tower(tower: ImageTower) -> onnx.ModelProto:
    g = Graph()
    x = g.add("AveragePool", ["pixel_values"], "halved", kernel_shape=[2, 2], strides=[2, 2])
    for n, block in enumerate(tower.blocks):
        x = conv_block(g, f"block{n}", block, x)
    x = g.add("Flatten", [g.add("GlobalAveragePool", [x], "pooled")], "features")
    g.linear("image_embeds", tower.project, x)
    value = helper.make_tensor_value_info
    return g.finish("vision_model", [value("pixel_values", TensorProto.FLOAT, ["batch", 3, SIDE, SIDE])],
                    [value("image_embeds", TensorProto.FLOAT, ["batch", DIMENSION])])


def text_tower(tower: TextTower) -> onnx.ModelProto:
    g = Graph()
    tokens = g.add("Gather", [g.weight("token", tower.token.weight), "input_ids"], "tokens")
    zero = g.constant("zero", np.array([0]))
    length = g.add("Shape", ["input_ids"], "length", start=1, end=2)
    positions = g.add("Slice", [g.weight("position", tower.position), zero, length, zero], "positions")
    square = g.add("Concat", [length, length], "square", axis=0)
    blocked = numpy_helper.from_array(np.array([-1e4], np.float32))
    mask = g.add("Trilu", [g.add("ConstantOfShape", [square], "blocked", value=blocked), g.constant("above", np.array(1))], "mask", upper=1)
    x = g.add("Add", [tokens, positions], "embedded")
    for n, layer in enumerate(tower.layers):
        x = text_layer(g, f"layer{n}", layer, x, mask)
    end = g.add("ArgMax", ["input_ids"], "end", axis=1, keepdims=1)
    last = g.add("GatherND", [x, end], "last", batch_dims=1)
    g.linear("text_embeds", tower.project, g.layer_norm("norm", tower.norm, last))
    value = helper.make_tensor_value_info
    return g.finish("text_model", [value("input_ids", TensorProto.INT64, ["batch", "sequence"])],
                    [value("text_embeds", TensorProto.FLOAT, ["batch", DIMENSION])])


def text_layer(g: Graph, name: str, layer: nn.Module, x: str, mask: str) -> str:
    heads, width = layer.heads, layer.out.in_features
    split = g.constant(f"{name}.split", np.array([0, 0, heads, width // heads]))
    join = g.constant(f"{name}.join", np.array([0, 0, width]))
    normed = g.layer_norm(f"{name}.norm1", layer.norm1, x)
    qkv = g.linear(f"{name}.qkv", layer.qkv, normed)
    names = [f"{name}.{part}" for part in "qkv"]
    g.nodes.append(helper.make_node("Split", [qkv], names, name=f"{name}.parts", axis=-1))
    split_heads = [g.add("Reshape", [part, split], f"{part}.split") for part in names]
    q, v = (g.add("Transpose", [split_heads[n]], f"{names[n]}.heads", perm=[0, 2, 1, 3]) for n in (0, 2))
    k = g.add("Transpose", [split_heads[1]], f"{names[1]}.heads", perm=[0, 2, 3, 1])
    scale = g.constant(f"{name}.scale", np.array((width // heads) ** -0.5, np.float32))
    scores = g.add("Mul", [g.add("MatMul", [q, k], f"{name}.products"), scale], f"{name}.scores")
    weights = g.add("Softmax", [g.add("Add", [scores, mask], f"{name}.masked")], f"{name}.weights", axis=-1)
    mixed = g.add("Transpose", [g.add("MatMul", [weights, v], f"{name}.mixed")], f"{name}.mixed.last", perm=[0, 2, 1, 3])
    attended = g.linear(f"{name}.out", layer.out, g.add("Reshape", [mixed, join], f"{name}.joined"))
    x = g.add("Add", [x, attended], f"{name}.attended")
    grown = g.add("Relu", [g.linear(f"{name}.grow", layer.grow, g.layer_norm(f"{name}.norm2", layer.norm2, x))], f"{name}.relu")
    return g.add("Add", [x, g.linear(f"{name}.shrink", layer.shrink, grown)], name)
