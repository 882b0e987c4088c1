"""What a PoseCLIP can do, in numbers, on poses and captions that it was not trained with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

if TYPE_CHECKING:
    from ..encoders.poseclip import PoseCLIP
    from .run import Captioned

RETRIEVAL = 1000
_SIDES = re.compile(r"\b(left|right)\b", re.IGNORECASE)


@torch.no_grad()
def measure(model: PoseCLIP, held_out: Captioned, pictured: int = 200) -> dict[str, Any]:
    """All measurements as plain numbers, for the model card.

    Args:
        model: trained.
        held_out: poses and captions of another seed than the training's.
        pictured: how many of the poses to render for the image measurements.
    """
    rng = np.random.default_rng(0)
    n = min(RETRIEVAL, len(held_out.theta))
    theta = torch.as_tensor(held_out.theta[:n])
    captions = [c[rng.integers(len(c))] for c in held_out.captions[:n]]
    poses, texts = embed_poses(model, theta), embed_texts(model, captions)
    numbers: dict[str, Any] = {
        "caption_among": n,
        "pose_to_caption": ranks(poses @ texts.T),
        "caption_to_pose": ranks(texts @ poses.T),
        "left_right_pose": left_right(model, held_out, "pose"),
        "exchanged_sides_pose": exchanged_sides(model, held_out, "pose", n),
        "wrong_wording": wrong_wordings(model, held_out, n),
    }
    few = min(pictured, n)
    images = embed_views(model, theta[:few])
    texts = texts[:few]
    numbers |= {
        "pictured": few,
        "image_pose_cosine": float((images * poses[:few]).sum(1).mean()),
        "views_to_caption": ranks(images @ texts.T),
        "caption_to_views": ranks(texts @ images.T),
        "left_right_views": left_right(model, held_out, "views"),
        "exchanged_sides_views": exchanged_sides(model, held_out, "views", n),
        "figure10_views": figure10(model, "views"),
        "figure10_pose": figure10(model, "pose"),
        "thirty_views": thirty(model, "views"),
        "thirty_pose": thirty(model, "pose"),
    }
    return numbers


def embed_texts(model: PoseCLIP, texts: list[str]) -> Tensor:
    """Unit embeddings (n,d) of texts."""
    parts = [model.embed_text(texts[i : i + 128]) for i in range(0, len(texts), 128)]
    return F.normalize(torch.cat(parts), dim=-1)


def embed_poses(model: PoseCLIP, theta: Tensor) -> Tensor:
    """Unit embeddings (n,d) of poses (n,24,3)."""
    return F.normalize(model.embed_pose(theta), dim=-1)


def embed_views(model: PoseCLIP, theta: Tensor, texture: str = "human", image_size: int = 224) -> Tensor:
    """Unit mean embeddings (n,d) of the paper's five views of each pose (n,24,3), embedded body."""
    from ..body.smpl import SMPL
    from ..body.textures import body_texture
    from ..render import Cameras, render

    body = SMPL.embedded("female")
    look, cameras = body_texture(texture, body), Cameras.paper_five()
    embeddings = []
    with torch.no_grad():
        for part in theta.split(16):
            views = render(body(part).vertices, body.faces, look, cameras, image_size=image_size).image
            count = views.shape[1]
            each = model.embed_image(views[:, :, :3].flatten(0, 1))
            embeddings.append(each.view(len(part), count, -1).mean(1))
    return F.normalize(torch.cat(embeddings), dim=-1)


def ranks(scores: Tensor) -> dict[str, float]:
    """Recall at 1, 5 and 10 in percent, and the median rank, of the diagonal within each row of (n,n)."""
    place = (scores > scores.diagonal()[:, None]).sum(1)
    recall = {f"recall_{k}": round(100 * float((place < k).float().mean()), 1) for k in (1, 5, 10)}
    return {**recall, "median_rank": float(place.float().median()) + 1}


def share(hits: Tensor) -> float:
    """Percent of true values."""
    return round(100 * float(hits.float().mean()), 1)


def wrong_wordings(model: PoseCLIP, held_out: Captioned, n: int) -> float:
    """Percent of poses that prefer a caption of theirs to a wording of it with one attribute changed."""
    rows = [i for i in range(n) if held_out.wrong[i]]
    if not rows:
        return float("nan")
    poses = embed_poses(model, torch.as_tensor(held_out.theta[rows]))
    right = embed_texts(model, [held_out.captions[i][0] for i in rows])
    wrong = embed_texts(model, [held_out.wrong[i][0] for i in rows])
    return share((poses * right).sum(1) > (poses * wrong).sum(1))


def left_right(model: PoseCLIP, held_out: Captioned, of: str = "views", most: int = 400) -> dict[str, float]:
    """How often a pose prefers a caption of its own to the same words with sides exchanged in one clause.

    Only exchanges that make the caption false count: "his right leg is straight" may hold for both legs.

    Args:
        model: trained.
        held_out: poses with captions and wrong wordings.
        of: "views" or "pose".
        most: so many pairs of captions at most.
    """
    pairs = [
        (row, caption, wrong)
        for row, wordings in enumerate(held_out.wrong)
        for wrong in wordings
        for caption in held_out.captions[row][: len(wordings)]
        if caption != wrong and _SIDES.sub("", caption) == _SIDES.sub("", wrong)
    ][:most]
    return _preferred(model, held_out, of, pairs)


def exchanged_sides(model: PoseCLIP, held_out: Captioned, of: str, poses: int) -> dict[str, float]:
    """As `left_right`, for one random caption of each of so many poses that has a clause with sides."""
    rng = np.random.default_rng(1)
    pairs = []
    for row in range(min(poses, len(held_out.theta))):
        own = [
            (row, caption, wrong)
            for caption, wordings in zip(held_out.captions[row], held_out.exchanged[row])
            for wrong in wordings
        ]
        if own:
            pairs.append(own[rng.integers(len(own))])
    return _preferred(model, held_out, of, pairs)


def _preferred(
    model: PoseCLIP, held_out: Captioned, of: str, pairs: list[tuple[int, str, str]]
) -> dict[str, float]:
    """How often poses (rows) prefer the first wording to the second."""
    if not pairs:
        return {"pairs": 0, "percent": float("nan")}
    rows, right, wrong = zip(*pairs)
    own = (embed_views if of == "views" else embed_poses)(model, torch.as_tensor(held_out.theta[list(rows)]))
    hits = (own * embed_texts(model, list(right))).sum(1) > (own * embed_texts(model, list(wrong))).sum(1)
    return {"pairs": len(pairs), "percent": share(hits)}


def thirty(model: PoseCLIP, of: str = "views") -> dict[str, Any]:
    """Thirty hand-written sentences and poses: ranks of the poses for a text, and of the texts for a pose."""
    from ..poses.figure10 import thirty as made

    _, texts, theta = made()
    rows = (embed_views if of == "views" else embed_poses)(model, torch.as_tensor(theta))
    table = rows @ embed_texts(model, list(texts)).T
    return {"text_to_pose": ranks(table.T), "pose_to_text": ranks(table)}


def figure10(model: PoseCLIP, of: str = "views") -> dict[str, Any]:
    """The paper's figure 10: cosines of six poses (rows) and their six texts (columns).

    Args:
        model: any encoder for ``of="views"`` (five views averaged), PoseCLIP for ``of="pose"``.
        of: "views" or "pose".

    Returns:
        names, the table, how many rows the right text wins, the smallest margin by which it does, and how
        many of the poses that differ from their mirror image score higher than it.
    """
    from ..body.joints import mirror_pose
    from ..poses.figure10 import poses

    names, texts, made = poses()
    theta = torch.as_tensor(made, dtype=torch.float32)
    embed = embed_views if of == "views" else embed_poses
    rows, mirrored = embed(model, theta), embed(model, mirror_pose(theta))
    columns = embed_texts(model, list(texts))
    table = rows @ columns.T
    others = table - 10 * torch.eye(len(table), device=table.device)
    margin = table.diagonal() - others.amax(1)
    sided = (theta - mirror_pose(theta))[:, 1:].abs().amax((1, 2)) > 0.3
    right = (table.diagonal() > (mirrored * columns).sum(1))[sided]
    return {
        "names": list(names),
        "table": [[round(float(v), 3) for v in row] for row in table],
        "rows_won": int((margin > 0).sum()),
        "smallest_margin": round(float(margin.min()), 3),
        "left_right": [int(right.sum()), int(sided.sum())],
    }
