"""Stages 2 ("sight") and 3 ("image"): the image tower learns the pose's features, then the embedding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..body.joints import mirror_pose
from ..encoders.poseclip import PoseCLIP
from .config import TrainConfig
from .renders import Pictures
from .run import Ahead, Optimised, Run, loop, send

NOSE = np.array([0.0, 0.08, 0.2])  # from the joint of the head, metres; longer than true, so that it tells
POINTS = 25
"""The joints, and the nose: which way a head turns moves no joint, and a picture hardly shows it."""


class ImageStudent(nn.Module):
    """The image tower and a read-out of joints and nose as the camera sees them, which speeds up learning."""

    def __init__(self, model: PoseCLIP) -> None:
        super().__init__()
        self.image = model.image
        self.joints = nn.Linear(model.config.image_features, POINTS * 3)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Embedding (n,dim), features (n,N_FEATURES), points (n,POINTS,3) and places (n,24,2), float32."""
        seen, places = self.image.look(images)
        features = self.image.read(seen)
        joints = self.joints(seen).float().view(-1, POINTS, 3)
        return self.image.mlp(features).float(), features.float(), joints, places


def train_image(run: Run, stage: str, model: PoseCLIP, theta: Tensor, pictures: Pictures) -> None:
    """Stage 2 ("sight": features from single pictures) or 3 ("image": the pose tower's unit embedding)."""
    config = run.config
    torch.manual_seed(config.seed + 2)
    module = ImageStudent(model).to(run.device).train()
    module.image.requires_grad_(True)
    sight = stage == "sight"
    steps, rate = (config.sight_steps, config.sight_lr) if sight else (config.image_steps, config.image_lr)
    if not sight:
        module.image.mlp.load_state_dict(model.pose.mlp.state_dict())
        with torch.no_grad():  # the targets have length one
            length = model.embed_pose(theta[:2048]).norm(dim=-1).mean()
            module.image.mlp.project.weight.div_(length)
        _take_over_joints(run, module)
    optimised = Optimised(module, _groups(module, rate), run.dtype, config.weight_decay, config.ema)
    work: ImageStudent = optimised.work  # type: ignore[assignment]
    own, mirrored = _Truth.of(model, theta), _Truth.of(model, mirror_pose(theta))
    n, views = pictures.pixels.shape[:2]
    together = 1 if sight else views  # pictures of the same pose, next to one another in a step
    ends = _ends().to(run.device)

    def draw(step: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        rng = np.random.default_rng((config.seed, 21 if sight else 22, step))
        rows = rng.choice(n, min(max(1, config.image_batch // together), n), replace=False)
        flip = torch.from_numpy(rng.random(len(rows)) < 0.5).repeat_interleave(together)
        each = rng.integers(0, views, len(rows)) if sight else np.tile(np.arange(views), len(rows))
        index, view = torch.from_numpy(rows.repeat(together)), torch.from_numpy(each)
        if isinstance(pictures.pixels, Tensor):
            index, view = send(index, run.device), send(view, run.device)
        stored, flip = send(pictures.take(index, view), run.device), send(flip, run.device)
        angles = send(torch.deg2rad(pictures.cameras[index, view]), run.device)
        return send(index, run.device), angles, flip, augment(stored, flip, rng)

    def losses(step: int) -> dict[str, Tensor]:
        rows, angles, flip, images = ahead(step)
        truth = own.rows(rows).where(flip, mirrored.rows(rows))
        azimuth, elevation = angles.unbind(-1)
        seen = in_camera(truth.joints, torch.where(flip, -azimuth, azimuth), elevation)
        embedding, features, read, places = work(images.to(run.dtype))
        parts = {
            "places": config.joints_weight * places_loss(places, seen[:, :24]),
            "joints": config.joints_weight * F.smooth_l1_loss(read, seen * 4, beta=0.2),
            "facing": config.joints_weight * F.smooth_l1_loss(ends @ read, ends @ seen * 4, beta=0.2),
            "features": config.features_weight * F.smooth_l1_loss(features, truth.features),
            "_joint_error": (read / 4 - seen).norm(dim=-1).mean(),
        }
        if not sight:
            twin = mirrored.rows(rows).where(flip, own.rows(rows)).embedding
            each = embedding.view(-1, together, embedding.shape[-1])
            parts |= embedding_losses(each, truth.embedding[::together], twin[::together], config)
        return parts

    with Ahead(draw) as ahead:
        loop(run, stage, optimised, steps, losses)
        settle(module.image, (ahead(steps + k)[-1] for k in range(32)))


def _groups(module: ImageStudent, rate: float) -> list[dict[str, Any]]:
    """Muon for what lies between input and read-outs: it learns more from the same pictures than AdamW.

    The MLP is the pose tower's, which knows already how features are embedded: it moves slowly.
    """
    outer = ("joints.", "image.find_", "image.mlp.project.")
    groups: dict[tuple[bool, bool], list[nn.Parameter]] = {}
    for name, p in module.named_parameters():
        kind = (p.ndim > 1 and not name.startswith(outer), name.startswith("image.mlp."))
        groups.setdefault(kind, []).append(p)
    return [
        {"params": some, "lr": 0.1 * rate if known else rate, "muon": muon}
        for (muon, known), some in groups.items()
    ]


def places_loss(places: Tensor, seen: Tensor) -> Tensor:
    """How far the places (n,24,2) of joints in pictures are from joints (n,24,3) in camera axes, metres.

    Augmentation shifts and scales pictures, so the places are compared after both have been fitted.
    """
    flat = torch.stack([seen[..., 0], -seen[..., 1]], -1)
    places, flat = places - places.mean(1, keepdim=True), flat - flat.mean(1, keepdim=True)
    with torch.no_grad():
        scale = (places * flat).sum((1, 2)) / flat.square().sum((1, 2)).clamp_min(1e-6)
        scale = scale.clamp(0.55, 1.1)[:, None, None]  # half a picture is 1.3 m in the paper's camera
    return F.smooth_l1_loss(places / scale * 4, flat * 4, beta=0.2)


def embedding_losses(
    embedding: Tensor, target: Tensor, twin: Tensor, config: TrainConfig
) -> dict[str, Tensor]:
    """What stage 3 asks of the embeddings (n,v,d) of v views of each of n poses, and of their means.

    The mean squared distance makes an embedding the expected one given the view; the contrast and the choice
    between a pose and its mirror image keep what tells poses apart from drowning in it. The mean over views
    is what a descent uses (LoAE): asked for the same, it teaches views to yield to those that see more.

    Args:
        embedding: (n,v,d) as they come, of any length.
        target, twin: (n,d) unit embeddings of the poses and of their mirror images.
        config: the weights.
    """
    n = len(target)
    embedding = torch.cat([embedding, embedding.mean(1, keepdim=True)], 1)
    index = torch.arange(n, device=target.device).repeat_interleave(embedding.shape[1])
    embedding = embedding.flatten(0, 1)
    scores = 20.0 * F.normalize(embedding, dim=-1) @ torch.cat([target, twin]).T
    symmetric = (target * twin).sum(-1) > 0.98
    sided = ~symmetric[index]
    own, mirrored = scores.gather(1, index[:, None])[:, 0], scores.gather(1, index[:, None] + n)[:, 0]
    scores = scores - F.pad(torch.diag(1e4 * symmetric.float()), (n, 0))[index]
    return {
        "distance": (embedding - target[index]).square().sum(-1).mean(),
        "contrast": config.contrast_weight * F.cross_entropy(scores, index),
        # Sides are what a single view hides best.
        "twin": config.twin_weight * (F.softplus(mirrored - own) * sided).sum() / sided.sum().clamp_min(1),
        "_cosine": F.cosine_similarity(embedding, target[index]).mean(),
        "_left_right": (own > mirrored)[sided].float().mean(),
        "_top1": (scores.argmax(1) == index).float().mean(),
    }


def _take_over_joints(run: Run, module: ImageStudent) -> None:
    """Give stage 3 the read-out of the joints that stage 2 learned, where it has run."""
    checkpoint = run.out / "sight.pt"
    if checkpoint.is_file():
        average = torch.load(checkpoint, map_location=run.device, weights_only=True)["average"]
        names = [name for name, _ in module.named_parameters()]
        with torch.no_grad():
            module.joints.weight.copy_(average[names.index("joints.weight")])
            module.joints.bias.copy_(average[names.index("joints.bias")])


@torch.no_grad()
def settle(tower: nn.Module, batches: Iterable[Tensor]) -> None:
    """Measure the statistics of batch norms anew: those gathered in training belong to other weights."""
    norms = [m for m in tower.modules() if isinstance(m, nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the plain mean over batches
    tower.train()
    for images in batches:
        tower(images)
    for norm in norms:
        norm.momentum = 0.1


@dataclass
class _Truth:
    """What pictures show: unit embeddings (n,d), features (n,N_FEATURES), points (n,POINTS,3) from pelvis."""

    embedding: Tensor
    features: Tensor
    joints: Tensor

    @classmethod
    @torch.no_grad()
    def of(cls, model: PoseCLIP, theta: Tensor) -> _Truth:
        parts = [part.to(model.device) for part in theta.split(2048)]
        return cls(
            torch.cat([F.normalize(model.embed_pose(part), dim=-1) for part in parts]),
            torch.cat([model.pose.whitened(part) for part in parts]),
            points_of(theta).to(model.device),
        )

    def rows(self, index: Tensor) -> _Truth:
        return _Truth(self.embedding[index], self.features[index], self.joints[index])

    def where(self, flip: Tensor, other: _Truth) -> _Truth:
        """The other's rows where `flip` (n,) is true."""
        return _Truth(
            torch.where(flip[:, None], other.embedding, self.embedding),
            torch.where(flip[:, None], other.features, self.features),
            torch.where(flip[:, None, None], other.joints, self.joints),
        )


def points_of(theta: Tensor) -> Tensor:
    """Where joints and nose of poses (n,24,3) are, seen from the pelvis: (n,POINTS,3) metres."""
    from ..poses.directions import J, forward_kinematics, to_matrices

    at, turned = forward_kinematics(to_matrices(theta.numpy()))
    nose = at[:, J["head"]] + turned[:, J["head"]] @ NOSE
    points = torch.as_tensor(np.concatenate([at, nose[:, None]], 1), dtype=torch.float32)
    return points - points[:, :1]


def _ends() -> Tensor:
    """Right to left shoulder, hip, elbow, heel to toes, neck to head, head to nose: where a body faces.

    As a matrix (7,POINTS) that points are multiplied by. Short vectors, enlarged: they tell a front view
    from a back view, which the joints' places hardly do.
    """
    ends = torch.zeros(7, POINTS)
    rows = torch.arange(7)
    ends[rows, [16, 1, 18, 10, 11, 15, 24]], ends[rows, [17, 2, 19, 7, 8, 12, 15]] = 3.0, -3.0
    return ends


def in_camera(points: Tensor, azimuth: Tensor, elevation: Tensor) -> Tensor:
    """Turn world vectors (n,k,3) into the axes of cameras at azimuth and elevation (n,), radians."""
    sa, ca, se, ce = azimuth.sin(), azimuth.cos(), elevation.sin(), elevation.cos()
    x, y, z = points.unbind(-1)
    sa, ca, se, ce = (v[:, None] for v in (sa, ca, se, ce))
    near = sa * x + ca * z
    return torch.stack([ca * x - sa * z, ce * y - se * near, se * y + ce * near], -1)


def augment(stored: Tensor, flip: Tensor, rng: np.random.Generator) -> Tensor:
    """Turn stored pictures (n,S,S,4) uint8 into training images (n,3,S,S) in 0..1.

    Mirrors those that `flip` (n,) names, shifts, scales and turns a little, changes the background of
    pictures that have none of their own, and adds blur, noise and a change of colour.
    """
    n, device = len(stored), stored.device

    def uniform(low: float, high: float, *shape: int) -> Tensor:
        return send(torch.as_tensor(rng.uniform(low, high, (n, *shape)), dtype=torch.float32), device)

    def some(share: float) -> Tensor:
        # Only the pictures that a change concerns are computed: this runs for every one of every step.
        return send(torch.from_numpy(np.flatnonzero(rng.random(n) < share)), device)

    images = stored.permute(0, 3, 1, 2).float() / 255
    images = torch.where(flip[:, None, None, None], images.flip(-1), images)
    moved = uniform(0, 1) < 0.6
    turn = torch.deg2rad(uniform(-6, 6)) * moved
    zoom = 1 + uniform(-0.15, 0.15) * moved
    shift = uniform(-0.12, 0.12, 2) * moved[:, None]
    cos, sin = turn.cos() * zoom, turn.sin() * zoom
    grid = torch.stack(
        [torch.stack([cos, -sin, shift[:, 0]], -1), torch.stack([sin, cos, shift[:, 1]], -1)], 1
    )
    own = images[:, 3].amin((-1, -2)) > 0.99  # has a ground of its own: extend it at the borders
    # Over white, what lies outside is 1; subtracting first lets the sampler's zeros mean that.
    base = torch.cat([images[:, :3] - 1, images[:, 3:]], 1)
    base = F.grid_sample(base, F.affine_grid(grid, list(base.shape), align_corners=False),
                         padding_mode="zeros", align_corners=False)  # fmt: skip
    colour, cover = base[:, :3] + 1, base[:, 3:]
    rows = some(0.3)
    back = uniform(0, 1, 3, 1, 1)
    slope = uniform(-0.5, 0.5, 3, 1, 1) * torch.linspace(-1, 1, images.shape[-1], device=device)[:, None]
    back = (back + slope * (uniform(0, 1)[:, None, None, None] < 0.5)).clamp(0, 1)
    plain = (~own[rows]).float()[:, None, None, None]
    colour[rows] += plain * (1 - cover[rows]) * (back[rows] - 1)
    for share, reach in ((0.15, 1), (0.03, 2)):
        rows = some(share)
        colour[rows] = F.avg_pool2d(colour[rows], 2 * reach + 1, 1, reach, count_include_pad=False)
    rows = some(0.4)
    gain, bias = uniform(0.75, 1.25, 3, 1, 1), uniform(-0.1, 0.1, 3, 1, 1)
    colour[rows] = colour[rows] * gain[rows] + bias[rows]
    rows = some(0.4)
    generator = torch.Generator(device).manual_seed(int(rng.integers(2**62)))
    noise = torch.randn(len(rows), *colour.shape[1:], device=device, generator=generator)
    colour[rows] += uniform(0, 0.06, 1, 1, 1)[rows] * noise
    return colour.clamp(0, 1)
