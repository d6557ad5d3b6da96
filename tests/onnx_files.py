"""ONNX files of models that skfer did not train."""

import numpy as np
import pytest

__all__ = ["write_graph"]


def write_graph(path, shape, *, n_classes=2, probabilities=False):
    """Write a model of brightness per image: the score of the first class, the others have 0."""
    onnx = pytest.importorskip("onnx")
    make, kinds = onnx.helper, onnx.TensorProto
    weights = np.zeros((int(np.prod(shape[1:])), n_classes), np.float32)
    weights[:, 0] = 1 / len(weights)
    nodes = [
        make.make_node("Flatten", ["faces"], ["rows"]),
        make.make_node("MatMul", ["rows", "weights"], ["scores"]),
        make.make_node("Softmax", ["scores"], ["probabilities"]),
    ][: 3 if probabilities else 2]
    graph = make.make_graph(
        nodes,
        "brightness",
        [make.make_tensor_value_info("faces", kinds.FLOAT, shape)],
        [make.make_tensor_value_info(nodes[-1].output[0], kinds.FLOAT, [shape[0], n_classes])],
        [onnx.numpy_helper.from_array(weights, "weights")],
    )
    opset = make.make_opsetid("", 17)
    onnx.save(make.make_model(graph, opset_imports=[opset], ir_version=9), path)
