"""Time the body and the renderer, step by step, beside the plain PyTorch reference in the same run.

    python benchmarks/renderer.py [--threads 2] [--size 224] [--repeats 20] [--no-reference]

The scene is the embedded body, 20 joints bent, in the paper's five views, with gradients of a random
weighting of the pictures to the pose. Times are medians in milliseconds.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import torch

from simplifiedclip.body.smpl import SMPL
from simplifiedclip.render import Cameras, Scene, VertexColors, render
from simplifiedclip.render.mesh import topology
from simplifiedclip.render.rasterize import rasterize

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "render"))
from reference import render_reference, visible


def timed(repeats: int, work: Callable[[], Any]) -> float:
    """Median time of some work in milliseconds."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1e3)
    return median(times)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--shader", default="phong")
    parser.add_argument("--no-reference", action="store_true", help="leave the slow reference out")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)

    body, cameras, scene = SMPL.embedded(), Cameras.paper_five(), Scene()
    theta = 0.1 * torch.randn(1, 72)
    texture = VertexColors(torch.rand(len(body.v_template), 3))
    weights = torch.randn(1, len(cameras), 4, options.size, options.size)
    vertices = body(theta).vertices.detach()
    mesh = topology(body.faces, vertices.device)
    view = cameras.view(1, (options.size, options.size))
    screen = view.project(vertices.repeat_interleave(len(cameras), 0))

    def picture(points: torch.Tensor) -> torch.Tensor:
        settings: dict[str, Any] = {"image_size": options.size, "shader": options.shader}
        return render(points, body.faces, texture, cameras, scene, **settings).image

    def whole() -> None:
        pose = theta.clone().requires_grad_()
        (picture(body(pose).vertices) * weights).sum().backward()

    def renderer_only() -> None:
        points = vertices.clone().requires_grad_()
        (picture(points) * weights).sum().backward()

    def pose_only() -> None:
        pose = theta.clone().requires_grad_()
        body(pose).vertices.backward(vertices)

    whole(), whole(), whole()  # compile and warm up
    with torch.no_grad():
        body_forward = timed(options.repeats, lambda: body(theta))
        raster = timed(options.repeats, lambda: rasterize(screen, mesh.faces, view))
        forward = timed(options.repeats, lambda: picture(vertices))
    ours = {
        "body": body_forward,
        "rasterise": raster,
        "shade": forward - raster,
        "backward of the renderer": timed(options.repeats, renderer_only) - forward,
        "backward of the body": timed(options.repeats, pose_only) - body_forward,
        "all, forward and backward": timed(options.repeats, whole),
    }
    theirs: dict[str, float] = {}
    if not options.no_reference:
        size = (options.size, options.size)

        def reference(points: torch.Tensor) -> torch.Tensor:
            return render_reference(
                points, body.faces, texture, cameras, scene, size, options.shader, "edge"
            )[0]

        def reference_raster() -> None:
            for n in range(len(view.position)):
                one = cameras[n].view(1, size)
                in_camera = (vertices[0] - view.position[n]) @ view.rotation[n].T
                visible(in_camera, body.faces, one)

        with torch.no_grad():
            theirs["rasterise"] = timed(3, reference_raster)
        points = vertices[0].clone().requires_grad_()
        start = time.perf_counter()
        image = reference(points)
        middle = time.perf_counter()
        (image * weights[0]).sum().backward()
        end = time.perf_counter()
        theirs["shade"] = (middle - start) * 1e3 - theirs["rasterise"]
        theirs["backward of the renderer"] = (end - middle) * 1e3
        steps = ("rasterise", "shade", "backward of the renderer")
        theirs["the renderer's part"] = sum(theirs[step] for step in steps)
        ours["the renderer's part"] = sum(ours[step] for step in steps)

    covered = int((render(vertices, body.faces, texture, cameras, scene).pix_to_face >= 0).sum())
    print(
        f"{len(body.v_template)} vertices, {len(body.faces)} faces, {len(cameras)} views of {options.size}², "
        f"{covered} covered pixels, {options.threads} threads, {options.shader}, edge gradients"
    )
    print(f"{'milliseconds':28}{'kernels':>10}{'reference':>12}{'ratio':>9}")
    for step, milliseconds in ours.items():
        line = f"{step:28}{milliseconds:10.1f}"
        if step in theirs:
            line += f"{theirs[step]:12.1f}{theirs[step] / milliseconds:8.0f}x"
        print(line)


if __name__ == "__main__":
    main()
