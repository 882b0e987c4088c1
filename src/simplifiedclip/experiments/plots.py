"""Plots of the report: one quiet style, colours that colour-blind readers tell apart, units on every axis.

Every plot is small enough to be read on a phone; what belongs together stands side by side on the page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, PALE = "#3d4148", "#e4e6ea"
COLORS = ("#0072b2", "#d55e00", "#009e73", "#b0609a")
"""Blue, vermilion, green and purple of Okabe and Ito's palette, the purple a little darker."""
STYLES = ("-", "--", "-.", ":")
SIZE = (4.6, 3.1)
"""Inches of a plot, at 9-point letters."""

_RC: dict[Any, Any] = {
    "font.size": 9,
    "font.family": "DejaVu Sans",
    "axes.edgecolor": "#b8bbc2",
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "grid.color": PALE,
    "grid.linewidth": 0.8,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "text.color": INK,
    "svg.hashsalt": "simplifiedclip",
}


@dataclass(frozen=True)
class Curve:
    """A line of a plot.

    Attributes:
        label: its name in the legend.
        values: one number per pass.
        mark: index of the pass to mark with a dot; None for none.
    """

    label: str
    values: np.ndarray
    mark: int | None = None


def curves(
    path: Path,
    lines: Sequence[Curve],
    *,
    ylabel: str,
    title: str = "",
    xlabel: str = "pass",
    log: bool = False,
) -> None:
    """Draw lines over passes, each in its own colour and dashes, the minimum marked.

    Args:
        path: SVG file to write.
        lines: at most four.
        ylabel: the vertical axis, with its unit.
        title: text above.
        xlabel: the horizontal axis.
        log: a logarithmic vertical axis.
    """
    from matplotlib.ticker import MaxNLocator

    with _figure(path) as (figure, axes):
        for line, color, style in zip(lines, COLORS, STYLES):
            passes = np.arange(1, len(line.values) + 1)
            axes.plot(passes, line.values, style, color=color, linewidth=1.5, label=line.label)
            if line.mark is not None:
                axes.plot(
                    [line.mark + 1], [line.values[line.mark]], "o", color=color, markersize=5.5,
                    markeredgecolor="white", markeredgewidth=0.9, zorder=3,
                )  # fmt: skip
        if log:
            axes.set_yscale("log")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_xlabel(xlabel)
        axes.set_ylabel(_formula(ylabel))
        axes.set_title(_formula(title))
        axes.grid(axis="y")
        _open(axes)
        _legend(figure, axes, len(lines))


def matrix(
    path: Path,
    values: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    title: str = "",
    label: str = "cosine similarity",
    xlabel: str = "",
    ylabel: str = "",
    low: float | None = None,
    high: float | None = None,
    numbers: bool = True,
    winners: bool = False,
) -> None:
    """Draw a matrix as shades of blue with its numbers in the cells.

    Args:
        path: SVG file to write.
        values: (n, m).
        rows, columns: names.
        title: text above.
        label: what the colours mean.
        xlabel, ylabel: what the columns and rows are.
        low, high: values of the lightest and the darkest shade; the matrix's own if left out.
        numbers: write them into the cells.
        winners: frame the largest of each row.
    """
    n, m = values.shape
    low = float(np.nanmin(values)) if low is None else low
    high = float(np.nanmax(values)) if high is None else high
    side = 0.44 * n + 1.7 if numbers else SIZE[0] * 0.9
    with _figure(path, (min(0.47 * m + 2.0, 6.4) if numbers else SIZE[0], side)) as (figure, axes):
        image = axes.imshow(values, cmap="Blues", vmin=low, vmax=high, aspect="auto" if numbers else "equal")
        if numbers:
            for i in range(n):
                for j in range(m):
                    dark = (values[i, j] - low) > 0.6 * (high - low)
                    axes.text(
                        j, i, _number(values[i, j], 2), ha="center", va="center",
                        fontsize=8 if n < 8 else 7.2, color="white" if dark else INK,
                    )  # fmt: skip
        if winners:
            from matplotlib.patches import Rectangle

            for i, j in enumerate(values.argmax(1)):
                right = i == j
                axes.add_patch(
                    Rectangle(
                        (j - 0.46, i - 0.46),
                        0.92,
                        0.92,
                        fill=False,
                        linewidth=1.8,
                        edgecolor=COLORS[1] if not right else "#111111",
                        linestyle="-" if right else (0, (2.2, 1.2)),
                    )
                )
        turn = (0 if max(map(len, columns)) <= 2 else 35) if numbers else 90
        align: dict[str, Any] = {"ha": "center"}
        if turn:
            align = {"ha": "right", "va": "center" if turn == 90 else "top", "rotation_mode": "anchor"}
        axes.set_xticks(range(m), columns, rotation=turn, **align)
        axes.set_yticks(range(n), rows)
        if not numbers:
            axes.tick_params(labelsize=5.4, pad=1)
        axes.set_xlabel(xlabel)
        axes.set_ylabel(ylabel)
        axes.set_title(title)
        for side_name in ("top", "right", "left", "bottom"):
            axes.spines[side_name].set_visible(False)
        bar = figure.colorbar(image, ax=axes, shrink=0.75, aspect=22, pad=0.02)
        bar.outline.set_visible(False)  # type: ignore[operator]
        bar.set_label(label)
        bar.ax.tick_params(labelsize=8)


def bars(
    path: Path,
    names: Sequence[str],
    values: Sequence[float],
    *,
    xlabel: str,
    title: str = "",
    points: Sequence[Sequence[float]] | None = None,
    aim: float | None = None,
    highlight: Sequence[int] = (),
    log: bool = False,
    digits: int = 0,
) -> None:
    """Draw horizontal bars with their numbers, and single measurements as dots.

    Args:
        path: SVG file to write.
        names: one per bar, from top to bottom.
        values: one per bar.
        xlabel: the horizontal axis, with its unit.
        title: text above.
        points: the measurements that a bar is the mean of.
        aim: a line that is to be reached.
        highlight: bars in the second colour.
        log: a logarithmic axis.
        digits: decimals of the numbers.
    """
    with _figure(path, (SIZE[0] + 0.6, 0.36 * len(names) + 0.95)) as (_, axes):
        places = np.arange(len(names))
        colors = [COLORS[1] if k in highlight else COLORS[0] for k in places]
        axes.barh(places, values, height=0.62, color=colors, alpha=0.82, linewidth=0)
        most = max([*values, *(max(some) for some in points or [] if len(some))], default=1.0)
        for k, some in enumerate(points or []):
            axes.plot(some, np.full(len(some), k), "|", color=INK, markersize=7, alpha=0.55, zorder=3)
        if log:
            axes.set_xscale("log")
        axes.set_xlim(right=most * (2.2 if log else 1.16))
        for k, value in enumerate(values):
            beyond = max([value, *(points[k] if points else [])])
            axes.annotate(
                f"{value:.{digits}f}", (beyond, k), xytext=(4, 0), textcoords="offset points", va="center",
                fontsize=8.5,
            )  # fmt: skip
        if aim is not None:
            axes.axvline(aim, color=COLORS[2], linewidth=1.1, linestyle="--")
        axes.set_yticks(places, names)
        axes.invert_yaxis()
        axes.set_xlabel(xlabel)
        axes.set_title(title)
        axes.grid(axis="x")
        _open(axes)


class _figure:
    """A figure in our style, written when the block ends well."""

    def __init__(self, path: Path, size: tuple[float, float] = SIZE) -> None:
        self.path, self.size = path, size

    def __enter__(self) -> tuple[Figure, Axes]:
        import matplotlib as mpl
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure

        self.rc: Any = mpl.rc_context(_RC)
        self.rc.__enter__()
        self.figure = Figure(figsize=self.size, layout="constrained")
        FigureCanvasSVG(self.figure)
        return self.figure, self.figure.add_subplot()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        try:
            if kind is None:
                self.figure.savefig(self.path, format="svg", metadata={"Date": None})
        finally:
            self.rc.__exit__(kind, error, trace)


def _open(axes: Axes) -> None:
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def _number(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if not float(text) else text.replace("-", "−")


def _formula(text: str) -> str:
    """Set the paper's losses as formulas: ``L_CD`` with a subscript."""
    return re.sub(r"L_(CD|IP)", r"$L_{\\mathrm{\1}}$", text)


def _legend(figure: Figure, axes: Axes, count: int) -> None:
    if count > 1:
        figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=min(count, 2),
                      columnspacing=1.6, handlelength=2.4)  # fmt: skip
