import numpy as np
import pytest
from PIL import Image

from aucgan.heads.library import load_topology
from aucgan.heads.topology import read_obj_topology

OBJ = """# two triangles, four UV vertices
v 0 0 0
v 1 0 0
v 0 1 0
v 1 1 0
vt 0 0
vt 1 0
vt 0 1
vt 1 1
vn 0 0 1
f 1/1 2/2/1 3/3/1
f 4/4/1 3/3/1 2/2/1
"""


@pytest.fixture
def obj(tmp_path):
    (tmp_path / "head.obj").write_text(OBJ, encoding="utf-8")
    return tmp_path / "head.obj"


def test_obj(obj):
    topology = load_topology(obj)
    np.testing.assert_array_equal(topology.faces, [[0, 1, 2], [3, 2, 1]])
    np.testing.assert_array_equal(topology.uv_faces, topology.faces)
    np.testing.assert_array_equal(topology.uv_coords, [[0, 0], [1, 0], [0, 1], [1, 1]])
    assert topology.face_mask.min() == 1 and not topology.fixed_displacement.any()


def test_masks_and_displacement(obj, tmp_path):
    mask = np.zeros((512, 512, 3), np.uint8)
    mask[:256, :, 0] = 255  # the published masks carry their value in every channel; the first one counts
    Image.fromarray(mask).save(tmp_path / "mask.png")
    Image.fromarray(np.full((256, 256), 51, np.uint8)).save(tmp_path / "eye.png")
    np.save(tmp_path / "fixed.npy", np.full((256, 256), 1e-3))
    topology = load_topology(obj, tmp_path / "mask.png", tmp_path / "eye.png", tmp_path / "fixed.npy")
    assert topology.face_mask.dtype == np.float32 and topology.face_mask.shape == (256, 256)
    assert topology.face_mask[:128].min() == 1 and topology.face_mask[128:].max() == 0
    np.testing.assert_allclose(topology.face_eye_mask, 0.2)
    np.testing.assert_allclose(topology.fixed_displacement, 1e-3)


def test_errors_name_the_line_or_the_file(obj, tmp_path):
    obj.write_text(OBJ.replace("f 1/1 2/2/1 3/3/1", "f 1//1 2//1 3//1"), encoding="utf-8")
    with pytest.raises(ValueError, match=r"head.obj:11: a triangle 'f v/vt v/vt v/vt' was expected"):
        read_obj_topology(obj)
    with pytest.raises(FileNotFoundError, match="docs/weights.md"):
        load_topology(tmp_path / "absent.obj")
    obj.write_text(OBJ, encoding="utf-8")
    np.save(tmp_path / "fixed.npy", np.zeros((128, 128)))
    with pytest.raises(ValueError, match=r"fixed.npy is \(128, 128\)"):
        load_topology(obj, fixed_displacement=tmp_path / "fixed.npy")
