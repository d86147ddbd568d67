"""The jaw of a head whose files only have a shape for it: axis, angle and correctives, from that shape."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEAST_TURN = 0.02
"""Radians; a smaller rotation has no axis to speak of."""


@dataclass(frozen=True)
class JawHinge:
    """A rotation about an axis from left to right.

    Attributes:
        angle: Rotation that opens the jaw as far as the shape does, radians, positive about +x.
        joint: A point of the axis on the midline, ``(3,)`` metres.
    """

    angle: float
    joint: np.ndarray


def jaw_hinge(verts: np.ndarray, opening: np.ndarray, rigid: np.ndarray) -> JawHinge:
    """Find the hinge.

    Args:
        verts: ``(V, 3)`` metres.
        opening: Offsets of the shape that opens the jaw, ``(V, 3)``.
        rigid: Vertices that move as one with the bone: the lower teeth, ``(V,)`` bool.

    Raises:
        ValueError: There are none, or they do not turn.
    """
    if not rigid.any():
        raise ValueError("jawOpen moves no teeth: no joint can be found")
    here, there = verts[rigid][:, 1:], (verts + opening)[rigid][:, 1:]
    a, b = here - here.mean(0), there - there.mean(0)
    angle = float(np.arctan2((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum(), (a * b).sum()))
    if abs(angle) < LEAST_TURN:
        raise ValueError(f"jawOpen turns the lower teeth by {np.degrees(angle):.2f}° only: no joint can be found")
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    centre = np.linalg.solve(np.eye(2) - turn, there.mean(0) - turn @ here.mean(0))
    return JawHinge(angle, np.array([0.0, *centre]))


def correctives(opening: np.ndarray, angle: float) -> np.ndarray:
    """Offsets per entry of the jaw's rotation R − I that move the head along a shape when the jaw turns about x.

    The shape's weight is to be the angle over the full one; over that range it is a sine and a versine to a thousandth.
    A jaw that turns by them and has no skinning weights agrees with the shape at every angle.

    Args:
        opening: Offsets of the shape, ``(V, 3)`` metres.
        angle: The full angle, radians.

    Returns:
        ``(V, 3, 9)``.
    """
    angles = angle * np.linspace(-0.1, 1.15, 26)
    basis = np.stack([np.sin(angles), 1 - np.cos(angles)], 1)
    sine, versine = 0.5 * np.linalg.lstsq(basis, angles / angle, rcond=None)[0]
    entries = np.array([[0, 0, 0], [0, -versine, -sine], [0, sine, -versine]])
    return opening[..., None] * entries.reshape(9)


def regressor_row(verts: np.ndarray, joint: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    """Weights ``(V,)``, as even as possible and of sum 1, of the candidate vertices ``(V,)`` bool that give a joint."""
    chosen = np.flatnonzero(candidates)
    system = np.column_stack([verts[chosen] - joint, np.ones(len(chosen))]).T  # (4, N)
    row = np.zeros(len(verts))
    row[chosen] = np.linalg.lstsq(system, np.array([0.0, 0.0, 0.0, 1.0]), rcond=None)[0]
    return row
