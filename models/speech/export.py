"""Writes the trained network as ONNX (opset 17, fp16 weights): python export.py <out.onnx> <weights.pt> [<more.pt> …]

Batch norms are folded into the convolutions. Weights of several runs that share their start are averaged first.
"""

import sys

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

from network import N_CLASSES, N_CONTROLS, load


def scale_of(norm):
    """Factor and offset per channel of a batch norm in evaluation."""
    factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    return factor.detach(), (norm.bias - norm.running_mean * factor).detach()


class Graph:
    """Collects nodes and fp16 initialisers; every weight is cast to fp32 once, when the session is made."""

    def __init__(self):
        self.nodes, self.weights, self.count = [], [], 0

    def weight(self, value):
        name = f"w{len(self.weights)}"
        array = value.detach().numpy().astype(np.float16)
        self.weights.append(numpy_helper.from_array(array, name))
        self.nodes.append(helper.make_node("Cast", [name], [f"{name}f"], to=TensorProto.FLOAT))
        return f"{name}f"

    def add(self, op, inputs, **attributes):
        self.count += 1
        name = f"x{self.count}"
        self.nodes.append(helper.make_node(op, inputs, [name], **attributes))
        return name

    def conv(self, x, weight, bias, dilation=1, stride=1, padding=0, op="Conv"):
        return self.add(
            op,
            [x, self.weight(weight), self.weight(bias)],
            kernel_shape=[weight.shape[2]],
            pads=[padding, padding],
            dilations=[dilation],
            strides=[stride],
        )


def build(net):
    """The ONNX model of a trained network."""
    g = Graph()

    def folded(x, layer, norm):
        factor, offset = scale_of(norm)
        weight = layer.weight[:, :, 0] * factor[:, None, None]
        return g.conv(x, weight, offset, layer.dilation[1], layer.stride[1], layer.padding[1])

    relu = lambda x: g.add("Relu", [x])
    x = g.add("Transpose", ["mel"], perm=[0, 2, 1])
    fine = relu(folded(x, net.front, net.front_norm))
    h = relu(folded(fine, net.down, net.down_norm))
    for block in net.blocks:
        y = folded(relu(folded(h, block.wide, block.wide_norm)), block.point, block.point_norm)
        h = relu(g.add("Add", [h, y]))
    factor, offset = scale_of(net.up_norm)
    up = g.conv(h, net.up.weight[:, :, 0] * factor[None, :, None], torch.zeros_like(offset), 1, 2, 1, "ConvTranspose")
    skip = g.conv(fine, net.skip.weight[:, :, 0] * factor[:, None, None], offset)
    h = relu(folded(relu(g.add("Add", [up, skip])), net.mix, net.mix_norm))
    y = g.conv(h, net.head.weight[:, :, 0], net.head.bias)
    y = g.add("Transpose", [y], perm=[0, 2, 1])
    g.weights.append(numpy_helper.from_array(np.array([N_CONTROLS, N_CLASSES, 1], np.int64), "parts"))
    g.nodes.append(helper.make_node("Split", [y, "parts"], ["c", "p", "v"], axis=2))
    g.nodes.append(helper.make_node("Sigmoid", ["c"], ["controls"]))
    g.nodes.append(helper.make_node("Softmax", ["p"], ["phones"], axis=-1))
    g.nodes.append(helper.make_node("Sigmoid", ["v"], ["voice"]))
    value = lambda name, width: helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, "frames", width])
    graph = helper.make_graph(
        g.nodes,
        "mouth",
        [value("mel", 80)],
        [value("controls", N_CONTROLS), value("phones", N_CLASSES), value("voice", 1)],
        g.weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="dudak")
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    return model


def main():
    net = load(sys.argv[2:]).eval()
    onnx.save(build(net), sys.argv[1])
    session = onnxruntime.InferenceSession(sys.argv[1])
    mel = np.random.default_rng(0).standard_normal((1, 400, 80)).astype(np.float32)
    controls = session.run(["controls"], {"mel": mel})[0]
    with torch.no_grad():
        expected = torch.sigmoid(net(torch.from_numpy(mel)))[:, :N_CONTROLS].transpose(1, 2).numpy()
    print("parameters", sum(q.numel() for q in net.parameters()), "largest difference", np.abs(controls - expected).max())


if __name__ == "__main__":
    main()
