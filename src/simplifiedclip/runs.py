"""A finished run as a folder: the pose, the rigged mesh, pictures, the losses and how to run it again."""

from __future__ import annotations

import hashlib
import importlib.metadata
import math
import platform
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import __version__, pictures
from .encoders.combined import split_names
from .export.glb import export_glb
from .export.npz import save_pose
from .outputs import run_folder, write_json, write_table
from .presets import FitSettings, RunSettings
from .stage import Stage

if TYPE_CHECKING:
    from .encoders.protocol import Encoder
    from .optimize import Result

_OBJECTIVES = {
    "cd": "cosine distance",
    "ip": "inner-product loss",
    "ip-printed": "printed inner-product loss",
}
_VERSIONS = ("torch", "numpy", "roma", "warp-lang", "transformers", "tokenizers")


def save_run(
    out: str | Path,
    result: Result,
    *,
    prompt: str | None = None,
    stage: Stage | None = None,
    encoder: Encoder | None = None,
    overwrite: bool = False,
    facts: Mapping[str, Any] | None = None,
    more: Callable[[Path], None] | None = None,
) -> Path:
    """Write pose.npz, mesh.glb, render.png, quad.png, loss.png, losses.csv and run.json into a folder.

    Args:
        out: the folder; it is made, with its parents, where it does not exist.
        result: of `optimize` or `fit`.
        prompt: the prompt without its scene; the whole text when left out.
        stage: the stage of the run; built again from the result's settings when left out.
        encoder: the encoder of the run, for run.json.
        overwrite: replace the files of an earlier run in `out`.
        facts: further entries of run.json.
        more: writes further files into the folder it is given.

    Returns:
        The folder.

    Raises:
        UserError: the folder is not empty (unless `overwrite`), may not be written, or the disk is full;
            nothing is left of what was written.
    """
    settings = result.settings
    stage = stage or Stage(settings)
    posed = pictures.Posed.of(stage.body, stage.texture, result.theta, result.betas, result.transl)
    with run_folder(out, overwrite=overwrite) as folder:
        save_pose(folder / "pose.npz", stage.body, result.theta, result.betas, result.transl)
        export_glb(folder / "mesh.glb", stage.body, result.theta, result.betas, result.transl, stage.texture)
        pictures.portrait(posed).save(folder / "render.png")
        pictures.quad(posed).save(folder / "quad.png")
        pictures.loss_plot(
            folder / "loss.png",
            comparable_losses(result),
            label=loss_name(settings),
            best=result.best_pass if result.best_pass >= 0 else None,
            title=prompt or result.prompt or None,
        )
        write_table(folder / "losses.csv", result.rows())
        if more is not None:
            more(folder)
        write_json(folder / "run.json", describe(result, prompt=prompt, encoder=encoder, facts=facts))
    return Path(out).expanduser()


def describe(
    result: Result,
    *,
    prompt: str | None = None,
    encoder: Encoder | None = None,
    facts: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return what run.json holds: everything that is needed to run it again, and what came of it."""
    settings = result.settings
    text = result.prompt
    prompt = text if prompt is None else prompt
    about: dict[str, Any] = dict(facts or {})
    if text:
        about |= {"prompt": prompt, "scene": text.removesuffix(prompt.strip()).strip(), "text": text}
    about |= {
        "loss": result.loss,
        "best_pass": result.best_pass + 1,
        "start_losses": result.start_losses,
        "passes": len(result.history),
        "seconds": round(result.seconds, 3),
        "stopped": result.stopped,
        "message": result.message,
        "beyond_limits_degrees": result.beyond_limits,
        "seed": settings.seed,
        "settings": settings.to_json(),
        "body": {"name": result.body, "gender": result.gender, "sha256": _body_hash(settings)},
    }
    if encoder is not None:
        about["encoder"] = {
            "name": encoder.name,
            "dim": encoder.dim,
            "image_size": encoder.image_size,
            "sha256": _encoder_hash(settings),
        }
    about["versions"] = {
        "simplifiedclip": __version__,
        "python": platform.python_version(),
        **{name: _version(name) for name in _VERSIONS},
    }
    about["platform"] = f"{platform.system()} {platform.machine()}"
    about["finished"] = datetime.now(timezone.utc).isoformat(timespec="seconds")
    return about


def comparable_losses(result: Result) -> list[float]:
    """Return the loss of every pass; NaN for those of a part of the run that counts other terms."""
    if result.best_pass < 0:
        return result.losses
    terms = set(result.history[result.best_pass].terms)
    return [one.loss if set(one.terms) == terms else math.nan for one in result.history]


def loss_name(settings: RunSettings) -> str:
    """Return the loss of a run in words, for the axis of a plot."""
    if isinstance(settings, FitSettings):
        return {"pyramid": "image pyramid distance", "l2": "squared pixel distance"}[settings.loss]
    words = _OBJECTIVES[getattr(settings, "objective", "cd")]
    if len(settings.camera_azimuths()) == 1:
        return words
    return f"{words}, {'LoAE' if getattr(settings, 'aggregate', 'loae') == 'loae' else 'ALoE'}"


def _body_hash(settings: RunSettings) -> str | None:
    from .body.model_file import embedded_path

    return _sha256(Path(settings.body).expanduser() if settings.body else embedded_path(settings.gender))


def _encoder_hash(settings: RunSettings) -> str | None:
    """Return the hash of the encoder's weights where they are one file that we know; of several, all."""
    named = getattr(settings, "encoder", "")
    hashes = []
    for name in [named] if Path(named).is_dir() else split_names(named):
        folder = (
            Path(__file__).parent / "encoders" / "data" / "poseclip"
            if name == "poseclip"
            else Path(name).expanduser()
        )
        hashes.append(_sha256(folder / "model.safetensors"))
    return ",".join(one or "unknown" for one in hashes) if any(hashes) else None


def _sha256(path: Path) -> str | None:
    if not path.is_file():
        return None
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
