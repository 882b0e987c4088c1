"""The codebook: its poses are human and diverse, its index is right, and its cache can only save time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from capsule_body import capsule_body, capsule_colors
from simplifiedclip import codebook
from simplifiedclip.body.limits import limit_violation
from simplifiedclip.body.smpl import SMPL
from simplifiedclip.codebook import PIECE, POSES_FILE, Codebook, cache_folder, save_poses, shipped_poses
from simplifiedclip.encoders.combined import Combined
from simplifiedclip.errors import UserError
from simplifiedclip.presets import Settings
from simplifiedclip.render import VertexColors
from simplifiedclip.stage import Stage


class Seeing(torch.nn.Module):
    """A small network over pictures, with weights that can be told apart."""

    name, dim, image_size = "seeing", 8, 16

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(3 * 64, self.dim)
        torch.nn.init.normal_(self.layer.weight, generator=torch.Generator().manual_seed(1))
        self.asked = 0

    def embed_text(self, texts: list[str]) -> Tensor:
        return torch.stack(
            [torch.randn(self.dim, generator=torch.Generator().manual_seed(len(t))) for t in texts]
        )

    def embed_image(self, images: Tensor) -> Tensor:
        self.asked += len(images)
        return self.layer(torch.nn.functional.adaptive_avg_pool2d(images, 8).flatten(1))


class Knowing(Seeing):
    """The same with a tower over poses."""

    name = "knowing"

    def embed_pose(self, theta: Tensor) -> Tensor:
        self.asked += len(theta)
        return theta.flatten(1)[:, 3 : 3 + self.dim] + self.layer.bias


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SIMPLIFIEDCLIP_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Tensor:
    """A codebook of a piece and a bit."""
    poses = 0.3 * torch.randn(PIECE + 7, 24, 3, generator=torch.Generator().manual_seed(0))
    monkeypatch.setattr(codebook, "shipped_poses", lambda: poses)
    return poses


@pytest.fixture(scope="module")
def stage() -> Stage:
    data = capsule_body()
    settings = Settings(image_size=16)
    return Stage(settings, SMPL(data), VertexColors(torch.from_numpy(capsule_colors(data))))


def test_shipped_poses_are_human_and_many() -> None:
    theta = shipped_poses()
    assert len(theta) >= 80_000
    assert POSES_FILE.stat().st_size < 6 * 2**20
    excess = torch.rad2deg(limit_violation(theta)).flatten(1).amax(1)
    assert (excess > 4).float().mean() < 0.001


def test_every_beginning_of_the_list_is_diverse() -> None:
    """Among the first hundred no two are alike, and they spread wider than a hundred in a row elsewhere."""
    joints = SMPL.embedded("neutral").joints(shipped_poses())
    joints = joints - joints[:, :1]

    def nearest(some: Tensor) -> Tensor:
        distance = (some[:, None] - some[None]).norm(dim=-1).mean(-1)
        return distance.fill_diagonal_(torch.inf).amin(1)

    first, random = joints[:100], joints[torch.randperm(len(joints))[:100]]
    assert nearest(first).min() > 0.05
    assert nearest(first).median() > nearest(random).median()


def test_bodies_face_the_front() -> None:
    import roma

    upright = roma.rotvec_to_rotmat(shipped_poses()[:, 0])
    forward, up = upright[:, :, 2], upright[:, :, 1]
    standing = up[:, 1] > 0.9
    assert standing.sum() > 3000
    assert (forward[standing, 2] > 0.8).all()


def test_poses_survive_their_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theta = torch.empty(5, 24, 3).uniform_(-3, 3)
    save_poses(tmp_path / "poses.npz", theta.numpy())
    monkeypatch.setattr(codebook, "POSES_FILE", tmp_path / "poses.npz")
    shipped_poses.cache_clear()
    torch.testing.assert_close(shipped_poses(), theta, atol=0.5 / 256 + 1e-6, rtol=0)
    for content, words in ((b"not a zip", "damaged"), (None, "missing")):
        (tmp_path / "poses.npz").write_bytes(content) if content else (tmp_path / "poses.npz").unlink()
        shipped_poses.cache_clear()
        with pytest.raises(UserError, match=words):
            shipped_poses()
    shipped_poses.cache_clear()


def test_nearest_is_nearest(few: Tensor) -> None:
    encoder = Knowing()
    book = Codebook.load(encoder)
    assert torch.equal(book.theta, few)
    torch.testing.assert_close(book.embeddings.norm(dim=-1), torch.ones(len(few)))
    u = torch.randn(3, encoder.dim)
    cosine = torch.cosine_similarity(u[:, None], encoder.embed_pose(few)[None], dim=-1)
    assert torch.equal(book.nearest(u, 4), cosine.topk(4).indices)
    assert book.nearest(u[0], 4).tolist() == cosine[0].topk(4).indices.tolist()
    assert book.nearest(u[0], 10**6).shape == (len(few),)


def test_encoders_without_a_pose_tower_see_five_views(few: Tensor, stage: Stage) -> None:
    encoder = Seeing()
    book = Codebook.load(encoder, stage, size=9)
    assert (len(book), encoder.asked) == (9, 45)
    pictures = stage.render(few[4:5], centre=True).rgb  # the stage's own cameras are the five
    v = encoder.embed_image(pictures).mean(0)
    torch.testing.assert_close(book.embeddings[4], v / v.norm(), atol=2e-3, rtol=0)


def test_encoders_in_sum_are_asked_each_in_its_own_way(few: Tensor, stage: Stage) -> None:
    seeing, knowing = Seeing(), Knowing()
    both = Codebook.load(Combined([knowing, seeing]), stage, size=6)
    alone = [Codebook.load(knowing, size=6), Codebook.load(seeing, stage, size=6)]
    u = [torch.randn(8), torch.randn(8)]
    joined = torch.cat([one / one.norm() for one in u])
    mean = sum(book.similarities(one) for book, one in zip(alone, u)) / 2
    torch.testing.assert_close(both.similarities(joined), mean)


def test_cache_spares_the_encoder(few: Tensor, own_cache: Path) -> None:
    first, second, other = Knowing(), Knowing(), Knowing()
    torch.nn.init.ones_(other.layer.bias)
    second.load_state_dict(first.state_dict())
    seen: list[tuple[int, int]] = []
    book = Codebook.load(first, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(PIECE, PIECE + 7), (PIECE + 7, PIECE + 7)]
    assert first.asked == PIECE + 7
    assert Codebook.load(first) is book, "known in this process"
    again = Codebook.load(second)
    assert second.asked == 0
    torch.testing.assert_close(again.embeddings, book.embeddings, atol=2e-3, rtol=0)
    Codebook.load(other)
    assert other.asked == PIECE + 7, "other weights, other index"
    assert len(list(own_cache.rglob("*.npy"))) == 4


def test_cache_knows_the_looks(few: Tensor, stage: Stage) -> None:
    encoder = Seeing()
    Codebook.load(encoder, stage, size=3)
    bare = Stage(stage.settings, stage.body, VertexColors(torch.full((432, 3), 0.5)))
    asked = encoder.asked
    Codebook.load(encoder, bare, size=3)
    assert encoder.asked == 2 * asked


@pytest.mark.parametrize("damage", ["cut", "text", "shape", "nan"])
def test_damaged_cache_is_made_again(few: Tensor, own_cache: Path, damage: str) -> None:
    encoder = Knowing()
    before = Codebook.load(encoder).embeddings
    file = sorted(own_cache.rglob("*.npy"))[0]
    good = np.load(file)
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:-100])
    elif damage == "text":
        file.write_text("hello")
    else:
        np.save(file, good[:-1] if damage == "shape" else good * np.float16("nan"))
    fresh = Knowing()
    fresh.load_state_dict(encoder.state_dict())
    torch.testing.assert_close(Codebook.load(fresh).embeddings, before, atol=2e-3, rtol=0)
    assert fresh.asked == PIECE, "only the damaged piece"
    assert np.array_equal(np.load(file), good), "and it is mended"


def test_cache_folder_that_takes_no_files_is_no_error(
    few: Tensor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SIMPLIFIEDCLIP_CACHE", str(tmp_path / "file"))
    assert len(Codebook.load(Knowing())) == len(few)


def test_cache_is_where_the_user_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert cache_folder() == tmp_path / "cache"
    monkeypatch.delenv("SIMPLIFIEDCLIP_CACHE")
    assert cache_folder().name == "simplifiedclip" and cache_folder() != tmp_path / "cache"


def test_an_encoder_without_weights_is_asked_each_time(few: Tensor, own_cache: Path) -> None:
    class Plain:
        name, dim, image_size = "plain", 8, 16

        def embed_pose(self, theta: Tensor) -> Tensor:
            return theta.flatten(1)[:, :8]

    Codebook.load(Plain())  # type: ignore[arg-type]
    assert not own_cache.exists()
