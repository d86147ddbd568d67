"""Action units as bars: what the photo shows, and what is set."""

from __future__ import annotations

from collections.abc import Mapping

from aucgan.action_units import MAIN_AUS

FAINT = 0.03
"""Intensities below are left out."""
PHOTO_COLOUR, SET_COLOUR = "#adb5bd", "#228be6"


def unit_chart(photo: Mapping[str, float], now: Mapping[str, float]) -> str:
    """Bars of the main units that either has, as HTML.

    Args:
        photo: Intensities in [0, 1] by name, as detected.
        now: As set.
    """
    rows = [
        _row(f"AU{number}", words, photo[f"AU{number}"], now[f"AU{number}"])
        for number, words in MAIN_AUS.items()
        if max(photo[f"AU{number}"], now[f"AU{number}"]) >= FAINT
    ]
    legend = f"{_key(PHOTO_COLOUR)} in the photo {_key(SET_COLOUR)} now"
    body = "".join(rows) or "<div>a face at rest</div>"
    return f'<div class="unit-chart" style="padding:0 1em;font-size:0.75em">{legend}{body}</div>'


def _row(name: str, words: str, photo: float, now: float) -> str:
    bars = "".join(
        f'<div style="height:5px;margin:1px 0;width:{100 * value:.0f}%;background:{colour}"></div>'
        for value, colour in ((photo, PHOTO_COLOUR), (now, SET_COLOUR))
    )
    return (
        f'<div title="{words}" data-unit="{name}" data-photo="{photo:.2f}" data-now="{now:.2f}" '
        'style="display:flex;align-items:center;gap:0.5em">'
        f'<span style="width:3.2em">{name}</span><div style="flex:1">{bars}</div>'
        f'<span style="width:2.4em;text-align:right">{now:.2f}</span></div>'
    )


def _key(colour: str) -> str:
    return f'<span style="display:inline-block;width:0.8em;height:0.8em;background:{colour}"></span>'
