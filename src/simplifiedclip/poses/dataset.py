"""Captioned poses by the thousand, the same ones for the same seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..body.joints import LIMBS
from ..errors import UserError
from .captions import Writer, Written
from .directions import Array, about, mirror_theta, to_matrices, to_rotvec
from .families import FAMILIES, Fragment, draw
from .posecodes import posecodes
from .sayings import SAYINGS


@dataclass
class PoseDataset:
    """n captioned poses.

    Attributes:
        theta: (n, 24, 3) float32 axis-angle, SMPL's joints.
        family: name of the family of each.
        captions: at least four wordings of each.
        hard_negatives: wordings of each with one attribute changed (false for the pose, sometimes none); the
            first is ``captions[i][0]`` but for that attribute.
        exchanged: for each caption of each, wordings with left and right exchanged in one clause, which makes
            it false (often none).
        group: everyday, yoga, sport …
    """

    theta: Array
    family: list[str]
    captions: list[list[str]]
    hard_negatives: list[list[str]]
    exchanged: list[list[list[str]]]
    group: list[str]

    def __len__(self) -> int:
        return len(self.theta)

    def subset(self, index: Sequence[int] | Array) -> PoseDataset:
        """Return the poses at ``index``."""
        chosen = [int(i) for i in index]
        return PoseDataset(
            self.theta[chosen],
            [self.family[i] for i in chosen],
            [self.captions[i] for i in chosen],
            [self.hard_negatives[i] for i in chosen],
            [self.exchanged[i] for i in chosen],
            [self.group[i] for i in chosen],
        )

    def split_families(self, share: float = 0.1, seed: int = 0) -> tuple[PoseDataset, PoseDataset]:
        """Split into two datasets without a family in common; the second has about ``share`` of them."""
        names = sorted(set(self.family))
        rng = np.random.default_rng(seed)
        held = {names[i] for i in rng.permutation(len(names))[: max(1, round(share * len(names)))]}
        inside = np.array([name in held for name in self.family])
        return self.subset(np.flatnonzero(~inside)), self.subset(np.flatnonzero(inside))


MIXED = 0.25
"""Share of the poses that are mixtures."""
_LEFT_ARM, _RIGHT_ARM, _HEAD = (list(LIMBS[k]) for k in (0, 1, -1))
_CHUNK = 20_000
_MOCAP_ACTS = {
    "walking": ("walking", "taking a walk", "strolling along"),
    "running": ("running", "jogging", "on a run"),
    "jumping": ("jumping", "in a jump"),
    "basketball": ("playing basketball", "in a basketball game"),
    "basketball signal": ("giving a basketball referee's signal", "signalling like a referee"),
    "directing traffic": ("directing traffic", "giving signals to traffic"),
    "soccer": ("playing soccer", "playing football"),
}


def make_dataset(
    n: int,
    seed: int,
    mocap: Path | None = None,
    *,
    families: Sequence[str] | None = None,
    captions: int = 5,
    negatives: int = 2,
    scenes: float = 0.0,
) -> PoseDataset:
    """Make n captioned poses.

    Families are drawn by their weight; a part of the poses are mixtures: legs and trunk of one pose, arms of
    others. Bodies head towards +z give or take 15°, some anywhere.

    Args:
        n: number of poses.
        seed: the same seed gives the same poses and captions.
        mocap: an .npz with ``poses`` (N, 72), ``clip`` (N,) as in AMASS; 8 % of the poses are then from it.
        families: names to draw from; all where None.
        captions: wordings of each pose.
        negatives: wrong wordings of each pose.
        scenes: share of captions that begin with a scene sentence of the paper.
    Raises:
        UserError: for an unknown family, or a mocap file that is not one.
    """
    names = list(FAMILIES) if families is None else list(families)
    unknown = [name for name in names if name not in FAMILIES]
    if unknown:
        raise UserError(f"no pose family is called {unknown[0]!r}")
    rng = np.random.default_rng(seed)
    weights = np.array([FAMILIES[name].weight for name in names])
    from_mocap = int(0.08 * n) if mocap is not None else 0
    mixed = int(MIXED * n) if families is None else 0
    counts = rng.multinomial(n - from_mocap - mixed, weights / weights.sum())

    theta: list[Array] = []
    family: list[str] = []
    fragments: list[list[Fragment]] = []
    for name, count in zip(names, counts):
        if count:
            sample = draw(name, int(count), rng, spread=1.0)
            theta.append(sample.theta)
            family += [name] * int(count)
            fragments += sample.fragments
    if mixed:
        _mix(np.concatenate(theta), mixed, rng, theta, family, fragments)
    if mocap is not None and from_mocap:
        _add_mocap(mocap, from_mocap, rng, theta, family, fragments)

    poses = np.concatenate(theta)
    order = rng.permutation(len(poses))
    poses = _face_about(poses[order], rng)
    family = [family[i] for i in order]
    fragments = [fragments[i] for i in order]
    group = [FAMILIES[name].group if name in FAMILIES else name for name in family]
    written = _describe(poses, family, fragments, group, seed, captions, negatives, scenes)
    return PoseDataset(
        poses.astype(np.float32),
        family,
        [one.captions for one in written],
        [one.wrong for one in written],
        [one.exchanged for one in written],
        group,
    )


_NO_NAMES = [Fragment((), (), 0, False)]


def _mix(
    poses: Array,
    n: int,
    rng: np.random.Generator,
    theta: list[Array],
    family: list[str],
    fragments: list[list[Fragment]],
) -> None:
    """Add n poses with the legs and trunk of one pose and the arms of others; no family's name holds.

    Half have both arms of one pose, half of two; a third have the head of yet another.
    """
    mixed = poses[rng.integers(0, len(poses), n)]
    left, right, head = (poses[rng.integers(0, len(poses), n)] for _ in range(3))
    right = np.where(rng.random((n, 1, 1)) < 0.5, left, right)
    mixed[:, _LEFT_ARM], mixed[:, _RIGHT_ARM] = left[:, _LEFT_ARM], right[:, _RIGHT_ARM]
    other = rng.random((n, 1, 1)) < 0.33
    mixed[:, _HEAD] = np.where(other, head[:, _HEAD], mixed[:, _HEAD])
    theta.append(mixed)
    family += ["mixture"] * n
    fragments += [_NO_NAMES] * n


def _add_mocap(
    path: Path,
    n: int,
    rng: np.random.Generator,
    theta: list[Array],
    family: list[str],
    fragments: list[list[Fragment]],
) -> None:
    try:
        with np.load(path, allow_pickle=False) as data:
            poses, clips = np.asarray(data["poses"], float), data["clip"].astype(str)
    except (OSError, KeyError, ValueError) as error:
        raise UserError(f"{path} is not a mocap file with `poses` and `clip`: {error}") from error
    if poses.ndim != 2 or poses.shape[1] != 72:
        raise UserError(f"`poses` in {path} has the shape {poses.shape}, expected (N, 72)")
    # Each clip counts by the square root of its length, or the long ones drown the rest.
    _, clip, size = np.unique(clips, return_inverse=True, return_counts=True)
    weight = 1 / np.sqrt(size[clip])
    rows = rng.choice(len(poses), size=n, p=weight / weight.sum())
    chosen = poses[rows].reshape(n, 24, 3)
    flip = rng.random(n) < 0.5
    chosen[flip] = mirror_theta(chosen[flip])
    theta.append(_straighten(chosen))
    family += ["mocap"] * n
    for row in rows:
        words = [w for w in clips[row].split("_") if not w.isdigit() and w not in ("train", "test")]
        acts = _MOCAP_ACTS.get(" ".join(words), ())
        fragments.append([Fragment(acts, (), 0, False)])


def _straighten(poses: Array) -> Array:
    """Turn poses (n, 24, 3) about the vertical so that their pelvis faces +z."""
    root = to_matrices(poses[:, 0])
    yaw = np.degrees(np.arctan2(root[:, 0, 2], root[:, 2, 2]))
    result = poses.copy()
    result[:, 0] = to_rotvec(about("y", -yaw) @ root)
    return result


def _face_about(poses: Array, rng: np.random.Generator) -> Array:
    """Turn poses about the vertical: mostly within ±15°, one in eight anywhere."""
    yaw = rng.normal(0, 8, len(poses))
    anywhere = rng.random(len(poses)) < 0.12
    yaw[anywhere] = rng.uniform(-180, 180, anywhere.sum())
    result = poses.copy()
    result[:, 0] = to_rotvec(about("y", yaw) @ to_matrices(poses[:, 0]))
    return result


_MAY_SIT = frozenset({"sitting", "random", "mixture", "mocap"})


def _describe(
    poses: Array,
    family: list[str],
    fragments: list[list[Fragment]],
    group: list[str],
    seed: int,
    count: int,
    negatives: int,
    scenes: float,
) -> list[Written]:
    written: list[Written] = []
    for start in range(0, len(poses), _CHUNK):
        codes = posecodes(poses[start : start + _CHUNK])
        keys = [code.key for code in codes.table]
        writer = Writer(codes.table, seed * 1_000_003 + start, scenes)
        for i in range(len(codes.true)):
            true = [keys[k] for k in np.flatnonzero(codes.true[i])]
            if group[start + i] not in _MAY_SIT and "seated" in true:
                true.remove("seated")  # a tucked jump or a chair pose is not called sitting
            maybe = frozenset(keys[k] for k in np.flatnonzero(codes.maybe[i]))
            said = SAYINGS.get(family[start + i], ())
            written.append(writer.write(fragments[start + i], true, maybe, count, negatives, said))
    return written
