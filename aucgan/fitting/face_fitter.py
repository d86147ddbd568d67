"""Faces in photos to codes of a head, by optimisation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from aucgan.detection.detected_face import DetectedFace
from aucgan.fitting.columns import NO_COLUMNS
from aucgan.fitting.defaults import ENERGIES_OF_A_FIT, STAGES_OF_A_FIT
from aucgan.fitting.first_state import first_state
from aucgan.fitting.fit_model import FitModel
from aucgan.fitting.fit_result import fit_result
from aucgan.fitting.fit_state import FitState
from aucgan.fitting.fitted_faces import FittedFaces
from aucgan.fitting.levenberg_marquardt import Descent, minimise
from aucgan.fitting.observed import Observed
from aucgan.fitting.observing import batches, observe
from aucgan.fitting.outline import facing, outermost
from aucgan.fitting.picture import Picture
from aucgan.fitting.scene import seen_scene
from aucgan.fitting.sliding import slides
from aucgan.fitting.stage import Stage
from aucgan.fitting.start import Start
from aucgan.fitting.view import View
from aucgan.heads.head import Head
from aucgan.heads.library import load_head
from aucgan.registry import ENERGIES, FITTERS

CAMERAS = ("pinhole", "weak")


@FITTERS.register_module()
class FaceFitter:
    """Fits a head to the 468 points of faces, and to the photos themselves.

    Args:
        head: Name or file of a head with dense landmarks, see :func:`aucgan.heads.load_head`, or the head.
        energies: What is minimised: energies by name, each with its ``type`` and its ``weight``; default
            :data:`~aucgan.fitting.defaults.ENERGIES_OF_A_FIT`.
        stages: What is done, in this order, as :class:`~aucgan.fitting.stage.Stage` takes it; default
            :data:`~aucgan.fitting.defaults.STAGES_OF_A_FIT`.
        n_identity: How many identity columns are unknowns; those left out stay 0.
        left_out: Beginnings of the names of expression columns that are no unknowns.
        camera: ``'pinhole'`` or ``'weak'`` (weak perspective).
        focal: Focal length where nobody knows it, in longer sides of the photo.
        nearest: Least distance of a face from the camera, metres; where the default focal length puts it nearer, it is
            a crop of a larger photo, and the focal length is made longer.
        sliding: The points are MediaPipe's: on a turned head they slide towards the silhouette, and this is taken out.
            Points that were placed where they belong do not.
        picture_size: Side of the part of a photo that photometric energies look at, pixels.
        batch_size: How many faces are fitted at once; faces of one person stay together.
    """

    def __init__(
        self,
        head: str | Path | Head = "anny",
        energies: dict[str, dict] | None = None,
        stages: dict[str, dict] | None = None,
        n_identity: int = 100,
        left_out: Sequence[str] = ("eyeLook", "tongueOut"),
        camera: str = "pinhole",
        focal: float = 1.3,
        nearest: float = 0.8,
        sliding: bool = True,
        picture_size: int = 224,
        batch_size: int = 32,
    ) -> None:
        if camera not in CAMERAS:
            raise ValueError(f"camera must be one of {', '.join(CAMERAS)}, not '{camera}'")
        if not focal > 0 or batch_size < 1 or n_identity < 1:
            raise ValueError("focal must be above 0, batch_size and n_identity at least 1")
        self.sliding, self.picture_size = sliding, picture_size
        self.weak, self.focal, self.nearest, self.batch_size = camera == "weak", focal, nearest, batch_size
        source = None if isinstance(head, Head) else head
        self.model = FitModel.of(head if source is None else load_head(source), n_identity, left_out, source)  # type: ignore[arg-type]
        settings = ENERGIES_OF_A_FIT if energies is None else energies
        self.energies = {name: ENERGIES.build(energy) for name, energy in settings.items()}
        stages = STAGES_OF_A_FIT if stages is None else stages
        self.stages = {name: Stage.of(name, stage, self.energies) for name, stage in stages.items()}

    @torch.no_grad()
    def __call__(
        self,
        faces: Sequence[DetectedFace],
        photos: Sequence[np.ndarray],
        *,
        focal: Sequence[float | None] | None = None,
        person: Sequence[Any] | None = None,
        track: Sequence[Any] | None = None,
        start: Start | FittedFaces | None = None,
    ) -> FittedFaces:
        """Fit.

        Args:
            faces: One face of each photo, with its 468 landmarks.
            photos: RGB ``(H, W, 3)`` uint8; where no stage looks at pixels, their shape is all that counts.
            focal: Focal lengths in pixels, such as :func:`aucgan.fitting.focal_from_exif` gives; ``None`` for the
                default.
            person: Labels of the faces; those with equal labels share one identity. ``None``: everybody has their own.
            track: Labels of videos; faces with equal labels are its frames in their order, one person's, and move
                smoothly. ``None``: no face is the next frame of another; so for faces whose label is ``None``.
            start: Codes to start from, such as a regressor's; default the mean head at rest, seen as the points say.

        Returns:
            The fitted faces in the order given.

        Raises:
            ValueError: A face has no 468 points, a photo another form, or the lists differ in length.
        """
        observed = observe(faces, photos, focal, person, track, self.model.columns, self.focal, self.weak)
        order, parts = [], []
        for rows in batches(observed, self.batch_size):
            order.append(rows)
            chosen = None if start is None else Start.of(start).rows(rows)
            parts.append(self._fit(observed.rows(rows), [photos[row] for row in rows.tolist()], chosen))
        return FittedFaces.join(parts)[torch.cat(order).argsort().tolist()]

    def _fit(self, observed: Observed, photos: Sequence[np.ndarray], start: Start | None) -> FittedFaces:
        """One batch."""
        state, observed = first_state(self.model, observed, start, self.nearest)
        descent, steps, picture = None, torch.zeros_like(observed.person), None
        for stage in self.stages.values():
            if picture is None and any(self.energies[name].needs_photo for name in stage.energies):
                picture = Picture.of(photos, observed.points, self.picture_size)
            for _ in range(stage.rounds):
                observed = self._looked_at(observed, state, picture)
                descent = self._descend(stage, observed, state)
                state, steps = descent.state, steps + descent.steps
        observed = self._looked_at(observed, state, picture)
        return fit_result(self.model, observed, state, steps, descent)

    def _descend(self, stage: Stage, observed: Observed, state: FitState) -> Descent:
        energies = [self.energies[name] for name in stage.energies]
        if stage.unknowns != ("pose",):
            return minimise(self._viewer(observed), state, energies, stage.iterations, stage.free(state))
        points = self.model.points.held(state.identity, state.expression)
        alone = replace(observed, columns=NO_COLUMNS)
        rigid = replace(state, identity=state.identity[:, :0], expression=state.expression[:, :0])
        free = stage.free(rigid)
        descent = minimise(lambda s: View(points, alone, s), rigid, energies, stage.iterations, free)
        found = descent.state
        return replace(descent, state=replace(state, rotation=found.rotation, translation=found.translation))

    def _viewer(self, observed: Observed) -> Callable[[FitState], View]:
        return lambda state: View(self.model.points, observed, state)

    def _looked_at(self, observed: Observed, state: FitState, picture: Picture | None) -> Observed:
        """With what is visible, where the outline is, and what the photos show, from the present state."""
        model = self.model
        observed = replace(observed, chosen=outermost(View(model.points, observed, state)))
        observed = replace(observed, facing=facing(View(model.points, observed, state), model.normals))
        sight = torch.nn.functional.normalize(-state.translation, dim=1)
        observed = replace(observed, frontal=(state.rotation[:, :, 2] * sight).sum(1))
        if self.sliding:
            observed = replace(observed, slides=slides(state, observed.unit))
        if picture is None:
            return observed
        whole = model.vertices(*model.codes(state)) @ state.rotation.transpose(1, 2) + state.translation[:, None]
        corners = View(model.skin.points, observed, state)
        return replace(observed, scene=seen_scene(model.skin, picture, corners, whole, model.faces))
