"""The licensed files that real-asset configs take: what they are, where a user gets them, under which licence."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class AssetSource:
    """Where a file comes from.

    Attributes:
        what: What it is.
        where: Page and file name of the publisher.
        licence: The publisher's terms in a few words; the page has the binding ones.
        convert: How our file is made from the published one; empty if it is used as it is.
    """

    what: str
    where: str
    licence: str
    convert: str = ""


_FLAME_SITE = "https://flame.is.tue.mpg.de (register, then Download)"
_FLAME_LICENCE = "FLAME model licence, non-commercial research (the FLAME 2023 Open model: CC BY 4.0)"
_DECA_DATA = "https://github.com/yfeng95/DECA, folder data/"
_DECA_LICENCE = "DECA licence of the Max Planck Society, non-commercial research"
_DECA_WEIGHTS = "https://github.com/yfeng95/DECA, link to deca_model.tar in the README"
_DECA_CONVERT = "python tools/convert_weights.py deca deca_model.tar weights/deca"

REAL_ASSETS: dict[str, AssetSource] = {
    "flame_model": AssetSource(
        "the FLAME head model",
        f"{_FLAME_SITE}, generic_model.pkl of FLAME 2020 or flame2023.pkl",
        _FLAME_LICENCE,
        "python tools/convert_weights.py flame generic_model.pkl assets/flame.npz",
    ),
    "landmark_embedding": AssetSource(
        "the 68 landmarks on FLAME",
        f"{_DECA_DATA}landmark_embedding.npy",
        _DECA_LICENCE,
        "python tools/convert_weights.py flame landmark_embedding.npy assets/landmarks.npz",
    ),
    "head_template": AssetSource("FLAME's triangles and UV layout", f"{_DECA_DATA}head_template.obj", _FLAME_LICENCE),
    "face_mask": AssetSource("UV mask of the face", f"{_DECA_DATA}uv_face_mask.png", _DECA_LICENCE),
    "face_eye_mask": AssetSource(
        "UV mask of the face without eyes", f"{_DECA_DATA}uv_face_eye_mask.png", _DECA_LICENCE
    ),
    "fixed_displacement": AssetSource(
        "constant displacement that smooths FLAME's eyes", f"{_DECA_DATA}fixed_displacement_256.npy", _DECA_LICENCE
    ),
    "texture_model": AssetSource(
        "a linear albedo model on FLAME's UV layout, one of three",
        f"FLAME_texture.npz from {_FLAME_SITE}; or albedoModel2020_FLAME_albedoPart.npz from "
        "https://github.com/waps101/AlbedoMM/releases; or the Basel Face Model from https://faces.dmi.unibas.ch/bfm "
        "(register), converted with https://github.com/TimoBolkart/BFM_to_FLAME",
        "FLAME texture and AlbedoMM: CC BY-NC-SA 4.0; Basel Face Model: its own licence, non-commercial research",
        "python tools/convert_weights.py flametex FILE.npz assets/texture.npz",
    ),
    "e_flame": AssetSource("DECA's coarse encoder", _DECA_WEIGHTS, _DECA_LICENCE, _DECA_CONVERT),
    "e_detail": AssetSource("DECA's detail encoder", _DECA_WEIGHTS, _DECA_LICENCE, _DECA_CONVERT),
    "d_detail": AssetSource("DECA's detail decoder", _DECA_WEIGHTS, _DECA_LICENCE, _DECA_CONVERT),
    "e_expression": AssetSource(
        "EMOCA's expression encoder",
        "https://emoca.is.tue.mpg.de (register), download script in https://github.com/radekd91/emoca, the .ckpt of "
        "the detail stage",
        "EMOCA licence of the Max Planck Society, non-commercial research",
        "python tools/convert_weights.py emoca FILE.ckpt weights/emoca",
    ),
    "au_network": AssetSource(
        "an OpenGraphAU network (stage 1: AFG, stage 2: MEFARG)",
        "https://github.com/lingjivoo/OpenGraphAU, table of pretrained models in the README",
        "the licence of that repository; its training images are for research only",
        "python tools/convert_weights.py opengraphau FILE.pth weights/opengraphau.safetensors",
    ),
    "vgg19": AssetSource(
        "VGG19 trained on ImageNet",
        "https://download.pytorch.org/models/vgg19-dcbb9e9d.pth (torchvision IMAGENET1K_V1)",
        "torchvision: BSD 3-clause; ImageNet's images are for research only",
    ),
    "face_recognition": AssetSource(
        "the face-recognition network of the identity loss",
        "resnet50_ft_weight.pkl of VGGFace2 (DECA used it), linked in https://github.com/cydonia999/VGGFace2-pytorch; "
        "or the same weights as a state dict, PyTorch or safetensors",
        "that of the file you choose; VGGFace2's images are for research only",
    ),
}


class MissingAssetsError(FileNotFoundError):
    """Files that must be fetched by hand are not there; the message says how to get each."""


def missing_assets(paths: Mapping[str, str | Path]) -> dict[str, Path]:
    """The files that do not exist.

    Args:
        paths: Path by name of the asset, a key of :data:`REAL_ASSETS`. A head's name, such as
            ``'anny'``, is no file and always there.

    Raises:
        ValueError: A name is unknown; the message gives the nearest known one.
    """
    for name in paths:
        if name not in REAL_ASSETS:
            near = difflib.get_close_matches(name, REAL_ASSETS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(REAL_ASSETS)}"
            raise ValueError(f"there is no asset called {name}: {hint}")
    files = {name: Path(path) for name, path in paths.items() if Path(path).suffix}
    return {name: path for name, path in files.items() if not path.is_file()}


def check_assets(paths: Mapping[str, str | Path]) -> None:
    """Check that licensed files are there, all of them before anything starts.

    Args:
        paths: Path by name of the asset; see :func:`missing_assets`.

    Raises:
        MissingAssetsError: Some are missing; it lists every one, where to get it and under which licence.
        ValueError: A name is unknown.
    """
    missing = missing_assets(paths)
    if missing:
        raise MissingAssetsError(explain_missing(missing))


def explain_missing(missing: Mapping[str, Path]) -> str:
    """A message that lists missing files, where to get each and under which licence."""
    count = f"{len(missing)} file{'s are' if len(missing) > 1 else ' is'}"
    lines = [f"{count} missing that cannot be shipped with this library (docs/weights.md has the steps):"]
    for name, path in missing.items():
        source = REAL_ASSETS[name]
        lines += [f"- {path}: {source.what}", f"    get it: {source.where}", f"    licence: {source.licence}"]
        lines += [f"    then: {source.convert}"] if source.convert else []
    return "\n".join([*lines, "The default config, aucgan_detail_v2.py, needs none of these."])
