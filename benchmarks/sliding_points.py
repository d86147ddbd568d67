"""How a detector's points slide on turned heads: makes ``aucgan/fitting/data/sliding.npz``.

    python benchmarks/sliding_points.py

Five people of the human head are rendered plainly at yaws of 0, ±20 and ±40 degrees, and MediaPipe's network is run on
the pictures. What is kept is how far its points lie from those of the mesh, in eye distances, beyond what they do from
the front; both sides are averaged as mirror images. It takes some minutes.
"""

from __future__ import annotations

import numpy as np
import torch

from aucgan.apis.embedding.plain_render import SIZE, PosedHeads, render, view
from aucgan.apis.embedding.sample_people import sample_people
from aucgan.detection import MediaPipeFaceMesh
from aucgan.detection.mesh_points import LEFT_EYE_CORNER, MIRROR468, RIGHT_EYE_CORNER
from aucgan.files.array_file import save_arrays
from aucgan.fitting.sliding import TABLE
from aucgan.heads import Head, load_head
from aucgan.renderers import orthographic

PEOPLE, SEED, YAWS, BORDER = 5, 9, (20, 40), 60


def offsets(detector: MediaPipeFaceMesh, head: Head, heads: PosedHeads, person: int, yaw: int) -> np.ndarray | None:
    """Detected less true points in eye distances, ``(468, 2)``; ``None`` where no face is found."""
    picture = render(heads, heads.people[person], yaw).picture
    found = detector(np.pad(picture, ((BORDER, BORDER), (BORDER, BORDER), (0, 0)), mode="edge"))
    if not found or found[0].landmarks468 is None or head.dense_landmarks is None:
        return None
    placed, cam = view(heads, heads.people[person], yaw)
    points = head.dense_landmarks.points(placed.numpy(), head.faces)
    flat = orthographic(torch.tensor(points, dtype=torch.float32)[None], cam)[0, :, :2].numpy()
    eyes = np.linalg.norm(points[LEFT_EYE_CORNER] - points[RIGHT_EYE_CORNER]) * float(cam[0, 0]) * SIZE / 2
    return (found[0].landmarks468 - ((flat + 1) * SIZE / 2 + BORDER)) / eyes


def main() -> None:
    """Measure and write."""
    head, detector = load_head("anny"), MediaPipeFaceMesh()
    heads = sample_people(head, PEOPLE, SEED)
    means = {}
    for yaw in sorted({0, *YAWS, *(-yaw for yaw in YAWS)}):
        found = [offsets(detector, head, heads, person, yaw) for person in range(PEOPLE)]
        means[yaw] = np.mean([one for one in found if one is not None], axis=0)
    both = {yaw: 0.5 * (means[yaw] + means[-yaw][MIRROR468] * [-1, 1]) for yaw in (0, *YAWS)}
    table = np.stack([both[yaw] - both[0] for yaw in YAWS])
    table -= table.mean(1, keepdims=True)  # a shift is the pose's
    save_arrays(TABLE, {"yaws": np.array(YAWS, np.float32), "offsets": table.astype(np.float32)}, compress=True)
    print(f"{TABLE}: points slide by {np.linalg.norm(table, axis=-1).mean(1).round(4)} eye distances at {YAWS} degrees")


if __name__ == "__main__":
    main()
