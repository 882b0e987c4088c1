"""CLIP (Radford et al. 2021) from the Hugging Face hub, its cache or a local folder, with `transformers`."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UserError

if TYPE_CHECKING:
    import torch
    from torch import Tensor

DEFAULT_CLIP = "openai/clip-vit-base-patch32"
# What a folder must hold: each line is satisfied by any one of its names.
_NEEDED = (
    ("config.json",),
    ("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin"),
    ("tokenizer.json", "vocab.json"),
)
_DOWNLOAD = ["*.json", "merges.txt", "model*.safetensors"]
_TIMEOUT = 4.0  # seconds; a machine without network must say so at once


class ClipEncoder:
    """A CLIP model as an `Encoder`: frozen weights, gradients to the pixels.

    Args:
        name: hub name such as ``openai/clip-vit-base-patch32``, or a folder that holds config.json,
            model.safetensors and the tokenizer files.
        device: where the model lives.
        dtype: "float32" or "bfloat16"; embeddings are float32 either way.
        resize: True applies CLIP's own preprocessing (antialiased bicubic resize, centre crop). False feeds
            the pixels as they are, as the paper's code did: a patch embedding drops the rows and columns
            beyond its last whole patch, so 244-pixel renders lose their last 20 rows and columns.

    Raises:
        UserError: nothing to load under this name (says which files to put where), damaged files,
            or a model that is not a CLIP.
    """

    def __init__(
        self, name: str = DEFAULT_CLIP, device: str = "cpu", dtype: str = "float32", resize: bool = True
    ) -> None:
        import torch

        folder = find_clip(name)
        self.name = name
        self.resize = resize
        self._model, self._tokenizer, self._mean, self._std = _load(folder, name)
        self._model.to(device=device, dtype=getattr(torch, dtype)).eval().requires_grad_(False)
        config = self._model.config
        self.dim: int = config.projection_dim
        self.image_size: int = config.vision_config.image_size
        self.max_tokens: int = config.text_config.max_position_embeddings
        self._patch: int = config.vision_config.patch_size

    @property
    def device(self) -> torch.device:
        return self._model.device

    def count_tokens(self, text: str) -> int:
        """Number of tokens the tokenizer makes of a text, start and end included."""
        return len(self._tokenizer(text)["input_ids"])

    def embed_text(self, texts: list[str]) -> Tensor:
        """Embed n texts as (n, dim) float32; see `Encoder.embed_text`."""
        for text in texts:
            surplus = self.count_tokens(text) - self.max_tokens
            if surplus > 0:
                raise UserError(
                    f"The prompt is too long for {self.name}: it reads {self.max_tokens} tokens, "
                    f"so shorten the text by {surplus} token{'s' if surplus > 1 else ''} "
                    f"(about {surplus} word{'s' if surplus > 1 else ''})."
                )
        tokens = self._tokenizer(texts, padding=True, return_tensors="pt").to(self.device)
        pooled = self._model.text_model(**tokens).pooler_output
        return self._model.text_projection(pooled).float()

    def embed_image(self, images: Tensor) -> Tensor:
        """Embed (n, 3, H, W) images in 0..1 as (n, dim) float32; see `Encoder.embed_image`."""
        from .preprocess import check_images, fit_square, normalise

        check_images(images)
        if self.resize:
            pixels = fit_square(images.float(), self.image_size)
        else:
            pixels = self._without_resize(images.float())
        pixels = normalise(pixels, self._mean, self._std).to(self.device, self._model.dtype)
        pooled = self._model.vision_model(pixel_values=pixels).pooler_output
        return self._model.visual_projection(pooled).float()

    def _without_resize(self, images: Tensor) -> Tensor:
        """Keep the pixels that a patch convolution of stride `patch` would read: the top-left square."""
        grid = self.image_size // self._patch
        if any(side // self._patch != grid for side in images.shape[-2:]):
            raise UserError(
                f"{self.name} without resizing takes images of {grid * self._patch} to "
                f"{(grid + 1) * self._patch - 1} pixels, not {images.shape[-2]}×{images.shape[-1]}: "
                f"choose such an image size or let it resize."
            )
        return images[..., : grid * self._patch, : grid * self._patch]


def find_clip(name: str) -> Path:
    """Return the folder with a CLIP's files: a local folder, the hub's cache, or a fresh download.

    Raises:
        UserError: the files are not here and cannot be fetched; one sentence says which files go where.
    """
    local = Path(name).expanduser()
    if local.is_dir():
        absent = missing_files(local)
        if absent:
            raise UserError(
                f"The CLIP folder {local} lacks {', '.join(absent)}: put them there "
                f"(save_pretrained writes them), or use --encoder poseclip."
            )
        return local
    cached = cached_clip(name)
    if cached is not None:
        return cached
    problem = _hub_problem(name)
    if problem is None:
        with _quiet():
            fetched, problem = _download(name)
        if fetched is not None:
            return fetched
    raise UserError(
        f"The encoder {name} is not on this machine and {problem}: put its config.json, model.safetensors "
        f"and tokenizer files (tokenizer.json, or vocab.json with merges.txt) in a folder and pass that "
        f"folder's path as the encoder, or use --encoder poseclip."
    )


def missing_files(folder: Path) -> list[str]:
    """Names of the needed files that a CLIP folder lacks, alternatives joined by "or"."""
    absent = [" or ".join(names) for names in _NEEDED if not any((folder / n).is_file() for n in names)]
    if not any((folder / n).is_file() for n in ("tokenizer.json", "merges.txt")) and not absent:
        absent.append("merges.txt")
    return absent


def cached_clip(name: str) -> Path | None:
    """The complete snapshot of a hub model in the local cache, or None. Never touches the network."""
    from huggingface_hub import snapshot_download

    try:
        folder = Path(snapshot_download(name, local_files_only=True))
    except Exception:  # the hub library has one error type per way of not being there
        return None
    return folder if not missing_files(folder) else None


def _hub_problem(name: str) -> str | None:
    """Why the hub cannot serve this model, found out within seconds; None when it can."""
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return "HF_HUB_OFFLINE forbids fetching it"
    url = f"{constants.ENDPOINT}/{name}/resolve/main/config.json"
    answer: list[str | None] = ["the model hub does not answer"]

    def ask() -> None:
        request = urllib.request.Request(url, method="HEAD", headers={"User-Agent": "simplifiedclip"})
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT):
                answer[0] = None
        except urllib.error.HTTPError as error:
            absent = error.code in (401, 403, 404)
            answer[0] = (
                "the model hub has no open model of that name"
                if absent
                else f"the model hub answers with error {error.code}"
            )
        except (OSError, ValueError):
            answer[0] = "the model hub cannot be reached"

    # Name resolution knows no timeout, so the question runs in a thread that may be left behind.
    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(_TIMEOUT + 1.0)
    return answer[0]


def _download(name: str) -> tuple[Path | None, str]:
    from huggingface_hub import snapshot_download

    try:
        folder = Path(snapshot_download(name, allow_patterns=_DOWNLOAD))
        if not any(folder.glob("model*.safetensors")):
            folder = Path(snapshot_download(name, allow_patterns=[*_DOWNLOAD, "pytorch_model.bin"]))
    except Exception as error:  # network, quota, disk: all end in the same advice
        return None, f"its download failed ({type(error).__name__})"
    absent = missing_files(folder)
    return (folder, "") if not absent else (None, f"the hub's copy lacks {', '.join(absent)}")


def _load(folder: Path, name: str) -> tuple[Any, Any, tuple[float, ...], tuple[float, ...]]:
    """Read a CLIP folder: model, tokenizer, pixel mean and deviation. Never unpickles code."""
    from .preprocess import CLIP_MEAN, CLIP_STD

    with _quiet():
        from transformers import CLIPModel, CLIPTokenizer

        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            kind = config.get("model_type") if isinstance(config, dict) else None
            if kind != "clip":
                raise UserError(
                    f"{name} is not a CLIP: its config.json says model_type {kind!r}, not 'clip'."
                )
            loaded: Any = CLIPModel.from_pretrained(folder, local_files_only=True, output_loading_info=True)
            model, report = loaded
            absent = sorted(report["missing_keys"]) + sorted(str(k) for k in report["mismatched_keys"])
            if absent:
                raise UserError(
                    f"The weights of {name} are incomplete ({len(absent)} parameters such as {absent[0]} are "
                    f"missing or misshapen): fetch the model's files again."
                )
            tokenizer = CLIPTokenizer.from_pretrained(folder, local_files_only=True)
            mean, std = CLIP_MEAN, CLIP_STD
            preprocessor = folder / "preprocessor_config.json"
            if preprocessor.is_file():
                stated = json.loads(preprocessor.read_text(encoding="utf-8"))
                mean = tuple(stated.get("image_mean", mean))
                std = tuple(stated.get("image_std", std))
        except UserError:
            raise
        except Exception as error:  # safetensors, json, pickle and shape errors share no base class
            detail = " ".join(str(error).split())[:160]
            raise UserError(
                f"The files of {name} in {folder} are damaged ({type(error).__name__}: {detail}): "
                f"fetch them again, or use --encoder poseclip."
            ) from error
    return model, tokenizer, mean, std


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the libraries' own warnings and progress bars off the terminal: errors become one sentence."""
    os.environ.setdefault("DISABLE_SAFETENSORS_CONVERSION", "1")
    from huggingface_hub.utils import logging as hub_logging
    from transformers.utils import logging

    before, hub_before = logging.get_verbosity(), hub_logging.get_verbosity()
    bars = logging.is_progress_bar_enabled()
    logging.set_verbosity(logging.CRITICAL)
    hub_logging.set_verbosity(logging.CRITICAL)
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(before)
        hub_logging.set_verbosity(hub_before)
        if bars:
            logging.enable_progress_bar()
