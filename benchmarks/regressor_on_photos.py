"""How far off the coarse regressor is on real photos: python benchmarks/regressor_on_photos.py CONFIG WEIGHTS PHOTOS.

Photos are cropped by detection as in training; the error is that of the 51 inner landmarks against the landmark
network, as a share of the distance between the outer corners of the eyes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch

from aucgan import load_model
from aucgan.apis.photos import Photo, find_photos, open_photo
from aucgan.apis.reconstruction.face_crop import crop_square, cut_square
from aucgan.apis.reconstruction.smaller_copy import detected_in_original
from aucgan.detection import DetectedFace, MediaPipeFaceMesh

INNER, OUTER_CORNERS = slice(17, 68), (36, 45)


def main() -> None:
    """Print the error of each photo, and their mean."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("photos", type=Path, help="a folder")
    args = parser.parse_args()
    model = load_model(args.config, args.weights).eval()
    detector, errors = MediaPipeFaceMesh(max_faces=1), []
    for path in find_photos(args.photos):
        photo = open_photo(path)
        found = detector.find(photo.pixels)
        if not found:
            print(f"{path.name}: no face")
            continue
        errors.append(error(model, photo, found[0]))
        print(f"{path.name}: {100 * errors[-1]:.1f} %")
    print(f"mean of {len(errors)}: {100 * np.mean(errors):.1f} %")


@torch.inference_mode()
def error(model: torch.nn.Module, photo: Photo, face: DetectedFace) -> float:
    """Mean distance of the inner landmarks over that of the eyes' outer corners."""
    face = detected_in_original(face, photo.divisor)
    square = crop_square(face)
    image = cut_square(photo, square, model.renderer.image_size)[None]
    seen = model(mode="tensor", image=image).landmarks[0].numpy()
    wanted = (face.landmarks68 - square[:2]) / square[2] * 2.0 - 1.0
    off = np.linalg.norm(seen[INNER] - wanted[INNER], axis=1).mean()
    return float(off / np.linalg.norm(np.subtract(*(wanted[k] for k in OUTER_CORNERS))))


if __name__ == "__main__":
    main()
