"""Pictures of poses from random cameras: kept in a file that several processes fill, or on a GPU."""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

_CHUNK = 32  # poses rendered together; each chunk has one body shape file and one texture


@dataclass
class Pictures:
    """Rendered poses.

    Attributes:
        pixels: (n, views, S, S, 4) uint8, a memory map or a tensor on a GPU: colour over white, and
            coverage. Where coverage is 255 all over, the background is part of the picture (a ground).
        cameras: (n, views, 2) float32: azimuth and elevation in degrees.
    """

    pixels: np.ndarray | Tensor
    cameras: Tensor

    def take(self, rows: Tensor, view: Tensor) -> Tensor:
        """Pictures (k, S, S, 4) of poses (k,) in views (k,), on the device of these."""
        if isinstance(self.pixels, Tensor):
            return self.pixels[rows, view]
        return torch.from_numpy(np.stack([self.pixels[i, v] for i, v in zip(rows.tolist(), view.tolist())]))


def render_pictures(
    theta: np.ndarray,
    folder: Path,
    *,
    views: int,
    size: int,
    render_size: int,
    seed: int,
    workers: int,
    progress: Callable[[int, int], None] | None = None,
) -> Pictures:
    """Render every pose from `views` random cameras into `folder`, going on where an earlier call stopped.

    Args:
        theta: (n,24,3) axis-angle.
        folder: cache folder.
        views: pictures of each pose.
        size: side of the stored pictures; they are rendered at `render_size` and reduced with antialiasing.
        seed: fixes every random choice, whatever the number of workers.
        workers: processes.
        progress: called with (chunks done, chunks).
    """
    folder.mkdir(parents=True, exist_ok=True)
    n = len(theta)
    stamp = {"n": n, "views": views, "size": size, "render_size": render_size, "seed": seed, "version": 1}
    settings = folder / "pictures.json"
    fresh = not settings.is_file() or json.loads(settings.read_text()) != stamp
    shapes = _shapes(n, views, size)
    if fresh:
        for name, (shape, dtype) in shapes.items():
            np.lib.format.open_memmap(folder / f"{name}.npy", mode="w+", dtype=dtype, shape=shape).flush()
        settings.write_text(json.dumps(stamp))
    np.save(folder / "theta.npy", theta)
    chunks = len(np.load(folder / "done.npy", mmap_mode="r"))
    jobs = [(folder, views, size, render_size, seed, worker, workers) for worker in range(workers)]
    if workers == 1:
        _work(*jobs[0], progress=progress)
    else:
        context = multiprocessing.get_context("spawn")
        processes = [context.Process(target=_work, args=job, daemon=True) for job in jobs]
        for process in processes:
            process.start()
        done = np.load(folder / "done.npy", mmap_mode="r")
        while any(process.is_alive() for process in processes):
            processes[0].join(2.0)
            if not processes[0].is_alive():
                processes[-1].join(2.0)
            if progress is not None:
                progress(int(done.sum()), chunks)
        failed = [process.exitcode for process in processes if process.exitcode]
        if failed:
            raise RuntimeError(f"a rendering process ended with code {failed[0]}")
    return open_pictures(folder)


def open_pictures(folder: Path) -> Pictures:
    """The pictures of a folder that `render_pictures` filled."""
    cameras = torch.from_numpy(np.load(folder / "cameras.npy"))
    return Pictures(np.load(folder / "pixels.npy", mmap_mode="r"), cameras)


def shoot_pictures(
    theta: np.ndarray,
    device: str,
    *,
    views: int,
    size: int,
    render_size: int,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> Pictures:
    """As `render_pictures`, but by a GPU, in whose memory the pictures stay."""
    shapes = _shapes(len(theta), views, size)
    pixels = torch.empty(shapes["pixels"][0], dtype=torch.uint8, device=device)
    cameras = torch.empty(shapes["cameras"][0], device=device)
    stage = Photographer(size, render_size, device)
    chunks = shapes["done"][0][0]
    for chunk in range(chunks):
        rows = slice(chunk * _CHUNK, (chunk + 1) * _CHUNK)
        pixels[rows], cameras[rows] = stage.shoot(theta[rows], views, np.random.default_rng((seed, 7, chunk)))
        if progress is not None and chunk % 10 == 9:
            progress(chunk + 1, chunks)
    return Pictures(pixels, cameras)


def _shapes(n: int, views: int, size: int) -> dict[str, tuple[tuple[int, ...], type]]:
    return {
        "pixels": ((n, views, size, size, 4), np.uint8),
        "cameras": ((n, views, 2), np.float32),
        "done": ((-(-n // _CHUNK),), np.uint8),
    }


def _work(
    folder: Path,
    views: int,
    size: int,
    render_size: int,
    seed: int,
    worker: int,
    workers: int,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Render the chunks of one worker that are not done yet."""
    if workers > 1:
        torch.set_num_threads(1)
    theta = np.load(folder / "theta.npy", mmap_mode="r")
    pixels = np.load(folder / "pixels.npy", mmap_mode="r+")
    cameras = np.load(folder / "cameras.npy", mmap_mode="r+")
    done = np.load(folder / "done.npy", mmap_mode="r+")
    stage = Photographer(size, render_size)
    for chunk in range(worker, len(done), workers):
        if not done[chunk]:
            rows = slice(chunk * _CHUNK, min((chunk + 1) * _CHUNK, len(theta)))
            rng = np.random.default_rng((seed, 7, chunk))
            shot, angles = stage.shoot(np.array(theta[rows]), views, rng)
            pixels[rows], cameras[rows] = shot.numpy(), angles.numpy()
            done[chunk] = 1
        if progress is not None:
            progress(chunk + 1, len(done))
    for array in (pixels, cameras, done):
        if isinstance(array, np.memmap):
            array.flush()


class Photographer:
    """Renders poses as random people in random light before random cameras."""

    def __init__(self, size: int, render_size: int, device: str = "cpu") -> None:
        from ..body.smpl import SMPL
        from ..body.textures import body_texture
        from ..render.textures import fitted_texture

        self.size, self.render_size, self.device = size, render_size, torch.device(device)
        bodies = {gender: SMPL.embedded(gender) for gender in ("female", "male", "neutral")}
        self.textures = {
            (gender, name): fitted_texture(
                body_texture(name, body), 1, len(body.v_template), len(body.faces), self.device
            )
            for gender, body in bodies.items()
            for name in ("human", "grey")
        }
        self.bodies = {gender: body.to(device) for gender, body in bodies.items()}

    def shoot(self, theta: np.ndarray, views: int, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Picture poses (n,24,3) from `views` random cameras each.

        Returns:
            (n, views, S, S, 4) uint8 and (n, views, 2) azimuth and elevation in degrees.
        """
        from ..encoders.preprocess import resize
        from ..render import Cameras, render

        n = len(theta)
        gender = str(rng.choice(["female", "male", "neutral"], p=[0.6, 0.2, 0.2]))
        body = self.bodies[gender]
        kind = rng.random()
        shape = (
            np.zeros((n, 10))
            if kind < 0.35
            else np.ones((n, 10))
            if kind < 0.6
            else rng.normal(0, 0.9, (n, 10))
        )

        def numbers(value: np.ndarray) -> Tensor:
            return torch.as_tensor(value, dtype=torch.float32, device=self.device)

        with torch.no_grad():
            vertices = body(numbers(theta), numbers(shape)).vertices
            low, high = vertices.amin(1), vertices.amax(1)
            # As in the paper the pelvis hangs where SMPL puts it, or the body is put in the middle.
            centred = numbers(rng.random((n, 1)) < 0.35)
            vertices = vertices - (centred * (low + high) / 2)[:, None]
            plain = rng.random() < 0.85
            texture = self._texture(gender, rng)
            fov = rng.choice([60.0, 50.0, 40.0], p=[0.7, 0.15, 0.15])
            reach = 2.25 * np.tan(np.radians(30)) / np.tan(np.radians(fov / 2))
            azimuth = rng.uniform(-180, 180, (n, views))
            elevation = np.where(rng.random((n, views)) < 0.5, 5.0, rng.uniform(-10, 40, (n, views)))
            distance = reach * np.where(
                rng.random((n, views)) < 0.4, 1.0, rng.uniform(0.85, 1.35, (n, views))
            )
            at = np.where(rng.random((n, views, 1)) < 0.6, 0.0, rng.normal(0, 0.08, (n, views, 3)))
            cameras = Cameras(
                distance=numbers(distance),
                elevation=numbers(elevation),
                azimuth=numbers(azimuth),
                fov=float(fov),
                at=numbers(at),
            )
            shader = str(rng.choice(["phong", "flat", "gouraud"], p=[0.6, 0.25, 0.15]))
            picture = render(
                vertices, body.faces, texture, cameras, self._scene(plain, rng),
                image_size=self.render_size, shader=shader, edges="hard",
            ).image  # fmt: skip
            small = resize(picture.flatten(0, 1), (self.size, self.size), mode="bilinear")
            if not plain:
                small[:, 3] = 1.0
            stored = (small.clamp(0, 1) * 255).round().to(torch.uint8).permute(0, 2, 3, 1)
        angles = numbers(np.stack([azimuth, elevation], -1))
        return stored.reshape(n, views, self.size, self.size, 4), angles

    def _texture(self, gender: str, rng: np.random.Generator) -> Any:
        """One of the body's textures with its colours shifted, the same for a whole chunk."""
        from dataclasses import replace

        texture = self.textures[gender, "human" if rng.random() < 0.85 else "grey"]
        if rng.random() < 0.5:
            return texture
        field = "image" if hasattr(texture, "image") else "colors"
        colours = getattr(texture, field)
        axis = (-1, 1, 1) if field == "image" else (1, -1)
        gain, bias = (
            torch.as_tensor(some, dtype=torch.float32, device=self.device).view(axis)
            for some in (rng.uniform(0.6, 1.4, 3), rng.uniform(-0.1, 0.1, 3))
        )
        return replace(texture, **{field: (colours * gain + bias).clamp(0, 1)})

    @staticmethod
    def _scene(plain: bool, rng: np.random.Generator):
        from ..render import DirectionalLight, Ground, PointLight, Scene

        light: PointLight | DirectionalLight = PointLight()
        choice = rng.random()
        if choice > 0.85:
            light = PointLight(location=_triple(rng.normal((0, 2, 1), 2.0)))
        elif choice > 0.7:
            light = DirectionalLight(direction=_triple(rng.normal((0, 1.5, 0.5), 1.0)))
        if plain:
            return Scene(lights=light)
        tone = rng.uniform(0.6, 0.95)
        return Scene(
            lights=light,
            background=_triple(np.clip(rng.normal(rng.uniform(0.7, 1.0), 0.05, 3), 0, 1)),
            ground=Ground(
                color=_triple(np.clip(rng.normal(tone, 0.03, 3), 0, 1)),
                pattern=str(rng.choice(["plain", "checker", "grid"])),
            ),
        )


def _triple(values: np.ndarray) -> tuple[float, float, float]:
    x, y, z = (float(v) for v in values)
    return x, y, z


def worker_count(asked: int) -> int:
    """At most the processors there are."""
    return max(1, min(asked, os.cpu_count() or 1))
