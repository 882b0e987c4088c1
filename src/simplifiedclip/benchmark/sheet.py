"""The contact sheet of an evaluation: every pose with its prompt, and whether it does what is said."""

from __future__ import annotations

import textwrap

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ..pictures import INK, PAPER, SUPERSAMPLE, Lens, Posed, contact_sheet, portrait
from ..stage import Stage
from .evaluation import Column, Evaluation
from .selection import key_of

AZIMUTH = 35.0
"""Where the camera stands: arms before the body and legs behind it are seen."""
RIGHT, WRONG = (38, 140, 72), (204, 61, 51)
LINES = 3


def draw_sheet(
    evaluation: Evaluation, column: Column, stage: Stage, *, size: int = 220, columns: int = 8
) -> Image.Image:
    """Return the poses of a column as a grid of pictures with marks, `size` pixels each, group by group."""
    cells = []
    for prompt in evaluation.prompts:
        if key_of(prompt) not in column.outcomes:
            continue
        outcome = column.outcomes[key_of(prompt)]
        theta = np.asarray(outcome.theta, np.float32).reshape(24, 3)
        posed = Posed.of(stage.body, stage.texture, theta, np.asarray(outcome.betas, np.float32))
        picture = portrait(
            posed, azimuth=AZIMUTH, size=size, lens=Lens(margin=1.05), supersample=min(2, SUPERSAMPLE)
        )
        cells.append(_cell(picture, prompt.text, outcome.passed))
    rows = [cells[k : k + columns] for k in range(0, len(cells), columns)]
    return contact_sheet(rows, gap=4)


def _cell(picture: Image.Image, text: str, passed: bool) -> Image.Image:
    """Put a text under a picture, and a tick or a cross before it (shapes: colours are not for everyone)."""
    size = picture.width
    letters = max(10, round(size * 0.052))
    line, mark = round(letters * 1.3), round(letters * 0.95)
    font = ImageFont.load_default(letters)
    cell = Image.new("RGB", (size, picture.height + LINES * line + 6), PAPER)
    cell.paste(picture, (0, 0))
    draw = ImageDraw.Draw(cell)
    left, top = 4, picture.height + 4
    right, bottom = left + mark, top + mark
    if passed:
        elbow = (left + mark * 0.38, bottom)
        draw.line([(left, top + mark * 0.55), elbow, (right, top)], RIGHT, width=3, joint="curve")
    else:
        draw.line([(left, top), (right, bottom)], WRONG, width=3)
        draw.line([(left, bottom), (right, top)], WRONG, width=3)
    draw.rectangle((0, 0, size - 1, cell.height - 1), outline=RIGHT if passed else WRONG)
    room = size - right - 12
    width = max(8, int(room / max(float(font.getlength("n")), 1.0)))
    lines = textwrap.wrap(text, width, max_lines=LINES, placeholder=" …")
    for k, words in enumerate(lines):
        draw.text((right + 6, top - 2 + k * line), words, INK, font)
    return cell
