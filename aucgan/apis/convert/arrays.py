"""FLAME's files (model, landmarks, textures) to ``.npz`` files of plain arrays."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from aucgan.apis.convert.files import write_npz
from aucgan.apis.convert.report import ConversionReport
from aucgan.files.model_file import read_model_file
from aucgan.heads.flame_head import read_flame_folder
from aucgan.heads.flame_model import flame_arrays
from aucgan.heads.landmark_embedding import landmark_arrays
from aucgan.heads.texture_model import texture_arrays

ROOT_PARENT = 2**32 - 1
"""How the published file writes that the root joint has no parent."""


def convert_flame(source: str | Path, target: str | Path) -> ConversionReport:
    """Convert a FLAME model, or FLAME's landmark embedding, to an ``.npz`` with the published field names.

    Args:
        source: ``generic_model.pkl`` (with or without chumpy objects), FLAME 2020 / 2023 as ``.pkl`` or ``.npz``, or
            ``landmark_embedding.npy``.
        target: The ``.npz`` to write.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: A field is missing or of another shape, or the file would load a class that is no array.
    """
    source, target = Path(source), Path(target)
    fields = read_model_file(source, "FLAME model")
    convert = _landmarks if "static_lmk_faces_idx" in fields else _model
    arrays, contents, config = convert(fields, str(source))
    write_npz(target, arrays)
    ignored = [key for key in fields if key not in arrays]
    return ConversionReport(source, {target: contents}, [config.format(target)], ignored)


def convert_flame_head(source: str | Path, target: str | Path) -> ConversionReport:
    """Convert a folder with FLAME's model, landmark embedding and template to one head file.

    Args:
        source: The folder.
        target: The ``.npz`` to write.

    Raises:
        FileNotFoundError: One of the files is missing.
        ValueError: A file is damaged, or they do not belong together.
    """
    source, target = Path(source), Path(target)
    head = read_flame_folder(source)
    write_npz(target, head.arrays())
    contents = f"head of {len(head.v_template)} vertices without names of expressions, UV, 68 landmarks"
    missing = ["468 dense landmarks (python tools/embed_landmarks.py makes them)"]
    return ConversionReport(source, {target: contents}, [f"flame=dict(model='{target}')"], [], missing)


def convert_flametex(source: str | Path, target: str | Path) -> ConversionReport:
    """Convert a texture model of BFM's or FLAME's style to an ``.npz`` with ``MU`` and ``PC`` in [0, 1].

    Args:
        source: ``.npz`` with ``MU`` and ``PC``, or with ``mean`` and ``tex_dir``.
        target: The ``.npz`` to write.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: A field is missing or of another size.
    """
    source, target = Path(source), Path(target)
    fields = read_model_file(source, "texture model")
    model = texture_arrays(fields, str(source))
    style = "BFM" if "MU" in fields else "FLAME"
    write_npz(target, {"MU": model.mean, "PC": model.basis})
    ignored = [key for key in fields if key not in ({"MU", "PC"} if style == "BFM" else {"mean", "tex_dir"})]
    contents = f"{style}-style texture model, {model.basis.shape[-1]} components"
    return ConversionReport(source, {target: contents}, [f"FLAMETex(model='{target}')"], ignored)


def _model(fields: Mapping[str, object], name: str) -> tuple[dict[str, np.ndarray], str, str]:
    model = flame_arrays(fields, name)
    parents = np.where(model.parents < 0, ROOT_PARENT, model.parents)
    arrays = {
        "v_template": model.v_template,
        "f": model.faces.astype(np.uint32),
        "shapedirs": model.shapedirs,
        "posedirs": model.posedirs,
        "J_regressor": model.j_regressor,
        "kintree_table": np.stack([parents, np.arange(len(parents))]),
        "weights": model.weights,
    }
    contents = f"FLAME model, {len(model.v_template)} vertices, {len(model.faces)} faces"
    return arrays, contents, "FLAME(model='{}')"


def _landmarks(fields: Mapping[str, object], name: str) -> tuple[dict[str, np.ndarray], str, str]:
    embedding = landmark_arrays(fields, name)
    arrays = {
        f"{kind}_lmk_{what}": getattr(embedding, f"{kind}_{what}")
        for kind in ("static", "dynamic", "full")
        for what in ("faces_idx", "bary_coords")
    }
    return arrays, "68 landmarks", "FLAME(landmarks='{}')"
