"""Sweeps, animations and transfers, and the commands that write them."""

import numpy as np
import pytest
import torch
from PIL import Image
from posed_face import posed_face, studio

from aucgan.apis.edit import FaceEditor, program
from aucgan.apis.edit.picture import BACKGROUNDS
from aucgan.apis.edit.sweep import strip, sweep, write_animation
from aucgan.apis.edit.transfer import Transfer
from aucgan.apis.outputs.code_file import read_codes
from aucgan.apis.reconstruction.face_track import FaceTrack, without_mesh
from aucgan.apis.reconstruction.video import FaceVideo
from aucgan.apis.reconstruction.video_frames import VideoFile
from aucgan.commands import edit_aus
from aucgan.commands.main import main
from aucgan.fitting.fit_model import FitModel
from aucgan.fitting.fitted_faces import FittedFaces
from aucgan.renderers.export.video_file import video_file

DOING = [{"mouthFrownLeft": 0.2 * k, "jawOpen": 0.1 * k, "eyeBlinkLeft": 0.5} for k in range(4)]


@pytest.fixture(scope="module")
def person():
    return posed_face({"mouthSmileLeft": 0.4, "mouthSmileRight": 0.4})


@pytest.fixture(scope="module")
def editor(person):
    return FaceEditor(person)


def frames(count, side=32):
    return [np.full((side, side, 3), 40 * k, np.uint8) for k in range(count)]


@pytest.fixture
def video(tmp_path):
    path = tmp_path / "clip.mp4"
    with video_file(path, 25.0) as write:
        for frame in frames(6):
            write(frame)
    fitted = FittedFaces.join([without_mesh(posed_face(weights, seed=3).fitted) for weights in DOING])
    shown, head = np.array([0, 1, 3, 4]), studio().head
    model = FitModel.of(head, 20, ())
    track = FaceTrack(0, shown, shown / 25.0, fitted, {}, posed_face(DOING[0], seed=3), model)
    return FaceVideo(VideoFile.of(path), 6, [track], 0)


@pytest.fixture
def known(monkeypatch, person, video):
    """Photos without detection: the person's own, one of somebody who frowns, an empty one; and the video."""
    faces = {"person": [person], "frown": [posed_face(DOING[3], seed=3)], "empty": []}

    class Known:
        detail = None

        def __call__(self, path):
            return faces[path.stem]

        def video(self, path, max_faces):
            return video

    monkeypatch.setattr(program, "_reconstructor", lambda args: Known())


def test_a_sweep_moves_one_unit(editor):
    faces = sweep(editor, "au12_l", [0.0, 0.5, 1.0], {"AU4": 0.3})
    assert [face.aus["AUL12"] for face in faces] == [0.0, 0.5, 1.0]
    assert all(face.aus["AU4"] == 0.3 and face.aus["AUR12"] == pytest.approx(0.4) for face in faces)
    more = sweep(editor, "AU12", [-0.4, 0.2], add=True)
    assert [face.aus["AU12"] for face in more] == pytest.approx([0.0, 0.6], abs=1e-6)
    with pytest.raises(ValueError, match="AU4 is both set and swept"):
        sweep(editor, "AU4", [0.0], {"au04": 0.3})


def test_a_strip_has_all_pictures_and_titles():
    picture = strip(frames(3), ["a", "b", "c"])
    assert picture.width >= 3 * 32 and picture.height > 32


@pytest.mark.parametrize("suffix", ["gif", "mp4"])
def test_an_animation_goes_there_and_back(tmp_path, suffix):
    path = write_animation(tmp_path / f"a.{suffix}", frames(4), 10.0)
    if suffix == "gif":
        with Image.open(path) as animation:
            seen = [_frame(animation, k) for k in range(animation.n_frames)]
            assert animation.info["duration"] == 100 and animation.info["loop"] == 0
    else:
        seen = [frame.mean() for frame in VideoFile.of(path)]
    assert np.allclose(seen, [0, 40, 80, 120, 80, 40], atol=6)


def test_other_animations_are_refused(tmp_path):
    with pytest.raises(ValueError, match="gif or .mp4, got .*a.webm"):
        write_animation(tmp_path / "a.webm", frames(2))
    with pytest.raises(ValueError, match="at least one picture"):
        write_animation(tmp_path / "a.gif", [])


def test_a_person_does_what_another_does(editor, person):
    driving = posed_face(DOING[3], seed=3)
    face = Transfer(editor)(driving.fitted)
    assert face.expression == pytest.approx(driving.expression, abs=1e-6)
    assert torch.equal(face.fitted.shape, person.fitted.shape) and np.allclose(face.pose, driving.pose, atol=1e-6)
    assert np.array_equal(face.texture, person.texture)
    kept = Transfer(editor, keep_pose=True)(driving.fitted)
    assert np.array_equal(kept.pose[:3], person.pose[:3]) and np.array_equal(kept.verts, face.verts)
    assert Transfer(editor, keep_pose=True)(person.fitted).fitted is person.fitted


def test_a_person_over_time(editor, video):
    track = Transfer(editor).track(video.tracks[0])
    assert len(track.fitted) == 4 and track.portrait is editor.face
    assert np.allclose(track.fitted.jaw_pose, video.tracks[0].fitted.jaw_pose, atol=1e-6)
    assert np.allclose(track.fitted.pose, video.tracks[0].fitted.pose, atol=1e-6)
    assert (track.fitted.shape == editor.face.fitted.shape).all()


def test_an_edit_from_the_command_line(known, tmp_path, capsys):
    call = ["edit-aus", "person.jpg", "--set", "AU12=0.8", "AU4L=0.5", "--side", "64", "--out", str(tmp_path)]
    assert main([*call, "--save", "codes"]) == 0
    assert Image.open(tmp_path / "person_edited.png").size == (64, 64)
    exp = read_codes(tmp_path / "person_edited_codes.npz").exp[0]
    names = studio().head.expression_names
    assert exp[names.index("mouthSmileLeft")] == pytest.approx(0.8) and exp[names.index("browDownLeft")] == 0.5
    assert "strong lip corner puller" in capsys.readouterr().out


def test_a_sweep_from_the_command_line(known, tmp_path, capsys):
    call = ["edit-aus", "person.jpg", "--sweep", "AU26", "0", "1", "3", "--sweep", "jawLeft", "0", "0.5", "2"]
    assert main([*call, "--side", "48", "--animate", "gif", "mp4", "--out", str(tmp_path)]) == 0
    names = {path.name for path in tmp_path.iterdir() if path.stem.startswith("person")}
    assert names == {f"person_{unit}.{end}" for unit in ("AU26", "jawLeft") for end in ("png", "gif", "mp4")}
    assert "AU26 0.00 to 1.00 in 3 pictures" in capsys.readouterr().out


@pytest.mark.parametrize("options, message", [
    (["person.jpg", "--set", "AU12"], "'AU12': a name and a number were expected"),
    (["person.jpg", "--set", "mouthSmileLef=1"], "did you mean 'mouthSmileLeft'"),
    (["person.jpg", "--set", "AU12=3"], "an intensity is in"),
    (["person.jpg", "--sweep", "AU12", "0", "2", "3"], "an intensity is in"),
    (["empty.jpg", "--set", "AU12=1"], "no human face in empty.jpg"),
    (["person.jpg", "--face", "2"], "there is 1 human face in person.jpg"),
])  # fmt: skip
def test_slips_are_answered_in_a_line(known, tmp_path, capsys, options, message):
    assert main(["edit-aus", *options, "--out", str(tmp_path / "out")]) != 0
    told = capsys.readouterr().err
    assert message in told and told.count("\n") == 1 and not list(tmp_path.glob("out/*"))


def test_sweeps_need_numbers(capsys):
    with pytest.raises(SystemExit):
        main(["edit-aus", "a.jpg", "--sweep", "AU12", "0", "x", "3"])
    assert "--sweep takes a name, two numbers" in capsys.readouterr().err


def test_a_transfer_of_a_photo(known, tmp_path):
    assert main(["transfer", "person.jpg", "frown.jpg", "--side", "48", "--save", "codes", "--out", str(tmp_path)]) == 0
    assert Image.open(tmp_path / "person_as_frown.png").width >= 3 * 48
    assert read_codes(tmp_path / "person_as_frown_codes.npz").jaw_pose[0, 0] > 0.1


def test_a_transfer_of_a_video(known, tmp_path, video):
    call = ["transfer", "person.jpg", str(video.file.path), "--side", "48", "--save", "codes", "--out"]
    assert main([*call, str(tmp_path / "out")]) == 0
    made = VideoFile.of(tmp_path / "out" / "person_as_clip.mp4")
    assert len(list(made)) == 6 and made.size == (48, 96)
    assert read_codes(tmp_path / "out" / "person_as_clip_codes.npz").frame.tolist() == [0, 1, 3, 4]


def test_choices_are_those_of_the_code():
    assert edit_aus.BACKGROUNDS == BACKGROUNDS


def _frame(animation, k):
    animation.seek(k)
    return np.asarray(animation.convert("RGB"), float).mean()
