"""Binary glTF 2.0: meshes with textures, shapes to morph into, and keyframes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation
from torch import Tensor

from aucgan.files.atomic import atomic_path
from aucgan.motion.face_motion import MOTION_NAMES, FaceMotion
from aucgan.renderers.drawing import to_uint8
from aucgan.renderers.export.arrays import TexturedTriangles, area_normals, mesh_arrays, normal_picture, to_numpy
from aucgan.renderers.export.glb_file import ARRAY, GlbFile
from aucgan.renderers.rasterizers.unique_rows import unique_rows

ROUGHNESS = 0.7
"""Of skin without make-up, in glTF's metallic-roughness model."""
GENERATOR = "AUcGAN"
STILL, UNTURNED = 2e-6, 1e-3
"""Metres, and lengths of unit normals, below which a shape at full weight leaves a vertex as it is."""


def export_glb(
    path: str | Path,
    verts: Tensor | np.ndarray,
    topology: TexturedTriangles,
    texture: Tensor | np.ndarray | None = None,
    normal_map: Tensor | np.ndarray | None = None,
    *,
    colours: Tensor | np.ndarray | None = None,
    targets: Mapping[str, Tensor | np.ndarray] | None = None,
    motion: FaceMotion | None = None,
) -> Path:
    """Write one ``.glb`` with mesh, smooth normals, colour and normal texture; with shapes to morph into, and moving.

    Args:
        path: The file.
        verts: Vertices in metres, ``(V, 3)``; with ``targets``, those of the head at rest.
        topology: Triangles and UV layout.
        texture: RGB in [0, 1], ``(3, S, S)`` tensor or ``(S, S, 3)`` array.
        normal_map: Tangent-space normals in [-1, 1], ``(3, S, S)``.
        colours: RGB of the vertices in [0, 1], ``(V, 3)``; a texture is multiplied with them.
        targets: Offsets at full weight by the shape's name, ``(V, 3)`` metres each, such as
            :func:`aucgan.motion.morph_targets.morph_targets` gives.
        motion: Keyframes: weights of the targets by name (columns without a target are left out), rotation and
            translation of the head. Time begins with the first. One frame is a pose: the head is set to it, nothing
            moves.

    Returns:
        The path.

    Raises:
        ValueError: The suffix is not ``.glb``, or shapes or numbers do not make a mesh.
    """
    path = Path(path)
    if path.suffix.lower() != ".glb":
        raise ValueError(f"expected a path that ends in .glb, got {path}")
    points, faces, uv_coords, uv_faces = mesh_arrays(verts, topology)
    corners, index = unique_rows(np.stack([faces.ravel(), uv_faces.ravel()], axis=1))
    vertex, names = corners[:, 0], list(targets or {})
    offsets = {name: _checked_offsets(name, offset, points) for name, offset in (targets or {}).items()}
    file = GlbFile(GENERATOR)
    attributes = _attributes(file, points, faces, uv_coords, corners)
    if colours is not None:
        attributes["COLOR_0"] = file.add_array(linear_colours(colours, len(points))[vertex], ARRAY, normalized=True)
    primitive = {
        "attributes": attributes,
        "indices": file.add_triangles(index, len(corners)),
        "material": _material(file, path.stem, texture, normal_map),
    }
    if names:
        rest = _normals(points, faces)
        primitive["targets"] = [_target(file, points, faces, rest, offset, vertex) for offset in offsets.values()]
    curves = {} if motion is None else _curves(motion, names)
    pose = {name: values[0].tolist() for name, values in curves.items()} if len(motion or ()) == 1 else {}
    mesh = file.add(
        "meshes",
        name=path.stem,
        primitives=[primitive],
        weights=pose.pop("weights", [0.0] * len(names)) or None,
        extras={"targetNames": names} if names else None,
    )
    file.add("scenes", nodes=[file.add("nodes", name="head", mesh=mesh, **pose)])
    if motion is not None and len(motion) > 1:
        _animation(file, motion.times - motion.times[0], curves)
    with atomic_path(path) as temporary:
        temporary.write_bytes(file.to_bytes())
    return path


def _checked_offsets(name: str, offset: Tensor | np.ndarray, points: np.ndarray) -> np.ndarray:
    offsets = to_numpy(offset).astype(np.float32)
    if offsets.shape != points.shape or not np.isfinite(offsets).all():
        raise ValueError(f"target {name} must be finite and {points.shape}, got {offsets.shape}")
    return offsets


def _attributes(
    file: GlbFile, points: np.ndarray, faces: np.ndarray, uv_coords: np.ndarray, corners: np.ndarray
) -> dict[str, int]:
    """Positions, normals and UV coordinates (v down, as glTF wants it) of the pairs of vertex and UV vertex."""
    vertex, uv = corners.T
    down = uv_coords[uv] * [1, -1] + [0, 1]
    return {
        "POSITION": file.add_array(points[vertex].astype(np.float32), ARRAY, bounds=True),
        "NORMAL": file.add_array(_normals(points, faces)[vertex].astype(np.float32), ARRAY),
        "TEXCOORD_0": file.add_array(down.astype(np.float32), ARRAY),
    }


def _normals(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Unit normals ``(V, 3)``; the standard wants one also where a triangle has no area."""
    normals = area_normals(points, faces)
    return np.where(normals.any(axis=1, keepdims=True), normals, [0.0, 0.0, 1.0])


def linear_colours(colours: Tensor | np.ndarray, num_verts: int) -> np.ndarray:
    """RGB of pictures as the linear, opaque colours of vertices, ``(V, 4)`` uint16."""
    rgb = to_numpy(colours).astype(np.float64)
    if rgb.shape != (num_verts, 3) or not np.isfinite(rgb).all():
        raise ValueError(f"colours must be finite and ({num_verts}, 3), got {rgb.shape}")
    rgb = rgb.clip(0, 1)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)  # sRGB, IEC 61966-2-1
    return np.rint(np.concatenate([linear, np.ones((num_verts, 1))], 1) * 65535).astype(np.uint16)


def _material(
    file: GlbFile, name: str, texture: Tensor | np.ndarray | None, normal_map: Tensor | np.ndarray | None
) -> int:
    surface: dict = {"metallicFactor": 0.0, "roughnessFactor": ROUGHNESS}
    if texture is not None:
        surface["baseColorTexture"] = {"index": file.add_picture(to_uint8(texture), "colour")}
    bumps = None
    if normal_map is not None:
        bumps = {"index": file.add_picture(normal_picture(normal_map), "normals")}
    return file.add("materials", name=name, pbrMetallicRoughness=surface, normalTexture=bumps)


def _target(
    file: GlbFile, points: np.ndarray, faces: np.ndarray, normals: np.ndarray, offsets: np.ndarray, vertex: np.ndarray
) -> dict[str, int]:
    """Offsets of positions and of normals at full weight."""
    turned = _normals(points + offsets, faces) - normals
    return {
        "POSITION": file.add_offsets(offsets[vertex], STILL, bounds=True),
        "NORMAL": file.add_offsets(turned[vertex].astype(np.float32), UNTURNED),
    }


def _curves(motion: FaceMotion, names: list[str]) -> dict[str, np.ndarray]:
    """What changes of the only node, a row a frame, under glTF's names: rotation, translation if any, weights."""
    curves = {"rotation": quaternions(motion.rotation)}
    if motion.translation.any():
        curves["translation"] = motion.translation
    if names:
        curves["weights"] = np.zeros((len(motion), len(names)))
        known = [column for column, name in enumerate(names) if name in MOTION_NAMES]
        curves["weights"][:, known] = motion.weights[:, [MOTION_NAMES.index(names[column]) for column in known]]
    return curves


def _animation(file: GlbFile, times: np.ndarray, curves: dict[str, np.ndarray]) -> None:
    """Keyframes of the only node."""
    time = file.add_array(times.astype(np.float32), bounds=True)
    samplers, channels = [], []
    for number, (path, values) in enumerate(curves.items()):
        rows = values.reshape(-1) if path == "weights" else values
        output = file.add_array(rows.astype(np.float32))
        samplers.append({"input": time, "output": output, "interpolation": "LINEAR"})
        channels.append({"sampler": number, "target": {"node": 0, "path": path}})
    file.add("animations", name="face", samplers=samplers, channels=channels)


def quaternions(rotation: np.ndarray) -> np.ndarray:
    """Axis-angle in radians ``(T, 3)`` to unit quaternions x, y, z, w ``(T, 4)``, each on the side of the one before.

    Of the two quaternions of a rotation, programs that go straight from keyframe to keyframe want the nearer one.
    """
    found = Rotation.from_rotvec(rotation).as_quat()
    away = (found[1:] * found[:-1]).sum(1) < 0
    signs = np.cumprod(np.concatenate([[1.0], np.where(away, -1.0, 1.0)]))
    return found * signs[:, None]
