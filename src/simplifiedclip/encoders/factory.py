"""Encoders found by name, hub name or folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UserError, nearest

if TYPE_CHECKING:
    from .protocol import Encoder

_CLIPS = (
    "openai/clip-vit-base-patch32",
    "openai/clip-vit-base-patch16",
    "openai/clip-vit-large-patch14",
    "openai/clip-vit-large-patch14-336",
    "laion/CLIP-ViT-B-32-laion2B-s34B-b79K",
)
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")


def known_encoders() -> tuple[str, ...]:
    """Names that `load_encoder` knows without being told more: the embedded encoder first, then CLIPs."""
    return ("poseclip", *_CLIPS)


def load_encoder(
    name: str = "poseclip", device: str = "cpu", dtype: str = "float32", *, resize: bool = True
) -> Encoder:
    """Load an encoder.

    Args:
        name: "poseclip" (embedded, needs nothing), a CLIP's name on the Hugging Face hub
            ("owner/model"), or a folder with a CLIP or a PoseCLIP in it. Several with commas between are
            added up (see `Combined`).
        device: a torch device.
        dtype: "float32" or "bfloat16".
        resize: False feeds a CLIP unresized pixels, as the paper's code did (see `ClipEncoder`);
            PoseCLIP always resizes.

    Raises:
        UserError: unknown name (with the nearest known ones), missing or damaged files, unknown dtype.
    """
    if dtype not in ("float32", "bfloat16"):
        raise UserError(f"The encoder's number type must be float32 or bfloat16, not {dtype!r}.")
    if _in_sum(name):
        from .combined import Combined, split_names

        return Combined([load_encoder(part, device, dtype, resize=resize) for part in split_names(name)])
    if _is_poseclip(name):
        from .poseclip import PoseCLIP

        return PoseCLIP.load(None if name == "poseclip" else Path(name).expanduser(), device, dtype)
    check_name(name)
    from .clip import ClipEncoder

    return ClipEncoder(name, device, dtype, resize=resize)


def check_name(name: str) -> None:
    """Refuse a name that can be no encoder: neither known, nor a folder, nor shaped like a hub name.

    Raises:
        UserError: with the nearest known names.
    """
    if name in known_encoders() or (name and Path(name).expanduser().is_dir()):
        return
    if _in_sum(name):
        from .combined import split_names

        for part in split_names(name):
            check_name(part)
        return
    if name.startswith((".", "/", "~")):
        raise UserError(f"There is no encoder folder {name}.")
    if not _HUB_NAME.fullmatch(name):
        raise UserError(
            f"There is no encoder {name!r}{nearest(name, known_encoders())} "
            f"(use one of {', '.join(known_encoders()[:2])}, another hub name owner/model, or a folder)."
        )


def encoder_ready(name: str) -> str | None:
    """None when an encoder's files are here, else the sentence that says what to do; asks no network."""
    from . import clip

    try:
        check_name(name)
        if _in_sum(name):
            from .combined import split_names

            return next(filter(None, map(encoder_ready, split_names(name))), None)
        if _is_poseclip(name):
            from .poseclip import check_files

            check_files(None if name == "poseclip" else Path(name).expanduser())
            return None
    except UserError as error:
        return str(error)
    folder = Path(name).expanduser()
    if folder.is_dir():
        absent = clip.missing_files(folder)
        return f"The folder {folder} lacks {', '.join(absent)}." if absent else None
    if clip.cached_clip(name) is None:
        return (
            f"{name} is not in the hub's cache: the first use downloads it, or pass a folder with its "
            f"config.json, model.safetensors and tokenizer files."
        )
    return None


def _in_sum(name: str) -> bool:
    return "," in name and not Path(name).expanduser().is_dir()


def _is_poseclip(name: str) -> bool:
    folder = Path(name).expanduser() if name else None
    return name == "poseclip" or (
        folder is not None
        and (folder / "tokenizer.json").is_file()
        and (folder / "config.json").is_file()
        and '"poseclip"' in (folder / "config.json").read_text("utf-8")
    )
