"""The ruling lines of a page's picture: found among the dark pixels and taken out, and how askew the page lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

_STEEPEST = 5.0  # degrees; a page lies no more askew than that in a scanner
_SKEW_WIDTH = 900  # pixels; enough to see the angle
_LINE = 0.55  # inches; a longer straight stroke is a ruling line, no letter
_SHORT_LINE = 0.16  # inches; a shorter one leads nowhere, even between two ruling lines
_DOTS_APART = 6  # pixels between two dots of a dotted line
_MEETS = 6  # pixels by which two ruling lines may miss one another
_UNBROKEN = 0.93  # share of a ruling line that is dark
_THICKEST = 0.045  # inches
_BESIDE = 3  # pixels on both sides of a ruling line where a letter that touches it shows
_BAND = 256  # rows of pixels that are looked at together
_TOUCH = 1  # dark pixels there that are but the line's own rough edge

Ruling = tuple[int, int, int, int]


def threshold_of(pixels: npt.NDArray[np.uint8]) -> float:
    """Return the grey value below which a pixel is dark: Otsu's, which parts the histogram into its two most unlike halves."""
    counts = np.array(Image.fromarray(pixels).histogram(), dtype=float)
    values = np.arange(256)
    if np.count_nonzero(counts) < 2:
        return 0.0  # a blank picture: nothing on it is dark
    below, sums = np.cumsum(counts), np.cumsum(counts * values)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (sums[-1] * below / below[-1] - sums) ** 2 / (below * (below[-1] - below))
    return float(np.clip(np.nanargmax(between) + 1, 90, 200))


def skew_of(image: Image.Image) -> float:
    """
    Return by how many degrees *image* has to be turned anti-clockwise for its lines to be level.

    The angle at which the rows of pixels differ most in darkness: coarse steps first, then fine ones.
    """
    small = image.resize((_SKEW_WIDTH, max(1, round(image.height * _SKEW_WIDTH / image.width))))
    pixels = np.asarray(small)
    dark = Image.fromarray(((pixels < threshold_of(pixels)) * 255).astype(np.uint8))

    def contrast(angle: float) -> float:
        rows = np.asarray(dark.rotate(angle, fillcolor=0)).sum(axis=1, dtype=float)
        return float(np.square(np.diff(rows)).sum())

    best = max((step / 10 for step in range(-int(10 * _STEEPEST), int(10 * _STEEPEST) + 1, 5)), key=contrast)
    best = max((best + step / 10 for step in range(-4, 5)), key=contrast)
    return round(best, 2) if contrast(best) > 1.05 * contrast(0.0) else 0.0


def find_rulings(dark: npt.NDArray[np.bool_], *, dots_per_inch: float) -> list[Ruling]:
    """
    Return the ruling lines among the *dark* pixels as boxes in pixels, edges inclusive.

    A ruling line is a level or upright stroke that is longer than any letter and thin.
    """
    long, short = max(20, round(_LINE * dots_per_inch)), max(20, round(_SHORT_LINE * dots_per_inch))
    thick = max(3, round(_THICKEST * dots_per_inch))
    level = _strokes(dark, short, thick)
    upright = _strokes(dark.T, short, thick)
    sure_level = [box for box in level if box[2] - box[0] >= long]
    sure_upright = [box for box in upright if box[2] - box[0] >= long]
    upright = [box for box in upright if box[2] - box[0] >= long or _joins(box, sure_level)]
    level = [box for box in level if box[2] - box[0] >= long or _joins(box, [*sure_upright, *upright])]
    level += _dotted(dark, long, thick, upright, level)
    return [*level, *((top, left, bottom, right) for left, top, right, bottom in upright)]


def _dotted(
    dark: npt.NDArray[np.bool_], length: int, thick: int, upright: Sequence[Ruling], level: Sequence[Ruling]
) -> list[Ruling]:
    """Return the level lines of dots or dashes that lead from one of the *upright* lines to another, but for those that are *level* lines."""
    if not upright:
        return []
    closed = dark.copy()
    for step in range(1, _DOTS_APART + 1):
        closed[:, step:] |= dark[:, :-step]
    boxes = [_trimmed(dark, box) for box in _boxes_of_runs(_long_runs(closed, length), thick)]
    lines = [box for box in boxes if box[2] - box[0] >= length and _joins(box, upright)]
    return [
        box
        for box in lines
        if not any(
            one[1] - _MEETS <= box[1] <= one[3] + _MEETS and one[0] < box[2] and box[0] < one[2] for one in level
        )
    ]


def _strokes(plane: npt.NDArray[np.bool_], length: int, thick: int) -> list[Ruling]:
    """Return the level strokes of *plane* that are at least of *length*."""
    return [_trimmed(plane, box) for box in _boxes_of_runs(_long_runs(plane, length), thick)]


def _joins(box: Ruling, across: Sequence[Ruling]) -> bool:
    """
    Tell whether *box* leads from one line of *across* to another, so that it is a ruling line however short.

    *box* runs in the direction of its first and third value, the lines of *across* in that of their second and fourth.
    """
    middle = (box[1] + box[3]) / 2

    def meets(end: int) -> bool:
        return any(
            one[0] - _MEETS <= middle <= one[2] + _MEETS and one[1] - _MEETS <= end <= one[3] + _MEETS for one in across
        )

    return meets(box[0]) and meets(box[2])


def _trimmed(plane: npt.NDArray[np.bool_], box: Ruling) -> Ruling:
    """Return a level *box* from its first dark pixel to its last."""
    left, top, right, bottom = box
    columns = np.flatnonzero(plane[top : bottom + 1, left : right + 1].any(axis=0))
    return left + int(columns[0]), top, left + int(columns[-1]), bottom


def without_rulings(
    pixels: npt.NDArray[np.uint8], dark: npt.NDArray[np.bool_], rulings: Sequence[Ruling]
) -> npt.NDArray[np.uint8]:
    """Return *pixels* with the *rulings* taken out, but not where a letter touches or crosses one."""
    cleaned = pixels.copy()
    for left, top, right, bottom in rulings:
        upright = bottom - top > right - left
        first, last = (left, right) if upright else (top, bottom)
        along = slice(top, bottom + 1) if upright else slice(left, right + 1)
        across = slice(max(0, first - _BESIDE), last + 1 + _BESIDE)
        window, target = (
            (dark[along, across], cleaned[along, across])
            if upright
            else (dark[across, along].T, cleaned[across, along].T)
        )
        beside = window.sum(axis=1) - (last - first + 1)
        target[beside <= _TOUCH] = 255
    return cleaned


def _long_runs(plane: npt.NDArray[np.bool_], length: int) -> npt.NDArray[np.bool_]:
    """Return the pixels that lie in a level stretch of *length* pixels, nearly all dark; band by band, since sums take much memory."""
    found = np.zeros_like(plane)
    if plane.shape[1] > length:
        for top in range(0, plane.shape[0], _BAND):
            found[top : top + _BAND] = _long_runs_of_rows(plane[top : top + _BAND], length)
    return found


def _long_runs_of_rows(plane: npt.NDArray[np.bool_], length: int) -> npt.NDArray[np.bool_]:
    height, width = plane.shape
    sums = np.zeros((height, width + 1), dtype=np.int32)
    np.cumsum(plane, axis=1, out=sums[:, 1:])
    full = (sums[:, length:] - sums[:, :-length]) >= _UNBROKEN * length
    edges = np.zeros((height, width + 1), dtype=np.int32)
    edges[:, : full.shape[1]] += full
    edges[:, length : length + full.shape[1]] -= full
    return np.cumsum(edges, axis=1)[:, :width] > 0


def _boxes_of_runs(strokes: npt.NDArray[np.bool_], thick: int) -> list[tuple[int, int, int, int]]:
    """Return the boxes of level strokes, each the runs of neighbouring rows that overlap; those thicker than *thick* are no lines."""
    done: list[list[int]] = []
    open_: list[list[int]] = []
    for y in np.flatnonzero(strokes.any(axis=1)):
        steps = np.flatnonzero(np.diff(np.concatenate(([0], strokes[y].astype(np.int8), [0]))))
        runs = [(int(steps[i]), int(steps[i + 1]) - 1) for i in range(0, len(steps), 2)]
        still: list[list[int]] = []
        for left, right in runs:
            above = next((box for box in open_ if box[3] >= y - 2 and box[0] <= right and left <= box[2]), None)
            if above is None:
                above = [left, int(y), right, int(y)]
            above[0], above[2], above[3] = min(above[0], left), max(above[2], right), int(y)
            if above not in still:
                still.append(above)
        done += [box for box in open_ if box not in still and box[3] < y - 2]
        open_ = still + [box for box in open_ if box not in still and box[3] >= y - 2]
    return [(a, b, c, d) for a, b, c, d in [*done, *open_] if d - b < thick]
