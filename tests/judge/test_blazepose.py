"""A pretrained pose network that never saw our data looks at renders of our body in mocap poses.

Counted are all twelve joints of every picture in which it finds somebody, hidden ones too: the network
guesses those as it learned to on photographs. The table that is printed (`pytest -s`, `make judge`) also
shows the joints that nothing hides.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import blazepose
import numpy as np
import pytest

pytestmark = pytest.mark.judge

POSES = 100
IMAGE_SIZE = 448
FOV = 60.0
# A joint lies inside the body: it is hidden when the nearest surface is farther in front of it than this.
FLESH = 0.13


@dataclass(frozen=True)
class Renders:
    """One picture per pose, and where our joints are in it."""

    images: np.ndarray  # (n,3,H,W) 0..1
    joints: np.ndarray  # (n,12,2) pixels, in the order of LANDMARK_OF_JOINT
    hidden: np.ndarray  # (n,12) bool, by our depth buffer
    clips: list[str]


def mocap_poses(shared: Path, rng: np.random.Generator) -> tuple[np.ndarray, list[str]]:
    """POSES poses (n,72) and their clips: every clip once at a random frame, then random clips once more."""
    with np.load(shared / "mocap" / "cmu_smpl_poses.npz", allow_pickle=False) as mocap:
        poses, clip = mocap["poses"], mocap["clip"]
    names = np.unique(clip)
    chosen = np.concatenate([rng.permutation(names) for _ in range(1 + POSES // len(names))])[:POSES]
    frames = np.array([rng.choice(np.flatnonzero(clip == name)) for name in chosen])
    return poses[frames], [str(name) for name in chosen]


def heading(global_orient: np.ndarray) -> np.ndarray:
    """Azimuth in degrees (n,) that bodies with these axis-angle orientations (n,3) face."""
    from scipy.spatial.transform import Rotation

    front = Rotation.from_rotvec(global_orient).apply([0.0, 0.0, 1.0])
    return np.degrees(np.arctan2(front[:, 0], front[:, 2]))


def project(
    points: np.ndarray, distance: float, elevation: float, azimuth: float
) -> tuple[np.ndarray, np.ndarray]:
    """Pixels (k,2) and depths in metres (k,) of points (k,3), not by our cameras' code: it is judged too.

    The camera looks at the origin, azimuth 0 is at +z and grows towards +x, y is up, row 0 is the top.
    """
    e, a = np.radians(elevation), np.radians(azimuth)
    back = np.array([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)])
    right = np.array([np.cos(a), 0.0, -np.sin(a)])
    up = np.cross(back, right)
    depth = distance - points @ back
    focal = IMAGE_SIZE / 2 / np.tan(np.radians(FOV) / 2)
    pixels = IMAGE_SIZE / 2 + focal * np.stack([points @ right, -(points @ up)], -1) / depth[:, None]
    return pixels, depth


def make_renders(shared: Path, *, seed: int = 0, turn: float = 180.0, texture: str = "human") -> Renders:
    """Render mocap poses, each from its own camera, at most `turn` degrees away from the body's front."""
    import torch

    from simplifiedclip.body import JOINT_NAMES, SMPL
    from simplifiedclip.body.textures import body_texture
    from simplifiedclip.render import Cameras, render

    rng = np.random.default_rng(seed)
    poses, clips = mocap_poses(shared, rng)
    distance = rng.uniform(2.0, 2.6, POSES)
    elevation = rng.uniform(-5.0, 20.0, POSES)
    azimuth = heading(poses[:, :3]) + rng.uniform(-turn, turn, POSES)
    genders = [("neutral", "female", "male")[i % 3] for i in range(POSES)]

    images = np.empty((POSES, 3, IMAGE_SIZE, IMAGE_SIZE), np.float32)
    joints = np.empty((POSES, 12, 2))
    hidden = np.empty((POSES, 12), bool)
    chosen = [JOINT_NAMES.index(name) for name in blazepose.LANDMARK_OF_JOINT]
    for gender in ("neutral", "female", "male"):
        body = SMPL.embedded(gender)
        look = body_texture(texture, body)
        every = [i for i in range(POSES) if genders[i] == gender]
        for some in (every[first : first + 8] for first in range(0, len(every), 8)):
            cameras = Cameras(
                *(torch.as_tensor(values[some, None]) for values in (distance, elevation, azimuth)),
                fov=FOV,
            )
            with torch.no_grad():
                output = body(torch.as_tensor(poses[some]))
                seen = render(output.vertices, body.faces, look, cameras, image_size=IMAGE_SIZE)
            images[some] = seen.rgb.numpy()
            points, surfaces = output.joints[:, chosen].double().numpy(), seen.depth[:, 0].numpy()
            for k, i in enumerate(some):
                joints[i], depth = project(points[k], distance[i], elevation[i], azimuth[i])
                column, row = np.clip(joints[i].astype(int), 0, IMAGE_SIZE - 1).T
                surface = surfaces[k, row, column]
                hidden[i] = (surface > 0) & (surface < depth - FLESH)
    return Renders(images, joints, hidden, clips)


def errors(renders: Renders, seen: blazepose.Landmarks) -> np.ndarray:
    """Where the judge sees our joints minus where they are, (n,12,2), % of the image side, right and down."""
    return (seen.xy[:, list(blazepose.LANDMARK_OF_JOINT.values())] - renders.joints) / IMAGE_SIZE * 100


def report(renders: Renders, seen: blazepose.Landmarks) -> str:
    """The numbers as text: people found, the median error over all and over visible joints, then by joint."""
    offset = errors(renders, seen)[seen.found]
    hidden = renders.hidden[seen.found]
    distance = np.linalg.norm(offset, axis=-1)
    lost = [clip for clip, found in zip(renders.clips, seen.found) if not found]
    lines = [
        f"found {seen.found.sum()} of {len(seen.found)} people"
        + (f"; lost {', '.join(lost)}" if lost else ""),
        f"median error {np.median(distance):.2f} % of the image side over all joints, "
        f"{np.median(distance[~hidden]):.2f} % over the {(~hidden).mean():.0%} that are not hidden",
        f"{'joint':16}{'median %':>9}{'visible':>9}{'90th':>7}   seen at (median, % right, % down)",
    ]
    for k, name in enumerate(blazepose.LANDMARK_OF_JOINT):
        right, down = np.median(offset[:, k], axis=0)
        shown = np.median(distance[~hidden[:, k], k])
        lines.append(
            f"{name:16}{np.median(distance[:, k]):9.2f}{shown:9.2f}{np.percentile(distance[:, k], 90):7.2f}"
            f"   {right:+.2f} {down:+.2f}"
        )
    return "\n".join(lines)


def save_sheet(renders: Renders, seen: blazepose.Landmarks, path: Path, columns: int = 10) -> None:
    """All pictures on one sheet: our joints as green dots, the judge's as red rings."""
    from PIL import Image, ImageDraw

    rows = -(-len(renders.images) // columns)
    sheet = Image.new("RGB", (columns * IMAGE_SIZE, rows * IMAGE_SIZE))
    draw = ImageDraw.Draw(sheet)
    for i, image in enumerate(renders.images):
        corner = np.array([i % columns, i // columns]) * IMAGE_SIZE
        pixels = np.rint(image.transpose(1, 2, 0) * 255).clip(0, 255).astype(np.uint8)
        sheet.paste(Image.fromarray(pixels), tuple(corner.tolist()))
        for (x, y), landmark in zip(renders.joints[i] + corner, blazepose.LANDMARK_OF_JOINT.values()):
            draw.ellipse((x - 3, y - 3, x + 3, y + 3), fill=(0, 200, 0))
            if seen.found[i]:
                x, y = seen.xy[i, landmark] + corner
                draw.ellipse((x - 5, y - 5, x + 5, y + 5), outline=(255, 0, 0), width=2)
    sheet.save(path)


@pytest.fixture(scope="module")
def judged(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Renders, blazepose.Landmarks]:
    if blazepose.judge_python() is None:
        pytest.skip("the judge's environment is not here: `make judge` makes it")
    renders = make_renders(shared)
    seen = blazepose.judge(renders.images)
    sheet = tmp_path_factory.mktemp("judge") / "sheet.png"
    save_sheet(renders, seen, sheet)
    print(f"\n{report(renders, seen)}\npictures: {sheet}")
    return renders, seen


def test_it_finds_the_person(judged: tuple[Renders, blazepose.Landmarks]) -> None:
    renders, seen = judged
    assert seen.found.sum() >= 98, report(renders, seen)


def test_it_sees_our_joints_where_they_are(judged: tuple[Renders, blazepose.Landmarks]) -> None:
    renders, seen = judged
    distance = np.linalg.norm(errors(renders, seen)[seen.found], axis=-1)
    assert np.median(distance) <= 1.0, report(renders, seen)
    assert np.median(distance, axis=0).max() <= 1.5, report(renders, seen)  # no joint hides among better ones


def test_nobody_in_an_empty_picture() -> None:
    """The judge can say no."""
    if blazepose.judge_python() is None:
        pytest.skip("the judge's environment is not here: `make judge` makes it")
    seen = blazepose.judge(np.ones((1, 3, IMAGE_SIZE, IMAGE_SIZE), np.float32))
    assert not seen.found.any() and np.isnan(seen.xy).all()
