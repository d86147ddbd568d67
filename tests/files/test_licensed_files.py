import pytest

from aucgan.files.licensed_files import REAL_ASSETS, MissingAssetsError, check_assets, missing_assets


def test_one_error_lists_every_missing_file(tmp_path):
    (tmp_path / "there.npz").touch()
    paths = {name: tmp_path / f"{name}.npz" for name in REAL_ASSETS} | {"landmark_embedding": tmp_path / "there.npz"}
    with pytest.raises(MissingAssetsError) as caught:
        check_assets(paths)
    message = str(caught.value)
    for name, source in REAL_ASSETS.items():
        if name == "landmark_embedding":
            assert "there.npz" not in message
        else:
            assert str(paths[name]) in message and source.where in message and source.licence in message
            assert source.convert in message


def test_nothing_missing(tmp_path):
    (tmp_path / "flame.npz").touch()
    check_assets({"flame_model": tmp_path / "flame.npz", "texture_model": "anny"})
    assert missing_assets({}) == {}


def test_unknown_names_give_the_nearest():
    with pytest.raises(ValueError, match="no asset called flame_modl: did you mean flame_model?"):
        check_assets({"flame_modl": "x"})
