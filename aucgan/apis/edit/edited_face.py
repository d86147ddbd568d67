"""A reconstructed face that shows something else than its photo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from aucgan.apis.edit.backdrop import Backdrop
from aucgan.apis.edit.named_expression import NamedExpression
from aucgan.apis.edit.picture import BACKGROUNDS, edited_picture
from aucgan.apis.reconstruction.face_result import ReconstructedFace


@dataclass(frozen=True)
class EditedFace(ReconstructedFace):
    """What an edit gives; all that a :class:`ReconstructedFace` has and can be saved as, and its picture.

    Attributes:
        original: The face of the photo.
        wanted: What this one shows.
        backdrop: The unedited face in a part of its photo, by the picture's side and whether it is the whole photo.
    """

    original: ReconstructedFace = field(kw_only=True, repr=False)
    wanted: NamedExpression = field(kw_only=True, repr=False)
    backdrop: Callable[[int, bool], Backdrop] = field(kw_only=True, repr=False)

    @property
    def texture(self) -> np.ndarray:
        """As of the photo: the skin does not move with the edit, ``(S, S, 3)`` float32."""
        return self.original.texture

    @property
    def is_changed(self) -> bool:
        """Whether anything is to be seen of the edit."""
        return self.fitted is not self.original.fitted or self.uv_displacement is not self.original.uv_displacement

    @property
    def _weights(self) -> dict[str, float]:
        return self.wanted.shapes

    def render(self, side: int = 512, background: str = "photo", whole: bool = False) -> Image.Image:
        """The edited face as a picture.

        Args:
            side: Height and width of the picture, which shows the head; the same part of the photo for all its edits.
            background: ``photo``: in the photo, which is bent where the face moves; ``grey``: the head alone.
            whole: Show the whole photo, ``side`` pixels on its longer side.

        Returns:
            RGB. Without a change, ``photo`` gives the photo.

        Raises:
            ValueError: The background is none of these.
        """
        if background not in BACKGROUNDS:
            raise ValueError(f"background must be one of {', '.join(BACKGROUNDS)}, not '{background}'")
        return Image.fromarray(edited_picture(self, self.backdrop(side, whole), background))
