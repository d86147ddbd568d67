"""What one face does, on another: expression, jaw, gaze and turn of the one, identity and skin of the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from aucgan.apis.edit.edited_face import EditedFace
from aucgan.apis.edit.editor import FaceEditor
from aucgan.apis.edit.named_expression import NamedExpression
from aucgan.apis.reconstruction.face_track import FaceTrack, without_mesh
from aucgan.fitting.fitted_faces import FittedFaces


@dataclass(frozen=True)
class Transfer:
    """Lets the person of a photo do what another face does.

    Attributes:
        editor: Of the person.
        keep_pose: The head stays turned as in the person's photo.
    """

    editor: FaceEditor
    keep_pose: bool = False

    def __call__(self, driving: FittedFaces, index: int = 0) -> EditedFace:
        """The person as one of some fitted faces, of any head.

        Where the driving face shows exactly what the person's photo shows, and the pose is kept, the reconstruction
        comes back as it was.
        """
        rotation = None if self.keep_pose else driving.pose[index, :3].double().numpy()
        return self.editor.express(NamedExpression.of(driving, index), rotation)

    def frames(self, track: FaceTrack) -> Iterator[EditedFace]:
        """The person in each frame of a video's face."""
        for index in range(len(track.frames)):
            yield self(track.fitted, index)

    def track(self, track: FaceTrack) -> FaceTrack:
        """The person as a face over time, which can be saved as that of every video."""
        moved = FittedFaces.join([without_mesh(face.fitted) for face in self.frames(track)])
        count = len(track.frames)
        shown = replace(
            moved,
            confidence=track.fitted.confidence,
            warnings=[list(warnings) for warnings in track.fitted.warnings],
            iterations=track.fitted.iterations,
        )
        assert len(shown) == count == len(np.asarray(track.times))
        return replace(track, fitted=shown, portrait=self.editor.face)
