"""Makes an int8 tower of an fp32 one, as docs/performance.md recommends it.

    python bench/python/quantize.py vision_model.onnx vision_model_quantized.onnx

onnxruntime's dynamic quantization: signed weights with a scale for each channel, of matrix products alone.
"""
import logging
import sys

from onnxruntime.quantization import QuantType, quantize_dynamic

logging.disable(logging.WARNING)
quantize_dynamic(sys.argv[1], sys.argv[2], weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul", "Gemm"])
