"""How generated people of a head move: code widths, and the codes of action units and blinks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from aucgan.action_units import AU_NAMES, main_index
from aucgan.datasets.procedural.closing import Closing
from aucgan.expression import arkit_to_codes, aus_to_arkit
from aucgan.heads.head import Head
from aucgan.heads.library import load_head

TONGUE_OPENS = 0.3
"""Share of ``jawOpen`` that lets the tongue out."""
SMILE_SHOWS = 0.35
"""How far the upper lip rises from the teeth where a smile (AU12) meets parted lips (AU25)."""


@dataclass(frozen=True)
class CodeSizes:
    """Widths of the codes of the face models."""

    shape: int = 100
    tex: int = 50
    exp: int = 59


@dataclass(frozen=True)
class HeadMotion:
    """What drawing a person needs to know of a head.

    Attributes:
        sizes: Widths of the codes.
        show: Action unit intensities ``(41,)`` and how far the lids are closed beside them, in [0, 1], to expression
            codes ``(n,)`` and jaw rotation ``(3,)``, axis-angle in radians.
    """

    sizes: CodeSizes
    show: Callable[[np.ndarray, float], tuple[np.ndarray, np.ndarray]]


@cache
def head_motion(head: str) -> HeadMotion:
    """The motion of a head.

    Args:
        head: What :func:`aucgan.heads.load_head` takes.
    """
    loaded = load_head(head)
    closing = Closing(loaded)
    return HeadMotion(CodeSizes(exp=_width(loaded)), lambda aus, closed: _show(loaded, closing, aus, closed))


def _width(head: Head) -> int:
    """Expression columns in use: all but those at the end that turning the jaw makes too."""
    used = [number for number, name in enumerate(head.expression_names) if name not in head.jaw_turns]
    return max(used) + 1


def _show(head: Head, closing: Closing, aus: np.ndarray, closed: float) -> tuple[np.ndarray, np.ndarray]:
    weights = aus_to_arkit(dict(zip(AU_NAMES, aus.tolist(), strict=True)))
    weights |= {name: max(weights[name], closed) for name in ("eyeBlinkLeft", "eyeBlinkRight")}
    weights["jawOpen"] = max(weights["jawOpen"], TONGUE_OPENS * weights["tongueOut"])
    for side in ("Left", "Right"):
        shown = SMILE_SHOWS * weights[f"mouthSmile{side}"] * float(aus[main_index(25)].clip(0.0))
        weights[f"mouthUpperUp{side}"] = min(weights[f"mouthUpperUp{side}"] + shown, 1.0)
    return arkit_to_codes(closing.limited(weights), head)
