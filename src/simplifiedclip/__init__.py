"""SimplifiedCLIP: text in, a posed 3D human out.

Names are loaded when first used, so ``import simplifiedclip`` itself costs nothing::

    from simplifiedclip import load_settings, save_run
    from simplifiedclip.optimize import optimize

    settings = load_settings("best")
    result = optimize("Both her arms are straight above her head.", settings)
    save_run("arms-up", result)
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

# Public name -> the module that holds it. A function is not listed where a module has its name
# (`render`, `optimize`, `fit`): Python would show one or the other, depending on what was imported first.
_HOMES = {
    "SMPL": "body.smpl",
    "JOINT_NAMES": "body.joints",
    "body_texture": "body.textures",
    "Cameras": "render",
    "Ground": "render",
    "Scene": "render",
    "known_encoders": "encoders.factory",
    "load_encoder": "encoders.factory",
    "PRESETS": "presets",
    "Settings": "presets",
    "load_settings": "presets",
    "build_prompt": "prompts",
    "load_pose": "export.npz",
    "save_pose": "export.npz",
    "export_glb": "export.glb",
    "save_run": "runs",
    "UserError": "errors",
}

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
