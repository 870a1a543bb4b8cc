"""runs_alike.py ONE OTHER [SHORTER] - two runs of `fsam train` are the same but for rounding: the losses of log.jsonl and
the IoUs of its validations, and the values of model.safetensors. SHORTER: the second one's log may lack the beginning.
"""
import array
import json
import math
import struct
import sys


def read_log(folder):
    """Numbers by iteration and name."""
    found = {}
    with open(folder + "/log.jsonl", encoding="utf-8") as file:
        for line in map(json.loads, file):
            for name, value in {**line, **line.get("validation", {})}.items():
                if name in ("loss", "mask", "dice", "iou_error", "vq", "text_iou", "norm", "rate", "targets"):
                    found[line["iteration"], name, "validation" in line] = value
    return found


def read_model(folder):
    """Values by tensor."""
    with open(folder + "/model.safetensors", "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    values = {}
    for name, tensor in header.items():
        if name != "__metadata__":
            assert tensor["dtype"] == "F32", name
            first, end = tensor["data_offsets"]
            values[name] = array.array("f", data[first:end])
    return values


one, other = sys.argv[1:3]
logs = read_log(one), read_log(other)
assert any(name == "loss" for _, name, _ in logs[0]), "no losses"
if len(sys.argv) == 3:
    assert logs[0].keys() == logs[1].keys(), logs[0].keys() ^ logs[1].keys()
for key, value in logs[1].items():
    assert math.isclose(value, logs[0][key], rel_tol=1e-3, abs_tol=1e-5), (key, value, logs[0][key])
models = read_model(one), read_model(other)
assert models[0].keys() == models[1].keys()
for name, values in models[0].items():
    most = max(map(abs, values), default=0) + 1e-3
    worst = max(abs(a - b) for a, b in zip(values, models[1][name], strict=True))
    assert worst <= 1e-3 * most, (name, worst, most)
