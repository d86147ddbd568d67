"""The table of one data set labels the photos of another."""

import numpy as np

from aucgan.action_units import AU_NAMES
from aucgan.apis.preparation.au_labels import read_au_labels
from aucgan.datasets.face_folder import KNOWN_COLUMNS, SampleRow, write_samples


def test_what_is_known_of_people_and_photos_is_no_label(tmp_path):
    aus = np.linspace(0, 1, len(AU_NAMES)).astype(np.float32)
    known = {name: "1" for name in KNOWN_COLUMNS}
    write_samples(tmp_path / "samples.csv", [SampleRow("f0", "ann", "train", aus, known)])
    np.testing.assert_allclose(read_au_labels(tmp_path / "samples.csv")["f0"], aus, atol=1e-3)
