"""Pictures for people: framed renders, quad views, turntables, contact sheets and the loss curve.

What an encoder looks at is rendered with the settings of the run. These pictures are larger, smoother, lit
from beside the camera and framed around the body, whatever its pose.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont

from .render import Cameras, DirectionalLight, Ground, Scene, render

if TYPE_CHECKING:
    from .fit import Targets
    from .optimize import Result
    from .stage import Stage

INK = (92, 96, 104)
PAPER = (255, 255, 255)
SUPERSAMPLE = 3  # pixels a side that are averaged into one
QUAD_AZIMUTH = 45.0  # the paper turns its quad plots by 45° (section VI)


@dataclass(frozen=True)
class Posed:
    """A posed body to be looked at.

    Attributes:
        vertices: (V,3) metres, y up.
        faces: (F,3) vertex indices.
        texture: a texture of `simplifiedclip.render`.
    """

    vertices: torch.Tensor
    faces: torch.Tensor
    texture: Any

    @classmethod
    def of(cls, body: Any, texture: Any, theta: Any, betas: Any = None, transl: Any = None) -> Posed:
        """Pose `body` by theta (24,3) radians, betas (10,) and transl (3,) metres."""

        def row(value: Any) -> torch.Tensor | None:
            if value is None:
                return None
            return torch.as_tensor(value, dtype=body.v_template.dtype, device=body.v_template.device)[None]

        with torch.no_grad():
            out = body(row(theta), betas=row(betas), transl=row(transl))
        return cls(out.vertices[0], body.faces, texture)


@dataclass(frozen=True)
class Lens:
    """How pictures for people are taken.

    Attributes:
        elevation: degrees; None is 5, and up to 20 for a body that lies, to be seen from a little above.
        fov: degrees; a small one keeps the nearer hand or foot from looking large.
        distance: metres from the origin, which is then looked at; None goes as near as shows all of the body.
        margin: size of the picture over size of the body.
    """

    elevation: float | None = None
    fov: float = 30.0
    distance: float | None = None
    margin: float = 1.14

    def cameras(self, vertices: torch.Tensor, azimuths: Sequence[float]) -> Cameras:
        """Return one camera for each azimuth, all at one distance, so that the views have one scale.

        Args:
            vertices: (V, 3) metres, what is to be seen.
            azimuths: degrees.
        """
        elevation = self.elevation
        if elevation is None:
            size = vertices.detach().amax(0) - vertices.detach().amin(0)
            upright = float(size[1] / size.max())
            elevation = 5.0 + 15.0 * min(max(1.6 - 2 * upright, 0.0), 1.0)
        if self.distance is not None:
            return Cameras(
                distance=self.distance, elevation=elevation, azimuth=list(azimuths), fov=self.fov,
                znear=min(0.1, self.distance / 4), zfar=4 * self.distance + 10,
            )  # fmt: skip
        points = vertices.detach().to("cpu", torch.float64)
        centre = (points.amin(0) + points.amax(0)) / 2
        points = points - centre
        tangent = math.tan(math.radians(self.fov) / 2) / self.margin
        distance = 0.0
        for azimuth in azimuths:
            a, e = math.radians(azimuth), math.radians(elevation)
            towards = points.new_tensor([math.cos(e) * math.sin(a), math.sin(e), math.cos(e) * math.cos(a)])
            right = points.new_tensor([math.cos(a), 0.0, -math.sin(a)])
            up = torch.linalg.cross(towards, right)
            across = torch.maximum((points @ right).abs(), (points @ up).abs())
            # A point at depth (distance - towards·p) is inside the picture where across <= depth · tangent.
            distance = max(distance, float((points @ towards + across / tangent).max()))
        return Cameras(
            distance=distance, elevation=elevation, azimuth=list(azimuths), fov=self.fov,
            znear=min(0.1, distance / 4), zfar=4 * distance + 10, at=tuple(centre.tolist()),
        )  # fmt: skip


def photograph(
    posed: Posed,
    cameras: Cameras,
    *,
    size: int = 640,
    supersample: int | None = None,
    ground: bool = True,
    shader: str = "phong",
) -> list[Image.Image]:
    """Render one antialiased RGB picture (size × size pixels) per camera."""
    supersample = SUPERSAMPLE if supersample is None else supersample
    views = []
    for k in range(0, len(cameras), 4):  # a few at a time keep the memory small
        some = cameras[k : k + 4]
        scene = Scene(lights=studio_lights(some), ground=Ground() if ground else None)
        with torch.no_grad():
            rendering = render(
                posed.vertices,
                posed.faces,
                posed.texture,
                some,
                scene,
                image_size=size,
                shader=shader,
                edges="hard",
                supersample=supersample,
            )
        views += [to_picture(image) for image in rendering.rgb]
    return views


def studio_lights(cameras: Cameras) -> list[DirectionalLight]:
    """Return for each camera a key light from over its left shoulder and a faint one from its right."""
    rotation = cameras.view(1, (2, 2)).rotation  # rows: the camera's right, up and forward directions

    def direction(right: float, up: float, back: float) -> torch.Tensor:
        return (rotation * rotation.new_tensor([right, up, -back])[:, None]).sum(1)[None]

    key = DirectionalLight(
        direction=direction(-0.5, 0.9, 1.0),
        ambient_color=(0.62,) * 3,
        diffuse_color=(0.46,) * 3,
        specular_color=(0.06,) * 3,
    )
    fill = DirectionalLight(
        direction=direction(1.0, 0.2, 0.4),
        ambient_color=(0.0,) * 3,
        diffuse_color=(0.14,) * 3,
        specular_color=(0.0,) * 3,
    )
    return [key, fill]


def to_picture(image: torch.Tensor) -> Image.Image:
    """Turn an image (3 or 4, H, W) in 0..1 into a picture, without its alpha."""
    levels = (image[:3].detach().clamp(0, 1) * 255).round().to(torch.uint8).permute(1, 2, 0).cpu().numpy()
    return Image.fromarray(np.ascontiguousarray(levels))


def portrait(
    posed: Posed, *, azimuth: float = 25.0, size: int = 768, lens: Lens | None = None, **options: Any
) -> Image.Image:
    """Return one picture of the body, from a little to its left."""
    cameras = (lens or Lens()).cameras(posed.vertices, [azimuth])
    return photograph(posed, cameras, size=size, **options)[0]


def quad(
    posed: Posed, *, azimuth: float = QUAD_AZIMUTH, size: int = 480, lens: Lens | None = None, **options: Any
) -> Image.Image:
    """Return four views a quarter turn apart, the first at `azimuth`, as in the paper's figure 6."""
    azimuths = [azimuth + 90.0 * k for k in range(4)]
    views = photograph(posed, (lens or Lens()).cameras(posed.vertices, azimuths), size=size, **options)
    labels = [angle_label(a) for a in azimuths]
    return contact_sheet([views[:2], views[2:]], [labels[:2], labels[2:]])


def turntable(
    posed: Posed,
    path: Path,
    *,
    azimuth: float = 0.0,
    frames: int = 48,
    seconds: float = 4.0,
    size: int = 360,
    lens: Lens | None = None,
    **options: Any,
) -> None:
    """Write a looping GIF of the body turning once."""
    options.setdefault("supersample", min(SUPERSAMPLE, 2))
    azimuths = [azimuth - 360.0 * k / frames for k in range(frames)]
    views = photograph(posed, (lens or Lens()).cameras(posed.vertices, azimuths), size=size, **options)
    # One palette for all frames: a palette for each makes what stands still flicker.
    strip = Image.new("RGB", (size * 4, size))
    for k in range(4):
        strip.paste(views[k * frames // 4], (k * size, 0))
    palette = strip.quantize(254, method=Image.Quantize.MEDIANCUT)
    colors = (palette.getpalette() or [])[: 254 * 3]
    palette.putpalette([*colors, *PAPER])  # or else the background would be a little grey
    indexed = [view.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG) for view in views]
    duration = round(1000 * seconds / frames)
    indexed[0].save(path, format="GIF", save_all=True, append_images=indexed[1:], loop=0, duration=duration)


def comparison(stage: Stage, targets: Targets, result: Result, *, size: int = 320) -> Image.Image:
    """Return the targets of a fit over the result, one column for each camera."""
    body, texture, settings = stage.body, stage.texture, stage.settings

    def taken(theta: Any, betas: Any, transl: Any = None) -> list[Image.Image]:
        posed = Posed.of(body, texture, theta, betas, transl)
        return photograph(posed, stage.cameras, size=size, ground=settings.ground, shader=settings.shader)

    if targets.theta is not None:
        above = taken(targets.theta, targets.betas)
    else:
        above = [to_picture(image).resize((size, size), Image.Resampling.LANCZOS) for image in targets.images]
    below = taken(result.theta, result.betas, result.transl)
    labels = [angle_label(a) for a in settings.camera_azimuths()]
    return contact_sheet([above, below], [labels, labels], row_titles=["target", "result"])


def contact_sheet(
    rows: Sequence[Sequence[Image.Image]],
    labels: Sequence[Sequence[str]] | None = None,
    *,
    row_titles: Sequence[str] | None = None,
    gap: int = 8,
) -> Image.Image:
    """Lay equally large pictures out in rows, each with a small label in its lower left corner.

    Args:
        rows: the pictures, row by row; all of one size.
        labels: one text per picture.
        row_titles: one text per row, written above its first picture's corner.
        gap: pixels of paper around each picture.
    """
    width, height = rows[0][0].size
    columns = max(len(row) for row in rows)
    sheet = Image.new("RGB", (columns * (width + gap) + gap, len(rows) * (height + gap) + gap), PAPER)
    draw = ImageDraw.Draw(sheet)
    small = max(12, round(width * 0.034))
    for i, row in enumerate(rows):
        for j, picture in enumerate(row):
            left, top = gap + j * (width + gap), gap + i * (height + gap)
            sheet.paste(picture, (left, top))
            inset = round(small * 0.7)
            if labels is not None and labels[i][j]:
                draw.text((left + inset, top + height - inset), labels[i][j], INK, _font(small), anchor="ls")
            if row_titles is not None and j == 0:
                draw.text(
                    (left + inset, top + inset), row_titles[i], INK, _font(round(small * 1.15)), anchor="la"
                )
    return sheet


def angle_label(azimuth: float) -> str:
    """Return an azimuth as people read it: whole degrees between -180 and 180."""
    turned = (azimuth + 180.0) % 360.0 - 180.0
    return f"{180 if turned == -180 else turned:g}°"


def loss_plot(
    path: Path,
    losses: Sequence[float],
    *,
    label: str = "loss",
    best: int | None = None,
    title: str | None = None,
) -> None:
    """Draw the loss of every pass and mark the smallest, which is the pose that was kept.

    Args:
        path: PNG file to write.
        losses: one number per pass; numbers that are not finite are left out.
        label: name of the vertical axis.
        best: index of the pass to mark; the smallest loss when None.
        title: small text over the plot.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    values = np.asarray(losses, dtype=float)
    finite = np.flatnonzero(np.isfinite(values))
    ink, line, mark = "#5c6068", "#3a6ea5", "#c8553d"
    figure = Figure(figsize=(7.2, 4.0), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    if finite.size:
        passes = finite + 1
        best = int(finite[np.argmin(values[finite])]) if best is None else best
        axes.plot(passes, values[finite], color=line, linewidth=1.6, solid_joinstyle="round")
        axes.plot([best + 1], [values[best]], "o", color=mark, markersize=6, zorder=3)
        low = float(values[finite].min())
        high = float(values[finite].max())
        axes.set_ylim(low - 0.16 * ((high - low) or 1.0), high + 0.06 * ((high - low) or 1.0))
        late = best + 1 > (passes[0] + passes[-1]) / 2
        axes.annotate(
            f"minimum {values[best]:.4g} at pass {best + 1}",
            (best + 1, values[best]),
            xytext=(-4 if late else 4, -9),
            textcoords="offset points",
            ha="right" if late else "left",
            va="top",
            fontsize=9,
            color=mark,
        )
    axes.set_xlabel("pass", color=ink)
    axes.set_ylabel(label, color=ink)
    if title:
        axes.set_title(title, loc="left", fontsize=9, color=ink, wrap=True)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="y", color="#e6e7ea", linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color("#b8bbc2")
    axes.tick_params(colors=ink, labelsize=9, length=0)
    figure.savefig(path, format="png")


@lru_cache(maxsize=8)
def _font(size: int) -> Any:
    return ImageFont.load_default(size)
