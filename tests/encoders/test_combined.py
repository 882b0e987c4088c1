"""Encoders in sum: each sees for itself, their objectives are added, and a whole run works with a CLIP."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from test_clip import folder  # noqa: F401 (a fixture)

from capsule_body import capsule_body
from simplifiedclip import codebook
from simplifiedclip.body.smpl import SMPL
from simplifiedclip.encoders import Encoder, encoder_ready, load_encoder
from simplifiedclip.encoders.combined import Combined
from simplifiedclip.encoders.poseclip import PoseCLIP, PoseCLIPConfig
from simplifiedclip.errors import UserError
from simplifiedclip.objectives import prompt_loss
from simplifiedclip.optimize import optimize
from simplifiedclip.presets import PRESETS
from simplifiedclip.render import VertexColors
from simplifiedclip.stage import Stage

PROMPT = "She is sitting."


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PoseCLIP of narrow layers with a few words, as `save` writes it."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    words = {"[UNK]": 0, "She": 1, "is": 2, "sitting": 3, ".": 4}
    tokenizer = Tokenizer(WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    config = PoseCLIPConfig(
        dim=12, image_size=32, vocabulary=len(words), text_width=16, text_layers=1, text_heads=2,
        text_hidden=16, image_widths=(4, 4, 8, 8), image_blocks=(1, 1, 1), image_squeeze=4,
        image_features=16, pose_width=16, pose_blocks=1,
    )  # fmt: skip
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("poseclip")
    PoseCLIP(config, tokenizer).save(path)
    return path


@pytest.fixture
def both(folder: Path, tiny: Path) -> Combined:  # noqa: F811
    encoder = load_encoder(f"{tiny},{folder}")
    assert isinstance(encoder, Combined)
    return encoder


def test_it_is_an_encoder_whose_cosine_is_the_mean(both: Combined) -> None:
    assert isinstance(both, Encoder)
    assert (both.dim, both.image_size, len(both.parts)) == (12 + 24, 224, 2)
    images = torch.rand(2, 3, 64, 64)
    u, v = both.embed_text([PROMPT]), both.embed_image(images)
    alone = [torch.cosine_similarity(p.embed_text([PROMPT]), p.embed_image(images)) for p in both.parts]
    torch.testing.assert_close(torch.cosine_similarity(u, v), sum(alone) / 2)


def test_names_are_checked_one_by_one(tiny: Path) -> None:
    with pytest.raises(UserError, match="poseclip"):
        load_encoder("poseclip,posclip")
    with pytest.raises(UserError, match="different"):
        load_encoder(f"{tiny},{tiny}")
    assert encoder_ready(f"{tiny},poseclip") is None
    assert "no encoder" in str(encoder_ready("poseclip,nowhere"))


@pytest.fixture
def few_poses(monkeypatch: pytest.MonkeyPatch) -> None:
    poses = 0.3 * torch.randn(6, 24, 3, generator=torch.Generator().manual_seed(0))
    monkeypatch.setattr(codebook, "shipped_poses", lambda: poses)


def test_objectives_are_added_up(both: Combined, few_poses: None) -> None:
    settings = PRESETS["best"].replace(
        passes=2, tower_passes=2, tower_starts=3, image_size=32, cameras="0,90", centre=False, scene=""
    )
    stage = Stage(settings, SMPL(capsule_body()), VertexColors(torch.rand(432, 3)))
    result = optimize(PROMPT, settings, encoder=both, stage=stage)
    assert len(result.history) == 4
    record = result.history[2]
    pictures = stage.render(record.theta[None]).rgb
    pairs = [(p.embed_image(pictures), p.embed_text([result.prompt])[0]) for p in both.parts]
    expected = sum(float(prompt_loss(v, u)) for v, u in pairs)
    assert record.terms["cd"] == pytest.approx(settings.views_weight * expected, abs=1e-4)
    tower = both.parts[0].embed_pose(record.theta[None])  # type: ignore[attr-defined]
    distance = 1 - torch.cosine_similarity(tower, both.parts[0].embed_text([result.prompt]))
    assert record.terms["pose-tower"] == pytest.approx(distance.item(), abs=1e-4), "the CLIP has none"


def test_best_runs_with_a_clip_alone(folder: Path, few_poses: None) -> None:  # noqa: F811
    settings = PRESETS["best"].replace(passes=2, image_size=32, cameras="0,90", scene="")
    stage = Stage(settings, SMPL(capsule_body()), VertexColors(torch.rand(432, 3)))
    result = optimize(PROMPT, settings, encoder=load_encoder(str(folder)), stage=stage)
    assert len(result.history) == 2 and result.stopped is None
    assert result.history[-1].loss != result.history[0].loss
