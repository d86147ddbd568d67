"""Where the texels of a head's chart lie on the face."""

import numpy as np
import pytest
import torch

from aucgan.heads.library import load_head, load_topology
from aucgan.models.face_models.flame import FLAME
from aucgan.renderers.face_chart import face_chart
from aucgan.renderers.srender_y import SRenderY


def test_landmarks_lie_at_their_places():
    """The texel under a landmark has the landmark's place in the box of all 68, as FLAME and the renderer see them."""
    size, chart, head = 256, face_chart(256), load_head()
    _, landmarks, full = FLAME()(torch.zeros(1, 100), torch.zeros(1, 50), torch.zeros(1, 6))
    points = full[0, :, :2]
    box = (points - points.amin(0)) / (points.amax(0) - points.amin(0))
    corners = torch.as_tensor(head.uv_coords[head.uv_faces[head.landmarks.full_faces_idx]])
    uv = (corners * torch.as_tensor(head.landmarks.full_bary_coords)[..., None]).sum(1)
    column, row = (uv[:, 0] * size).long(), ((1 - uv[:, 1]) * size).long()
    skin = [*range(17, 36), *range(48, 60)]  # brows, nose and the outer lip
    assert (chart.x[row, column] - box[:, 0])[skin].abs().max() < 0.03
    assert (chart.y[row, column] - (1 - box[:, 1]))[skin].abs().max() < 0.03


def test_the_mask_is_the_renderers():
    torch.testing.assert_close(face_chart(64).mask[None, None], SRenderY(32, uv_size=64).uv_face_eye_mask)


def test_the_forehead_lies_above_the_box_and_the_left_half_mirrors_the_right():
    chart = face_chart(128)
    face = chart.mask > 0.5
    assert chart.y[face].min() < -0.2 and 0.95 < chart.y[face].max() < 1.2
    both = face & face.flip(1)
    assert ((chart.x + chart.x.flip(1) - 1).abs()[both]).max() < 0.02
    assert np.isfinite(chart.x.cpu().numpy()).all() and np.isfinite(chart.y.cpu().numpy()).all()


def test_a_head_in_parts(tmp_path):
    topology = load_topology()
    path = tmp_path / "head.obj"
    corners = zip((topology.faces + 1).tolist(), (topology.uv_faces + 1).tolist(), strict=True)
    lines = [f"vt {u:.9f} {v:.9f}" for u, v in topology.uv_coords.tolist()]
    lines += ["f " + " ".join(f"{v}/{t}" for v, t in zip(*face, strict=True)) for face in corners]
    path.write_text("\n".join(lines), encoding="utf-8")
    whole = face_chart(64)
    parts = face_chart(64, dict(model="anny", landmarks="anny", topology=dict(source=path)))
    torch.testing.assert_close(parts.x, whole.x)
    torch.testing.assert_close(parts.mask, torch.ones_like(parts.mask))
    with pytest.raises(FileNotFoundError):
        face_chart(64, str(tmp_path / "none.npz"))
