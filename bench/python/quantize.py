"""Makes an int8 tower of an fp32 one, as docs/performance.md recommends it.

    python bench/python/quantize.py vision_model.onnx vision_model_quantized.onnx

onnxruntime's dynamic quantization: signed weights with a scale for each channel, of matrix products alone. What the
graph computes out of constants is computed first, so that weights are found that a converter stored in another form.
"""
import logging
import os
import sys

import onnxruntime
from onnxruntime.quantization import QuantType, quantize_dynamic

source, target = sys.argv[1:]
logging.disable(logging.WARNING)
folded = f"{target}.folded"
options = onnxruntime.SessionOptions()
options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
options.optimized_model_filepath = folded
onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
quantize_dynamic(folded, target, weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul", "Gemm"])
os.remove(folded)
