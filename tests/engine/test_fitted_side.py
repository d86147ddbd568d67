"""Fitted codes as the coarse side of a detail training."""

import numpy as np
import pytest
import torch
from test_features import frozen_model, run, write_config
from tiny_faces import N_TRAIN, SIZE, write_faces

from aucgan.datasets.features import StoredFeatures
from aucgan.datasets.features.fits import shown_fit
from aucgan.datasets.landmarks import MIRROR_INDEX
from aucgan.engine import FrozenFeaturesHook
from aucgan.engine.features.feature_search import Refusal, find_features
from aucgan.engine.features.fitted_side import fitted_codes
from aucgan.engine.features.frozen_networks import frozen_networks
from aucgan.process.errors import ConfigError
from aucgan.registry import DATASETS
from aucgan.renderers.camera import project_landmarks
from aucgan.structures import FlameCodes
from tools.precompute import main as precompute

CROP = [dict(type="CropFace", size=SIZE, scale=1.6), dict(type="RandomFlip"), dict(type="PackFace")]
FITTED = ["--cfg-options", "default_hooks.features.coarse=fitted", "default_hooks.features.mode=required"]
CAM = torch.tensor([[7.5, 0.01, -0.02]])


@pytest.fixture
def faces(tmp_path, monkeypatch):
    """Tiny faces with fitted codes of a few columns, more and fewer than the model's."""
    monkeypatch.chdir(tmp_path)
    root, rng = write_faces(tmp_path / "data"), np.random.default_rng(1)
    (root / "codes").mkdir()
    for path in sorted((root / "images").iterdir()):
        widths = dict(shape=(120,), exp=(62,), pose=(6,), light=(9, 3), tex=(20,), landmarks68=(68, 2))
        codes = {name: rng.normal(0, 0.1, (2, *width)).astype(np.float32) for name, width in widths.items()}
        codes["landmarks68"][:] = rng.uniform(12, 52, (68, 2))
        np.savez(root / f"codes/{path.stem}.npz", **codes, confidence=np.float32(1))
    return root


def test_the_camera_is_that_of_what_is_shown(faces):
    """Landmarks that a flat camera put into the crop come back from the codes of every crop of it."""
    cfg = write_config(faces, CROP)
    model, data = frozen_model(cfg), DATASETS.build(cfg.train_dataloader.dataset)
    path = faces / "codes/f0.npz"
    codes = dict(np.load(path))
    _, landmarks, _ = model.flame(*(_first(model, codes, name) for name in ("shape", "exp", "pose")))
    codes["landmarks68"] = ((project_landmarks(landmarks, CAM) + 1) * SIZE / 2).numpy().repeat(2, 0)
    np.savez(path, **codes)
    fit = shown_fit(data, 0)
    vector = fitted_codes(model, {name: value[:1] for name, value in fit.items()})
    found = FlameCodes.from_vector(vector, **model.code_scale.sizes)
    torch.testing.assert_close(project_landmarks(landmarks, found.cam)[:, 17:], fit["seen"][:1, 17:], rtol=0, atol=1e-4)
    assert not torch.allclose(found.cam, CAM, atol=1e-2), "the crop is another one"
    for name in ("shape", "exp"):
        torch.testing.assert_close(getattr(found, name), _first(model, codes, name))
    assert (found.tex[:, 20:] == 0).all() and torch.equal(found.tex[0, :20], torch.from_numpy(codes["tex"][0]))
    assert torch.equal(found.light[0], torch.from_numpy(codes["light"][0]))


def _first(model, codes, name):
    width = dict(shape=model.flame.n_shape, exp=model.flame.n_exp, pose=6)[name]
    return torch.from_numpy(codes[name][:1, :width])


def test_mirrored_photos_show_mirrored_fits(faces):
    data = DATASETS.build(write_config(faces, CROP).train_dataloader.dataset)
    fit, codes = shown_fit(data, 1), np.load(faces / "codes/f1.npz")
    mirrored = fit["seen"][0][MIRROR_INDEX] * torch.tensor([-1.0, 1.0])
    torch.testing.assert_close(fit["seen"][1], mirrored, rtol=0, atol=1e-4)
    np.testing.assert_array_equal(fit["pose"].numpy(), codes["pose"])


def test_a_training_takes_them(faces, capfd):
    cfg = write_config(faces, CROP)
    assert precompute(["detail.py", *FITTED]) == 0
    model = frozen_model(cfg)
    networks = frozen_networks(model, cfg.model, "fitted")
    assert list(networks.modules) == ["au_net"]
    features = find_features(DATASETS.build(cfg.train_dataloader.dataset), networks)
    assert isinstance(features, StoredFeatures)
    regressed = frozen_networks(model, cfg.model)
    assert isinstance(find_features(DATASETS.build(cfg.train_dataloader.dataset), regressed), Refusal)
    for index in range(N_TRAIN):
        stored = np.load(faces / f"codes/f{index}.npz")
        for mirrored in (False, True):
            codes = FlameCodes.from_vector(features(index, mirrored)["codes"][None], **model.code_scale.sizes)
            np.testing.assert_array_equal(codes.exp[0], stored["exp"][int(mirrored), : model.flame.n_exp])
            np.testing.assert_array_equal(codes.pose[0], stored["pose"][int(mirrored)])
    assert run("required", "default_hooks.features.coarse=fitted") == 0
    assert "the frozen networks do not run on the photos" in capfd.readouterr().out
    changed = dict(np.load(faces / "codes/f2.npz"))
    np.savez(faces / "codes/f2.npz", **{**changed, "exp": changed["exp"] + 1})
    found = find_features(DATASETS.build(cfg.train_dataloader.dataset), networks)
    assert isinstance(found, Refusal) and found.stale and "codes/f2.npz has changed" in found.reason


@pytest.mark.parametrize(
    ("settings", "message"), [(dict(coarse="guessed"), "guessed"), (dict(coarse="fitted"), "mode='required'")]
)
def test_fitted_codes_are_asked_for_in_words(settings, message):
    with pytest.raises(ConfigError, match=message):
        FrozenFeaturesHook(**settings)
