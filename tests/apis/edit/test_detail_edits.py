"""Wrinkles under another expression: what the network adds for it, on what the photo shows."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from posed_face import posed_face
from slim_models import slim

import aucgan
from aucgan.apis.edit import FaceEditor
from aucgan.apis.reconstruction.trained_detail import TrainedDetail
from aucgan.registry import MODELS


@pytest.fixture(scope="module", params=["aucgan_detail_v2", "aucgan_detail_v3"])
def detail(request, tmp_path_factory):
    """A detail model of either interface, untrained, with weights that give some detail."""
    cfg = aucgan.load_config(request.param)
    cfg.model = slim(cfg.model)
    torch.manual_seed(0)
    model = MODELS.build(cfg.model)
    with torch.no_grad():
        for parameter in model.generator.parameters():
            if parameter.dim() > 1:
                parameter.add_(0.05 * torch.randn_like(parameter))
    path = tmp_path_factory.mktemp("detail") / "final.pth"
    torch.save({"meta": dict(format_version=1), "state_dict": model.state_dict()}, path)
    return TrainedDetail(cfg, path, torch.device("cpu"))


@pytest.fixture(scope="module")
def face(detail):
    face = posed_face({"mouthSmileLeft": 0.4, "jawOpen": 0.2})
    (made,) = detail.displacement([face.photo], detail.squares([face.detected]), face.fitted)
    return replace(face, uv_displacement=made)


@pytest.fixture(scope="module")
def editor(face, detail):
    return FaceEditor(face, detail)


def test_without_a_change_the_displacement_is_the_photos(editor, face):
    assert editor().uv_displacement is face.uv_displacement
    assert editor(turn=(10, 0, 0)).uv_displacement is face.uv_displacement
    assert np.allclose(editor._made_own, face.uv_displacement, atol=1e-6)


def test_the_network_is_asked_for_the_wanted_expression(editor, face, detail):
    asked = []
    handle = detail.model.generator.register_forward_pre_hook(lambda module, args: asked.append(args))
    edited = editor({"AU12": 0.9, "AU26": 1.0})
    handle.remove()
    assert np.abs(edited.uv_displacement - face.uv_displacement).max() > 1e-7
    exp, jaw = edited.fitted.expression, edited.fitted.jaw_pose
    if detail.model.generator.__class__.__name__ == "UVUNetGenerator":
        _, (shown_aus, *_), (aus, told_exp, told_jaw) = asked[-1]
        moved = (aus - shown_aus)[0].tolist()
        names = aucgan.action_units.AU_NAMES
        assert moved[names.index("AU4")] == 0 and moved[names.index("AU12")] > 0
        assert moved[names.index("AUR12")] >= 0 and moved[names.index("AU26")] > 0
    else:
        told_exp, told_jaw = asked[-1][2:4]
    assert torch.allclose(told_exp, exp[:, : told_exp.shape[1]], atol=1e-5)
    assert torch.allclose(told_jaw, jaw, atol=1e-5)


def test_what_is_added_does_not_depend_on_how_the_photos_was_made(face, editor, detail):
    other = replace(face, uv_displacement=face.uv_displacement + np.float32(0.001))
    values = {"AU4": 0.7}
    away = FaceEditor(other, detail)(values).uv_displacement - editor(values).uv_displacement
    assert np.allclose(away, 0.001, atol=1e-7)


def test_a_draft_and_higher_wrinkles(editor, face):
    draft = editor({"AU12": 0.9}, draft=True)
    assert draft.uv_displacement is face.uv_displacement and draft.aus["AU12"] == 0.9
    assert np.allclose(editor(wrinkles=2.0).uv_displacement, 2 * face.uv_displacement)
    assert FaceEditor(face)({"AU12": 0.9}).uv_displacement is not None, "without the model the wrinkles stay"
    assert np.array_equal(FaceEditor(face)({"AU12": 0.9}).uv_displacement, face.uv_displacement)


def test_wrinkles_show_in_the_picture():
    face = posed_face({"mouthSmileLeft": 0.4})
    waves = 5e-4 * np.sin(np.arange(128) / 2)[:, None].repeat(128, 1).astype(np.float32)
    photo = np.asarray(FaceEditor(face)().render(96), float)
    away = {}
    for name, height in (("wavy", waves), ("flat", 0 * waves)):
        editor = FaceEditor(replace(face, uv_displacement=height))
        assert np.array_equal(np.asarray(editor().render(96)), photo), "the photo has its wrinkles already"
        away[name] = np.abs(np.asarray(editor(wrinkles=3.0).render(96), float) - photo)
    assert np.median(away["flat"]) == 0 and away["flat"].mean() < 0.5
    assert away["wavy"].mean() > 3 * away["flat"].mean()
