import numpy as np
import pytest

from aucgan.files.array_file import save_arrays


@pytest.mark.parametrize("compress", [False, True])
def test_arrays_come_back_under_their_names(tmp_path, compress):
    given = {"x": np.arange(6).reshape(2, 3), "two words/ä": np.array(["a", "ä"])}
    save_arrays(tmp_path / "a.npz", given, compress)
    with np.load(tmp_path / "a.npz", allow_pickle=False) as found:
        assert set(found.files) == set(given)
        for name, array in given.items():
            assert found[name].dtype == array.dtype and (found[name] == array).all()


def test_compression_makes_the_file_smaller_and_an_open_file_does_too(tmp_path):
    arrays = {"zeros": np.zeros(10000)}
    save_arrays(tmp_path / "plain.npz", arrays)
    with (tmp_path / "small.npz").open("wb") as file:
        save_arrays(file, arrays, compress=True)
    assert (tmp_path / "small.npz").stat().st_size < 0.1 * (tmp_path / "plain.npz").stat().st_size
