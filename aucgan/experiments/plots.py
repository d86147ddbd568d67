"""Loss curves and bars with error bars, as PNG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np

from aucgan.experiments.faces import short_names
from aucgan.experiments.verdicts import BETTER, HIGHER, LOWER, REFERENCE, WORSE, Row
from aucgan.files.atomic import atomic_path

matplotlib.use("Agg")
from matplotlib import pyplot as plt  # noqa: E402  (after the backend is chosen)
from matplotlib.axes import Axes  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402

COLOURS = {REFERENCE: "0.35", BETTER: "tab:green", WORSE: "tab:red", HIGHER: "tab:blue", LOWER: "tab:blue"}
UNDECIDED = "0.75"
DPI, PANEL_WIDTH, PANEL_HEIGHT, COLUMNS = 110, 4.4, 2.8, 3
FAR = 6.0
"""A bar so many times beyond the span of the middle half of the bars is cut off, with its value beside it."""

Curves = Mapping[str, Sequence[Mapping[str, tuple[np.ndarray, np.ndarray]]]]


def save(figure: Figure, path: Path) -> None:
    """Write a figure as PNG and close it."""
    with atomic_path(path) as temporary:
        figure.savefig(temporary, dpi=DPI, format="png")
    plt.close(figure)


def plot_bars(rows: Sequence[Row]) -> Figure:
    """A panel a metric: bars of the means over the seeds, error bars of one standard deviation, a dot a seed.

    Dark grey is the reference, green better, red worse, light grey not distinguishable from it.
    """
    metrics = list(dict.fromkeys(row.metric for row in rows))
    variants = list(dict.fromkeys(row.variant for row in rows))
    figure, panels = _panels(len(metrics), height=0.6 + 0.26 * len(variants))
    for number, (panel, metric) in enumerate(zip(panels, metrics, strict=False)):
        found = [row for row in rows if row.metric == metric]
        low, high = _limits([v for row in found for v in row.values.values()])
        for place, row in enumerate(found):
            _bar(panel, place, row, low, high)
        panel.set_xlim(low, high)
        panel.set_title(metric, fontsize=9)
        panel.set_yticks(range(len(found)), short_names(variants) if number % COLUMNS == 0 else [""] * len(found))
        panel.tick_params(labelsize=8)
        panel.set_ylim(len(found) - 0.4, -0.6)
        panel.grid(axis="x", alpha=0.3)
    return figure


def plot_curves(curves: Curves) -> Figure | None:
    """A panel a loss: the mean over the seeds of every variant, with the range of the seeds shaded.

    Args:
        curves: Variant → for each of its runs, loss → (iterations, values).

    Returns:
        The figure; ``None`` where nothing was logged.
    """
    losses = list(dict.fromkeys(name for runs in curves.values() for run in runs for name in run))
    if not losses:
        return None
    figure, panels = _panels(len(losses), legend=True)
    tab20: Any = plt.get_cmap("tab20")
    colours = tab20.colors[::2] + tab20.colors[1::2]
    for panel, loss in zip(panels, losses, strict=False):
        for number, runs in enumerate(curves.values()):
            _curve(panel, [run[loss] for run in runs if loss in run], colours[number % len(colours)])
        panel.set_title(f"{loss} by iteration", fontsize=9)
        panel.tick_params(labelsize=8)
        panel.grid(alpha=0.3)
        _log_where_wide(panel)
    handles = [plt.Line2D([], [], color=colours[i % len(colours)]) for i in range(len(curves))]
    figure.legend(handles, short_names(list(curves)), loc="outside lower center", ncols=4, fontsize=8)
    return figure


def _panels(count: int, height: float = PANEL_HEIGHT, legend: bool = False) -> tuple[Figure, Sequence[Axes]]:
    columns = min(COLUMNS, count)
    rows = -(-count // columns)
    size = (PANEL_WIDTH * columns, height * rows + 0.8 * legend)
    figure, panels = plt.subplots(rows, columns, figsize=size, squeeze=False, layout="constrained")
    every: list[Axes] = list(panels.flat)
    for panel in every[count:]:
        panel.set_axis_off()
    return figure, every[:count]


def _limits(values: Sequence[float]) -> tuple[float, float]:
    """Range of an axis of bars: from zero, without the values that are far from all others."""
    if not values:
        return 0.0, 1.0
    low, middle, high = np.percentile(values, (25, 50, 75))
    span = max(high - low, 0.05 * abs(middle), 1e-12)
    near = [v for v in values if abs(v - middle) <= FAR * span]
    left, right = min(0.0, *near), max(0.0, *near)
    return left - 0.03 * (right - left) * (left < 0), right + 0.12 * (right - left)


def _bar(panel: Axes, place: int, row: Row, low: float, high: float) -> None:
    if not row.values:
        panel.text(0.0, place, " no numbers", va="center", fontsize=7, color="0.4")
        return
    colour = COLOURS.get(row.verdict, UNDECIDED)
    error = None if np.isnan(row.std) else row.std
    panel.barh(place, row.mean, xerr=error, color=colour, height=0.7, error_kw=dict(lw=1, capsize=2))
    panel.plot(list(row.values.values()), [place] * len(row.values), "k.", markersize=3)
    if not low <= row.mean <= high:
        side: dict[str, Any] = dict(x=0.98, ha="right") if row.mean > high else dict(x=0.02, ha="left")
        text = f"{row.mean:.3g}"
        panel.text(y=place, s=text, va="center", fontsize=7, transform=panel.get_yaxis_transform(), **side)


def _curve(panel: Axes, runs: Sequence[tuple[np.ndarray, np.ndarray]], colour: Any) -> None:
    if not runs:
        return
    steps = sorted(set.intersection(*(set(run[0].tolist()) for run in runs)))
    values = np.array([[v for s, v in zip(*run, strict=True) if s in set(steps)] for run in runs])
    panel.plot(steps, values.mean(0), color=colour, lw=1.3)
    if len(runs) > 1:
        panel.fill_between(steps, values.min(0), values.max(0), color=colour, alpha=0.15, lw=0)


def _log_where_wide(panel: Axes) -> None:
    values = np.concatenate([line.get_ydata() for line in panel.lines] or [np.ones(1)])
    if (values > 0).all() and values.max() > 50 * np.median(values):
        panel.set_yscale("log")
