"""A moving portrait: followed over a gap, one identity, smoothed, written."""

import json

import cv2
import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from aucgan.apis.outputs.au_table import read_au_table
from aucgan.apis.outputs.code_file import read_codes
from aucgan.apis.outputs.live_link import read_live_link
from aucgan.apis.reconstruction.face_track import with_mesh
from aucgan.apis.reconstruction.kinds import VIDEO_KINDS
from aucgan.apis.reconstruction.video_frames import UnreadableVideoError, VideoFile
from aucgan.apis.reconstruction.video_saving import WRITERS
from aucgan.motion.smoothing import Smoothing, jitter, segments, smooth_pose, smooth_rotation


@pytest.fixture(scope="module")
def video(reconstructor, clip):
    return reconstructor.video(clip)


def test_one_face_with_a_gap(video):
    (track,) = video.tracks
    assert video.length == 18 and video.refused == 0 and video.file.rate == 25
    assert set(track.frames) <= {*range(8), *range(11, 18)} and len(track.frames) >= 14
    assert len(track.gaps) == 1 and track.gaps[0][0] == 8 and 10 <= track.gaps[0][1] <= 11
    assert np.allclose(track.times, track.frames / 25)


def test_one_identity(video):
    (track,) = video.tracks
    assert torch.equal(track.fitted.shape, track.fitted.shape[:1].expand_as(track.fitted.shape))
    assert torch.equal(track.portrait.fitted.shape[0], track.fitted.shape[0])


def test_it_trembles_less_and_still_follows(video):
    (track,) = video.tracks
    assert track.jitter["smoothed"] < 0.8 * track.jitter["fitted"] and track.jitter["detected"] > 0
    turn = Rotation.from_rotvec(track.fitted.pose[:, :3].numpy()).as_euler("YXZ", degrees=True)[:, 2]
    assert np.ptp(turn) > 4, "the head leans by twelve degrees"


def test_frames_have_meshes_when_they_are_asked_for(video):
    (track,) = video.tracks
    assert track.fitted.verts.shape[1] == 0
    face = track.posed(3)
    assert face.verts.shape == (1, *track.model.head.v_template.shape)
    assert torch.allclose(face.landmarks468, track.fitted.landmarks468[3:4])
    again = with_mesh(track.portrait.fitted, track.model)
    assert torch.allclose(again.verts, track.portrait.fitted.verts)


def test_its_files(video, tmp_path):
    names = {path.name for path in video.save(tmp_path)}
    assert names == {f"clip_{end}" for end in "arkit.csv aus.csv codes.npz morphs.glb video.mp4 report.json".split()}
    frames = video.tracks[0].frames
    codes = read_codes(tmp_path / "clip_codes.npz")
    assert (codes.frame == frames).all() and (codes.face == 0).all()
    table = read_au_table(tmp_path / "clip_aus.csv")
    assert (table.frame == frames).all(), "a lost face is a gap"
    motion = read_live_link(tmp_path / "clip_arkit.csv", 25)
    assert len(motion) == len(frames) and np.allclose(motion.times, frames / 25, atol=1e-3)
    report = json.loads((tmp_path / "clip_report.json").read_text(encoding="utf-8"))
    assert report["frames"] == 18 and report["faces"][0]["gaps"] == [list(gap) for gap in video.tracks[0].gaps]
    assert report["faces"][0]["jitter"].keys() == {"detected", "fitted", "smoothed"}
    beside = VideoFile.of(tmp_path / "clip_video.mp4")
    height, width = video.file.size
    assert beside.size == (height, 2 * width) and beside.rate == 25
    pictures = [frame.astype(float) for frame in beside]
    changed = [np.abs(one[:, :width] - one[:, width:]).mean() for one in pictures]
    assert len(pictures) == 18 and min(changed[:8]) > 3 * changed[9]


def test_a_choice(video, tmp_path):
    assert [path.name for path in video.save(tmp_path, "arkit", "x")] == ["x_arkit.csv", "x_report.json"]
    assert set(WRITERS) == set(VIDEO_KINDS)


def test_a_video_without_a_face(reconstructor, tmp_path):
    path = tmp_path / "grey.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), 10, (64, 48))
    for _ in range(4):
        writer.write(np.full((48, 64, 3), 90, np.uint8))
    writer.release()
    video = reconstructor.video(path)
    assert (video.length, video.tracks, video.refused) == (4, [], 0)


def test_what_is_no_video(reconstructor, tmp_path, clip):
    with pytest.raises(FileNotFoundError, match="there is no video .*none.mp4"):
        reconstructor.video(tmp_path / "none.mp4")
    contents = {"empty": b"", "text": b"no video", "cut": clip.read_bytes()[:500]}
    for name, content in contents.items():
        (tmp_path / f"{name}.mp4").write_bytes(content)
        with pytest.raises(UnreadableVideoError, match=f"{name}.mp4 is no video that can be read"):
            reconstructor.video(tmp_path / f"{name}.mp4")


def test_runs_of_frames():
    assert list(segments(np.array([3, 4, 5, 8, 10, 11]))) == [slice(0, 3), slice(3, 4), slice(4, 6)]
    assert list(segments(np.zeros(0, int))) == []


def test_jitter_by_hand():
    points = np.array([[[0.0, 0.0]], [[1.0, 2.0]], [[2.0, 0.0]], [[9.0, 9.0]]])
    assert jitter(points, np.array([0, 1, 2, 5]), unit=4.0) == 0.5
    assert np.isnan(jitter(points[:2], np.array([0, 1]), 1.0))


def test_rotations_are_smoothed_over_the_half_turn():
    turns = Rotation.from_euler("y", np.linspace(170, 190, 30)[:, None], degrees=True).as_rotvec()
    smooth = Rotation.from_rotvec(smooth_rotation(turns, 30.0, 5.0, 10.0)).as_matrix()[:, 0, 0]
    assert smooth.max() < np.cos(np.radians(169)), "it turned the other way round"


def test_the_face_rests_where_the_origin_is_thrown_about():
    rng = np.random.default_rng(0)
    centre, rotation = np.array([0.0, 0.3, 0.1]), rng.normal(0, 0.02, (80, 3))
    translation = [0.0, 0.0, -1.0] - Rotation.from_rotvec(rotation).apply(centre)
    turned, moved = smooth_pose(rotation, translation, centre, 30.0, Smoothing())
    place = Rotation.from_rotvec(turned).apply(centre) + moved
    assert np.allclose(place, [0, 0, -1]) and turned[20:].std() < 0.7 * rotation.std()
