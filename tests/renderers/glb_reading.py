"""A GLB file read by the letter of the standard, for tests; nothing of it is shared with the writer."""

import json
import struct
import subprocess
from pathlib import Path
from shutil import which

import numpy as np
import pytest

TYPES = {5121: "<u1", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}
VALIDATE = Path(__file__).with_name("validate_glb.js")


class Glb:
    def __init__(self, path):
        data = Path(path).read_bytes()
        magic, version, length = struct.unpack_from("<4sII", data)
        assert (magic, version, length) == (b"glTF", 2, len(data)) and length % 4 == 0
        size, kind = struct.unpack_from("<I4s", data, 12)
        assert kind == b"JSON"
        self.json = json.loads(data[20 : 20 + size])
        size_of_rest, kind = struct.unpack_from("<I4s", data, 20 + size)
        assert kind == b"BIN\0" and 28 + size + size_of_rest == length
        self.binary = data[28 + size :]
        self.mesh = self.json["meshes"][0]
        self.primitive = self.mesh["primitives"][0]

    def view(self, index, offset=0):
        view = self.json["bufferViews"][index]
        assert view["byteOffset"] % 4 == 0
        return self.binary[view["byteOffset"] + offset : view["byteOffset"] + view["byteLength"]]

    def array(self, index):
        accessor = self.json["accessors"][index]
        width, dtype = WIDTHS[accessor["type"]], TYPES[accessor["componentType"]]
        values = np.zeros((accessor["count"], width), dtype)
        if "bufferView" in accessor:
            values = np.frombuffer(self.view(accessor["bufferView"]), dtype).reshape(-1, width).copy()
            assert len(values) == accessor["count"]
        if "sparse" in accessor:
            sparse = accessor["sparse"]
            rows = np.frombuffer(self.view(sparse["indices"]["bufferView"]), TYPES[sparse["indices"]["componentType"]])
            assert len(rows) == sparse["count"] and (np.diff(rows.astype(int)) > 0).all()
            values[rows] = np.frombuffer(self.view(sparse["values"]["bufferView"]), dtype).reshape(-1, width)
        if "min" in accessor:
            np.testing.assert_array_equal(values.min(0), np.array(accessor["min"], values.dtype))
            np.testing.assert_array_equal(values.max(0), np.array(accessor["max"], values.dtype))
        return values[:, 0] if width == 1 else values

    def attribute(self, name):
        return self.array(self.primitive["attributes"][name])

    def target(self, name, attribute="POSITION"):
        number = self.mesh["extras"]["targetNames"].index(name)
        return self.array(self.primitive["targets"][number][attribute])

    def curves(self):
        """Times and values of the animation's channels, by what they move."""
        animation = self.json["animations"][0]
        found = {}
        for channel in animation["channels"]:
            sampler = animation["samplers"][channel["sampler"]]
            assert channel["target"]["node"] == 0 and sampler["interpolation"] == "LINEAR"
            found[channel["target"]["path"]] = self.array(sampler["input"]), self.array(sampler["output"])
        return found


def khronos_report(path):
    """What Khronos' validator says: errors, warnings and notes, each ``code pointer``; skips where it is not there."""
    node = which("node")
    if node is None:
        pytest.skip("no Node.js: Khronos' glTF validator was not asked")
    answer = subprocess.run([node, str(VALIDATE), str(path)], capture_output=True, text=True, encoding="utf-8")
    if "Cannot find module 'gltf-validator'" in answer.stderr:
        pytest.skip("no gltf-validator: npm install --prefix FOLDER gltf-validator; NODE_PATH=FOLDER/node_modules")
    assert answer.returncode == 0, answer.stderr
    return [f"{one['code']} {one['pointer']}" for one in json.loads(answer.stdout)["issues"]["messages"]]
