"""The weighted mean of two networks of one shape, as halves:

python blend.py <network.onnx> <tuned.onnx> <out.onnx> [--share 0.6]

Fine-tuning on few voices gives up some of what the first network knew of other voices and channels; weights between the
two keep most of both. Layers that were fitted to faces are left out: they belong to one network.
"""

import argparse

import numpy as np
import onnx
from onnx import numpy_helper

from people import without_lips

SHARE = 0.6  # of the tuned weights


def blend(first, tuned, share):
    """`tuned` with weights that are `share` its own and the rest `first`'s."""
    other = {w.name: numpy_helper.to_array(w) for w in first.graph.initializer}
    for w in tuned.graph.initializer:
        own = numpy_helper.to_array(w)
        if own.dtype == np.float16:
            mean = (1 - share) * other[w.name].astype(np.float32) + share * own.astype(np.float32)
            w.CopyFrom(numpy_helper.from_array(mean.astype(np.float16), w.name))
    return tuned


def main():
    p = argparse.ArgumentParser()
    p.add_argument("network")
    p.add_argument("tuned")
    p.add_argument("out")
    p.add_argument("--share", type=float, default=SHARE)
    a = p.parse_args()
    onnx.save(blend(without_lips(a.network), without_lips(a.tuned), a.share), a.out)


if __name__ == "__main__":
    main()
