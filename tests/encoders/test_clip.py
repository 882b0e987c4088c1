"""The CLIP encoder's real loading code on a tiny random CLIP saved in the real format."""

from __future__ import annotations

import json
import logging
import shutil
import time
from pathlib import Path

import pytest
import torch

from simplifiedclip.encoders import Encoder, encoder_ready, load_encoder
from simplifiedclip.errors import UserError


def bytes_to_symbols() -> list[str]:
    """The 256 printable symbols that CLIP's tokenizer writes bytes with, in its order."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [b for b in range(256) if b not in printable]
    return [chr(b) for b in printable] + [chr(256 + i) for i in range(len(rest))]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CLIP of two narrow layers with a byte tokenizer, as `save_pretrained` writes it."""
    from transformers import CLIPConfig, CLIPModel

    path = tmp_path_factory.mktemp("clip") / "tiny"
    symbols = bytes_to_symbols()
    merges = ["a r", "l e", "f t</w>", "ar m</w>"]
    vocabulary = [*symbols, *(s + "</w>" for s in symbols), "ar", "le", "ft</w>", "arm</w>"]
    vocabulary += ["<|startoftext|>", "<|endoftext|>"]
    tower = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    ends = {"bos_token_id": len(vocabulary) - 2, "eos_token_id": len(vocabulary) - 1}
    config = CLIPConfig(
        text_config={**tower, **ends, "vocab_size": len(vocabulary), "pad_token_id": ends["eos_token_id"]},
        vision_config={**tower, "image_size": 224, "patch_size": 32},
        projection_dim=24,
    )
    torch.manual_seed(0)
    model = CLIPModel(config)
    with torch.no_grad():  # CLIP starts with so small weights that every image would look alike
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.1)
    model.save_pretrained(path)
    (path / "vocab.json").write_text(json.dumps({t: i for i, t in enumerate(vocabulary)}), "utf-8")
    (path / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n", "utf-8")
    return path


@pytest.fixture(scope="module")
def clip(folder: Path) -> Encoder:
    return load_encoder(str(folder))


def test_it_is_an_encoder(clip: Encoder, folder: Path) -> None:
    assert isinstance(clip, Encoder)
    assert (clip.dim, clip.image_size, clip.name) == (24, 224, str(folder))


def test_equals_transformers(clip: Encoder, folder: Path) -> None:
    from transformers import CLIPModel, CLIPTokenizer

    model, tokenizer = CLIPModel.from_pretrained(folder), CLIPTokenizer.from_pretrained(folder)
    texts = ["left arm", "A much longer sentence about the left arm, so that padding matters."]
    images = torch.rand(2, 3, 224, 224, generator=torch.Generator().manual_seed(1))
    from simplifiedclip.encoders.preprocess import normalise

    with torch.no_grad():
        out = model(**tokenizer(texts, padding=True, return_tensors="pt"), pixel_values=normalise(images))
        ours = torch.nn.functional.normalize(clip.embed_text(texts), dim=-1)
        torch.testing.assert_close(ours, out.text_embeds, rtol=0, atol=1e-5)
        ours = torch.nn.functional.normalize(clip.embed_image(images), dim=-1)
        torch.testing.assert_close(ours, out.image_embeds, rtol=0, atol=1e-5)


def test_padding_changes_nothing(clip: Encoder) -> None:
    alone = clip.embed_text(["left arm"])
    together = clip.embed_text(["left arm", "a far longer text than the other one"])
    torch.testing.assert_close(alone[0], together[0], rtol=0, atol=1e-5)
    assert not torch.allclose(together[0], together[1], atol=1e-2)


def test_gradient_to_pixels(clip: Encoder) -> None:
    images = torch.rand(1, 3, 256, 256, requires_grad=True)
    clip.embed_image(images).square().sum().backward()
    assert images.grad is not None and torch.isfinite(images.grad).all()
    assert (images.grad.abs().sum(1) > 0).float().mean() > 0.99
    assert all(p.grad is None for p in clip._model.parameters())  # type: ignore[attr-defined]


def test_bfloat16_is_close(folder: Path, clip: Encoder) -> None:
    low = load_encoder(str(folder), dtype="bfloat16")
    images = torch.rand(2, 3, 224, 224)
    assert low.embed_image(images).dtype == torch.float32
    cosine = torch.nn.functional.cosine_similarity(low.embed_image(images), clip.embed_image(images))
    assert cosine.min() > 0.99
    assert torch.nn.functional.cosine_similarity(
        low.embed_text(["arm"]), clip.embed_text(["arm"])
    ).min() > 0.99  # fmt: skip


def test_without_resize_the_last_rows_are_not_seen(folder: Path) -> None:
    """The paper fed 244 pixels to patches of 32: 20 rows and columns fell off (fault 2 of its settings)."""
    paper = load_encoder(str(folder), resize=False)
    images = torch.rand(1, 3, 244, 244, requires_grad=True)
    embedding = paper.embed_image(images)
    embedding.square().sum().backward()
    assert images.grad is not None
    assert images.grad[..., 224:, :].abs().max() == 0 and images.grad[..., :, 224:].abs().max() == 0
    assert images.grad[..., :224, :224].abs().max() > 0
    torch.testing.assert_close(embedding, paper.embed_image(images[..., :224, :224]))
    with pytest.raises(UserError, match="224 to 255 pixels, not 300×300"):
        paper.embed_image(torch.rand(1, 3, 300, 300))


def test_long_prompts_say_how_much_to_remove(clip: Encoder) -> None:
    word = "arm "  # one token each
    clip.embed_text([word * 75])
    with pytest.raises(UserError, match="by 5 tokens"):
        clip.embed_text([word * 80])
    with pytest.raises(UserError, match="by 1 token "):
        clip.embed_text([word * 76])


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ("config.json", "lacks config.json"),
        ("model.safetensors", "lacks model.safetensors"),
        ("vocab.json", "lacks tokenizer.json or vocab.json"),
        ("merges.txt", "lacks merges.txt"),
    ],
)
def test_missing_files_are_named(folder: Path, tmp_path: Path, broken: str, words: str) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    (copy / broken).unlink()
    with pytest.raises(UserError, match=words):
        load_encoder(str(copy))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("model.safetensors", b"not a safetensors file at all", "damaged"),
        ("config.json", b"{", "damaged"),
        ("config.json", b'{"model_type": "bert"}', "not a CLIP"),
        ("vocab.json", b"[]]", "damaged"),
    ],
)
def test_damaged_files_are_one_sentence(
    folder: Path, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    (copy / name).write_bytes(content)
    with pytest.raises(UserError, match=words) as caught:
        load_encoder(str(copy))
    assert "\n" not in str(caught.value)


def test_incomplete_weights_are_refused(folder: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    weights = load_file(copy / "model.safetensors")
    del weights["visual_projection.weight"]
    save_file(weights, copy / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(UserError, match=r"incomplete.*visual_projection"):
        load_encoder(str(copy))


def test_old_weight_files_run_no_code(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    (copy / "model.safetensors").unlink()
    witness = tmp_path / "witness"

    class Evil:
        def __reduce__(self):
            return (Path.touch, (witness,))

    torch.save({"a": Evil()}, copy / "pytorch_model.bin")
    with pytest.raises(UserError, match="damaged"):
        load_encoder(str(copy))
    assert not witness.exists()


def test_without_network_and_cache(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """One sentence, at once, and nothing else on the terminal."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    logging.getLogger().setLevel(logging.WARNING)
    began = time.monotonic()
    with pytest.raises(UserError, match=r"cannot be reached.*config\.json.*poseclip") as caught:
        load_encoder("openai/clip-vit-base-patch32")
    assert time.monotonic() - began < 10
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(UserError, match="HF_HUB_OFFLINE"):
        load_encoder("openai/clip-vit-base-patch32")


def test_cached_models_load_without_network(
    monkeypatch: pytest.MonkeyPatch, folder: Path, tmp_path: Path
) -> None:
    from huggingface_hub import constants

    repository = tmp_path / "models--someone--tiny"
    shutil.copytree(folder, repository / "snapshots" / "abc")
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("abc")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert encoder_ready("someone/tiny") is None
    assert load_encoder("someone/tiny").name == "someone/tiny"
    assert "not in the hub's cache" in str(encoder_ready("someone/else"))
