import pytest

from aucgan.apis.face_maps import write_face_maps


@pytest.mark.slow
def test_every_map_of_a_generated_face_is_written(tmp_path, capsys):
    write_face_maps(tmp_path / "maps", seed=0, index=1, image_size=48, uv_size=32)
    names = {path.name for path in (tmp_path / "maps").iterdir()}
    assert {"overview.jpg", "displacement.png", "face.obj", "face.glb"} <= names
    assert "maps, a mesh and overview.jpg are in" in capsys.readouterr().out
