import json
import re
from pathlib import Path

import numpy as np
import pytest

from aucgan.datasets.face_crop import SCALE, TRAINING_SCALE
from aucgan.datasets.face_folder import SampleRow, read_samples, write_samples
from aucgan.datasets.procedural.recipe import draw_face

CONFIGS = sorted((Path(__file__).parents[2] / "configs" / "_base_" / "datasets").glob("photos_*.py"))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_photos_are_cropped_as_generated_people_are(path):
    text = path.read_text(encoding="utf-8")
    scales = re.findall(r'type="CropFace", size=\d+, scale=(\[[^\]]*\]|[\d.]+)', text)
    assert len(scales) >= 3
    assert {tuple(json.loads(scale if scale[0] == "[" else f"[{scale}]")) for scale in scales} == {
        TRAINING_SCALE,
        (SCALE,),
    }


def test_generated_people_fill_the_range_of_training():
    drawn = np.array([draw_face(0, "train", index).crop[0] for index in range(60)])
    low, high = TRAINING_SCALE
    assert low <= drawn.min() < low + 0.1 * (high - low) and high - 0.1 * (high - low) < drawn.max() <= high


def test_who_is_shown_is_written_and_read(tmp_path):
    aus = np.zeros(41, np.float32)
    rows = [SampleRow("a", "p", "train", aus, {"monk_tone": "7", "age": "31"}), SampleRow("b", "q", "test", aus)]
    write_samples(tmp_path / "samples.csv", rows)
    assert [dict(row.attributes) for row in read_samples(tmp_path)] == [{"monk_tone": "7", "age": "31"}, {}]
    write_samples(tmp_path / "samples.csv", rows[1:])
    assert "monk_tone" not in (tmp_path / "samples.csv").read_text(encoding="utf-8"), "only what is known"
