"""The embedded encoder: files, shapes, gradients, and whether it knows poses."""

from __future__ import annotations

import math
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from simplifiedclip.body.joints import JOINT_NAMES, mirror_pose
from simplifiedclip.encoders import Encoder, encoder_ready, load_encoder
from simplifiedclip.encoders.poseclip import PoseCLIP, check_files
from simplifiedclip.errors import UserError

J = {name: i for i, name in enumerate(JOINT_NAMES)}


@pytest.fixture(scope="module")
def poseclip() -> PoseCLIP:
    encoder = load_encoder()
    assert isinstance(encoder, PoseCLIP)
    return encoder


def pose(**angles: tuple[float, float, float]) -> torch.Tensor:
    """θ (1,24,3) of a T-pose with some joints turned, degrees."""
    theta = torch.zeros(1, 24, 3)
    for name, degrees in angles.items():
        theta[0, J[name]] = torch.tensor(degrees) * math.pi / 180
    return theta


STANDING = {"left_shoulder": (0.0, 0.0, -75.0), "right_shoulder": (0.0, 0.0, 75.0)}


def test_it_is_an_encoder(poseclip: PoseCLIP) -> None:
    assert isinstance(poseclip, Encoder)
    assert encoder_ready("poseclip") is None
    assert poseclip.embed_text(["She sits.", "He runs."]).shape == (2, poseclip.dim)
    assert poseclip.embed_image(torch.rand(3, 3, 224, 200)).shape == (3, poseclip.dim)
    assert poseclip.embed_pose(torch.zeros(2, 72)).shape == (2, poseclip.dim)
    assert not any(p.requires_grad for p in poseclip.parameters())


def test_the_package_stays_small() -> None:
    folder = check_files(None)
    assert sum(f.stat().st_size for f in folder.iterdir()) < 50e6
    assert (folder / "MODEL_CARD.md").is_file()


def test_loads_without_transformers() -> None:
    code = (
        "import sys; from simplifiedclip.encoders import load_encoder; "
        "load_encoder().embed_text(['a person sits']); print('transformers' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stdout.strip() == "False", run.stderr


def test_gradient_to_pixels(poseclip: PoseCLIP) -> None:
    images = torch.rand(2, 3, 224, 224, requires_grad=True)
    text = poseclip.embed_text(["Both arms are raised."])
    F.cosine_similarity(poseclip.embed_image(images).mean(0, keepdim=True), text).sum().backward()
    assert images.grad is not None and torch.isfinite(images.grad).all()
    assert (images.grad.abs().sum(1) > 0).float().mean() > 0.99


def test_gradient_to_pose_is_finite_at_zero(poseclip: PoseCLIP) -> None:
    theta = torch.zeros(1, 24, 3, requires_grad=True)
    poseclip.embed_pose(theta).square().sum().backward()
    assert theta.grad is not None and torch.isfinite(theta.grad).all() and theta.grad.abs().max() > 0


def test_smooth_in_the_pixels(poseclip: PoseCLIP) -> None:
    """A shift by one pixel, or a little noise, hardly moves the embedding of a picture."""
    from simplifiedclip.body.smpl import SMPL
    from simplifiedclip.body.textures import body_texture
    from simplifiedclip.render import Cameras, render

    generator = torch.Generator().manual_seed(0)
    body = SMPL.embedded("female")
    vertices = body(0.25 * torch.randn(4, 24, 3, generator=generator)).vertices
    with torch.no_grad():
        views = render(vertices, body.faces, body_texture("human", body), Cameras.paper_five()).rgb
        start = poseclip.embed_image(views)
        for other in (views.roll(1, -1), views + 0.02 * torch.randn(views.shape, generator=generator)):
            near = F.cosine_similarity(start, poseclip.embed_image(other))
            assert near.min() > 0.95 and near.median() > 0.99


def test_turning_about_the_vertical_changes_no_pose(poseclip: PoseCLIP) -> None:
    import roma

    theta = torch.randn(4, 24, 3, generator=torch.Generator().manual_seed(3)) * 0.5
    turned = theta.clone()
    yaw = roma.rotvec_to_rotmat(torch.tensor([0.0, 2.0, 0.0]))
    turned[:, 0] = roma.rotmat_to_rotvec(yaw @ roma.rotvec_to_rotmat(theta[:, 0]))
    torch.testing.assert_close(poseclip.embed_pose(turned), poseclip.embed_pose(theta), rtol=1e-3, atol=1e-3)


def test_left_is_told_from_right(poseclip: PoseCLIP) -> None:
    cases = [
        ("The left arm is raised straight up.", {**STANDING, "left_shoulder": (0.0, 0.0, 85.0)}),
        ("Her left arm is stretched out to the side.", {"right_shoulder": (0.0, 0.0, 75.0)}),
        ("He lifts the left knee up in front.", {**STANDING, "left_hip": (-90.0, 0.0, 0.0),
                                                 "left_knee": (90.0, 0.0, 0.0)}),
        ("The left leg is stretched out to the side.", {**STANDING, "left_hip": (0.0, 0.0, 50.0)}),
    ]  # fmt: skip
    for left, angles in cases:
        texts = poseclip.embed_text([left, left.replace("left", "right")])
        theta = pose(**angles)
        on_left = F.cosine_similarity(poseclip.embed_pose(theta), texts)
        on_right = F.cosine_similarity(poseclip.embed_pose(mirror_pose(theta)), texts)
        assert on_left[0] > on_left[1] and on_right[1] > on_right[0], left


def test_figure_10(poseclip: PoseCLIP) -> None:
    """The paper's figure 10 on five averaged views: the right text wins in at least five of six rows."""
    from simplifiedclip.training.measure import figure10

    result = figure10(poseclip, "views")
    assert result["rows_won"] >= 5, result
    told, sided = result["left_right"]
    assert sided >= 2 and told == sided, result


def test_views_agree_with_the_pose(poseclip: PoseCLIP) -> None:
    """The mean of five views points where the pose tower does, more than to the mirrored pose."""
    from simplifiedclip.training.measure import embed_poses, embed_views

    theta = torch.cat([pose(**{**STANDING, "left_shoulder": (0.0, 0.0, 80.0)}), pose(), pose(**STANDING)])
    views, poses = embed_views(poseclip, theta), embed_poses(poseclip, theta)
    table = views @ poses.T
    assert (table.argmax(1) == torch.arange(3)).all()
    assert views[0] @ poses[0] > views[0] @ embed_poses(poseclip, mirror_pose(theta))[0]


def test_long_prompts_say_how_much_to_remove(poseclip: PoseCLIP) -> None:
    poseclip.embed_text(["arm " * (poseclip.max_tokens - 2)])
    with pytest.raises(UserError, match="by 7 tokens"):
        poseclip.embed_text(["arm " * (poseclip.max_tokens + 5)])
    assert torch.isfinite(poseclip.embed_text([""])).all()


def test_wrong_poses_are_refused(poseclip: PoseCLIP) -> None:
    with pytest.raises(UserError, match=r"\(n, 24, 3\)"):
        poseclip.embed_pose(torch.zeros(1, 69))


def test_bfloat16_is_close(poseclip: PoseCLIP) -> None:
    low = load_encoder("poseclip", dtype="bfloat16")
    text = ["The left arm is raised."]
    assert F.cosine_similarity(low.embed_text(text), poseclip.embed_text(text)) > 0.99
    image = torch.rand(1, 3, 128, 128)
    assert F.cosine_similarity(low.embed_image(image), poseclip.embed_image(image)) > 0.98


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("model.safetensors", None, "model.safetensors is missing"),
        ("model.safetensors", b"no", "damaged"),
        ("config.json", b"{}", "damaged"),
        ("tokenizer.json", b"{}", "tokenizer.json"),
    ],
)
def test_damaged_files_are_one_sentence(tmp_path: Path, name: str, content: bytes | None, words: str) -> None:
    folder = tmp_path / "weights"
    shutil.copytree(check_files(None), folder)
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content)
    with pytest.raises(UserError, match=words) as caught:
        PoseCLIP.load(folder)
    assert "\n" not in str(caught.value)


def test_saved_weights_load_again(poseclip: PoseCLIP, tmp_path: Path) -> None:
    poseclip.save(tmp_path / "copy")
    again = load_encoder(str(tmp_path / "copy"))
    text = ["She kneels on the left knee."]
    torch.testing.assert_close(again.embed_text(text), poseclip.embed_text(text), rtol=1e-2, atol=1e-2)
    assert again.name == str(tmp_path / "copy")
