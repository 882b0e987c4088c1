"""The hyperparameters Ω of a run: what they are, what they may be, and the sets of them that have a name.

Every field's docstring is also the help of the command-line option of the same name. A ``Settings`` holds
only numbers, words and tuples of them, so it goes into ``run.json`` as it is and comes back the same.
"""

from __future__ import annotations

import dataclasses
import json
import math
import sys
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, Union

from .errors import UserError, nearest

PAPER_PLATEAU: dict[str, float | int] = {
    "factor": 0.5,
    "patience": 10,
    "cooldown": 100,
    "min_lr": 5e-5,
    "threshold": 1e-3,
}
"""The paper's ReduceLROnPlateau; its Adam has PyTorch's decay rates, (0.9, 0.999)."""

SettingsT = TypeVar("SettingsT", bound="RunSettings")


def _numbers(text: str) -> tuple[float, ...] | None:
    """Read finite numbers with commas between; ``None`` where it is something else."""
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError:
        return None
    return numbers if all(map(math.isfinite, numbers)) else None


def _as_type(name: str, value: Any, hint: Any) -> Any:
    """Bring a value from a file or a caller to a field's type, where nothing is lost by it.

    YAML reads ``1e-3`` as a word and files have lists where the settings have tuples, so numbers are also
    read from words, and lists of numbers become words with commas between.
    """
    origin = typing.get_origin(hint)
    if origin in (Union, types.UnionType):
        if value is None:
            return None
        return _as_type(name, value, next(a for a in typing.get_args(hint) if a is not type(None)))
    if origin is Literal:
        choices = typing.get_args(hint)
        if value not in choices:
            near = nearest(str(value), choices)
            raise UserError(f"The setting '{name}' must be one of {', '.join(choices)}, not '{value}'{near}")
        return value
    if origin is tuple:
        parts = value.split(",") if isinstance(value, str) else value
        if not isinstance(parts, (list, tuple)) or not all(isinstance(part, str) for part in parts):
            raise UserError(f"The setting '{name}' must be a list of names, not {value!r}")
        return tuple(part.strip() for part in parts if part.strip())
    if hint is bool and isinstance(value, bool):
        return value
    if hint in (int, float) and not isinstance(value, bool):
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        if hint is float and not math.isnan(number):
            return number
        if hint is int and number.is_integer():
            return int(number)
    if hint is str:
        if isinstance(value, (str, Path)):
            return str(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return repr(value)
        if isinstance(value, (list, tuple)) and all(isinstance(part, (int, float)) for part in value):
            return ",".join(map(repr, value))
    kinds = {bool: "true or false", int: "a whole number", float: "a number", str: "a word"}
    raise UserError(f"The setting '{name}' must be {kinds[hint]}, not {value!r}")


@dataclass(frozen=True, kw_only=True)
class RunSettings:
    """What every run has: a body before cameras, and how its pose descends."""

    # The body
    texture: str = "human"
    """Texture: human, grey, human-faces (the paper's: one colour per face), a .png, .npy or .npz file."""
    gender: Literal["female", "male", "neutral"] = "neutral"
    """Which embedded body."""
    body: str | None = None
    """An SMPL model file (.npz or .pkl) of your own instead of the embedded body."""
    betas: str = "zeros"
    """Shape β: zeros, ones (the paper's), or ten numbers with commas between."""

    # What sees it
    cameras: str = "five"
    """Cameras: single (azimuth 0), five (the paper's: 0, 45, 135, -45, -135), or azimuths such as 0,90."""
    elevation: float = 5.0
    """Elevation of the cameras in degrees."""
    distance: float = 2.25
    """Distance of the cameras from the origin in metres."""
    fov: float = 60.0
    """Field of view in degrees."""
    image_size: int = 224
    """Side of the square pictures in pixels."""
    shader: Literal["phong", "gouraud", "flat", "silhouette"] = "phong"
    """Shader."""
    edges: Literal["edge", "hard", "soft"] = "edge"
    """Gradient at silhouettes: edge (rasterised edge gradients), hard (none, the paper's), soft (SoftRas)."""
    light: Literal["point", "directional", "ambient"] = "point"
    """Light, each with PyTorch3D's defaults."""
    ground: bool = False
    """Put a ground under the body."""

    # How its pose descends
    optimizer: Literal["adam", "sgd", "momentum", "nesterov"] = "adam"
    """Optimiser; momentum and nesterov are SGD with momentum 0.9."""
    lr: float = 0.03
    """Step size at the start (for Adam about the radians that a joint moves in a pass)."""
    scheduler: Literal["none", "plateau", "cosine"] = "none"
    """Step size over the passes: none (constant), plateau (the paper's try) or cosine (down to zero)."""
    passes: int = 150
    """Passes, each one forward and one backward."""
    init: str = "zero"
    """Pose at the start: zero (the T-pose), random, or a pose .npz."""
    init_range: float = 0.5
    """A random start is uniform within plus and minus this many radians."""
    freeze: tuple[str, ...] = ()
    """Joints or groups of them (lower-body, arms, left_knee ...) that keep their start value."""
    coordinate_descent: bool = False
    """Move the three angles of one random joint a pass instead of all joints."""
    pose_space: Literal["axis-angle", "6d", "prior"] = "axis-angle"
    """What descends: axis-angle (θ, the paper's), 6d (columns of rotations), prior (a learned one's z)."""
    limits_weight: float = 1.0
    """Weight of the penalty on joint angles outside human limits; 0 for no limits."""
    optimize_betas: bool = False
    """Let the shape β descend together with the pose."""
    seed: int = 0
    """Seed of everything random; the same seed gives the same run on the same machine."""
    device: str = "cpu"
    """cpu, cuda, cuda:N, or auto (cuda where there is one)."""

    def __post_init__(self) -> None:
        """Bring every value to its type and refuse what cannot be.

        Raises:
            UserError: a value of the wrong type, out of its range, or not one of its choices.
        """
        hints = typing.get_type_hints(type(self))
        for field in dataclasses.fields(self):
            value = _as_type(field.name, getattr(self, field.name), hints[field.name])
            object.__setattr__(self, field.name, value)
        self._check_range("image_size", 16, 4096)
        self._check_range("elevation", -90, 90)
        self._check_range("distance", 0, 1e3, open_below=True)
        self._check_range("fov", 0, 180, open_below=True, open_above=True)
        self._check_range("lr", 0, math.inf, open_below=True, open_above=True)
        self._check_range("passes", 1, 10_000_000)
        self._check_range("init_range", 0, math.inf, open_above=True)
        self._check_range("limits_weight", 0, math.inf, open_above=True)
        self._check_range("seed", 0, 2**63 - 1)
        self.beta_values()
        self.camera_azimuths()

    def _check_range(
        self, name: str, low: float, high: float, *, open_below: bool = False, open_above: bool = False
    ) -> None:
        value = getattr(self, name)
        above_low = value > low if open_below else value >= low
        below_high = value < high if open_above else value <= high
        if not (above_low and below_high):
            bottom = f"greater than {low:g}" if open_below else f"at least {low:g}"
            top = f"{'below' if open_above else 'at most'} {high:g}" if math.isfinite(high) else "finite"
            raise UserError(f"The setting '{name}' must be {bottom} and {top}, not {value:g}")

    def beta_values(self) -> tuple[float, ...]:
        """Return the ten numbers of β.

        Raises:
            UserError: neither ``zeros`` nor ``ones`` nor ten finite numbers.
        """
        if self.betas in ("zeros", "ones"):
            return (float(self.betas == "ones"),) * 10
        numbers = _numbers(self.betas)
        if numbers is None or len(numbers) != 10:
            raise UserError(
                "The setting 'betas' must be zeros, ones or ten numbers with commas between, "
                f"not '{self.betas}'"
            )
        return numbers

    def camera_azimuths(self) -> tuple[float, ...]:
        """Return the azimuths of the cameras in degrees.

        Raises:
            UserError: neither ``single`` nor ``five`` nor finite numbers.
        """
        if self.cameras == "single":
            return (0.0,)
        if self.cameras == "five":
            return (0.0, 45.0, 135.0, -45.0, -135.0)
        numbers = _numbers(self.cameras)
        if not numbers:
            raise UserError(
                "The setting 'cameras' must be single, five or azimuths in degrees with commas between "
                f"(0,45,90), not '{self.cameras}'"
            )
        return numbers

    def replace(self: SettingsT, **changes: Any) -> SettingsT:
        """Return a copy with some settings changed.

        Raises:
            UserError: an unknown setting or a value that cannot be.
        """
        _check_names(changes, type(self), "setting")
        return dataclasses.replace(self, **changes)

    def to_json(self) -> dict[str, Any]:
        """Return the settings as JSON can hold them; ``load_settings`` of it gives an equal object."""
        values = dataclasses.asdict(self)
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


@dataclass(frozen=True, kw_only=True)
class Settings(RunSettings):
    """The hyperparameters Ω of a run from a prompt to a pose."""

    encoder: str = "poseclip"
    """Encoder: poseclip (embedded), a CLIP's name on the hub, or a folder; several with commas add up."""
    encoder_resize: bool = True
    """Resize pictures to the encoder's size; the paper does not, and loses what fills no patch."""
    encoder_dtype: Literal["float32", "bfloat16"] = "float32"
    """Number format of the encoder's weights."""
    objective: Literal["cd", "ip", "ip-printed"] = "cd"
    """Objective: cd (cosine distance), ip (inner product with ½λ|v|²), ip-printed (with ½λ|v|)."""
    ip_lambda: float = 1e-3
    """λ of the inner-product objectives."""
    aggregate: Literal["loae", "aloe"] = "loae"
    """Over the cameras: loae (loss on the average embedding) or aloe (average of the losses)."""
    scene: str | None = None
    """Sentence in front of the prompt; by default the paper's for the texture, '' for none."""
    neutral: str = "A person."
    """The neutral prompt that the prompt is contrasted with."""
    neutral_weight: float = 0.0
    """How much of the neutral prompt's direction is taken from the prompt's, 0 to 1."""

    # What else a pose costs
    views_weight: float = 1.0
    """Weight of the pictures; 0 draws none and leaves the pose tower alone."""
    pose_tower_weight: float = 0.0
    """Weight of the same objective on the encoder's embedding of θ itself, where it has one (poseclip)."""
    stay_weight: float = 0.0
    """Weight of the pull towards the start pose, which keeps joints still that the prompt does not move."""
    contact_weight: float = 0.0
    """Weight of what touches the ground at the start (feet, hands, knees, back) and no longer does, in m²."""
    contact_reach: float = 0.04
    """So many metres above the lowest point of the start pose is what counts as touching the ground."""
    balance_weight: float = 0.0
    """Weight of a centre of mass that is not over what touches the ground."""
    penetration_weight: float = 0.0
    """Weight of limbs inside the body or each other."""
    prior_weight: float = 0.0
    """Weight of the learned pose prior's doubt that a human stands so."""
    rest_on_ground: bool = False
    """Put the finished body on the ground, where the soles of the T-pose are."""

    # What the encoder sees
    centre: bool = False
    """Put the body's middle where the cameras look, so that all of it is seen."""
    views_per_pass: int = 0
    """Draw only so many of the cameras' views in a pass, at random; 0 for all."""
    azimuth_jitter: float = 0.0
    """Turn each pass's cameras at random by up to so many degrees."""
    elevation_jitter: float = 0.0
    """Raise or lower each pass's cameras at random by up to so many degrees."""
    fov_jitter: float = 0.0
    """Change each pass's perspective: the field of view by up to so many degrees, at the same size."""
    crop: float = 0.0
    """Cut up to this part off the pictures of each pass at random."""
    background_jitter: float = 0.0
    """Colour the background of each pass at random, up to this far from white (0 to 1)."""

    # Where it starts, and which pose is kept
    init: str = "zero"
    """Pose at the start: retrieval (nearest of the codebook), zero (T-pose), random, or a pose .npz."""
    starts: int = 1
    """Start poses that descend side by side in one batch; the best is kept."""
    start_distance: float = 0.0
    """Starts and candidates are at least so far apart: mean joint distance in metres."""
    codebook: int = 0
    """Poses of the codebook to look among; 0 for all, or 2000 where an encoder must see pictures of them."""
    tower_starts: int = 0
    """Start poses of a first descent on the pose tower alone, without pictures; 0 for as many as starts."""
    tower_passes: int = 0
    """Passes of that first descent; 0 for none, and there are none where the encoder has no such tower."""
    tower_lr: float = 0.02
    """Step size of that first descent."""
    held_back: str = ""
    """Azimuths of views that no pass sees; they choose among the starts' poses. '' for the least loss."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_range("ip_lambda", 0, math.inf, open_below=True, open_above=True)
        self._check_range("starts", 1, 1024)
        self._check_range("tower_starts", 0, 4096)
        self._check_range("tower_passes", 0, 1_000_000)
        self._check_range("tower_lr", 0, math.inf, open_below=True, open_above=True)
        self._check_range("codebook", 0, 10_000_000)
        self._check_range("views_per_pass", 0, 360)
        for name in ("views", "pose_tower", "stay", "contact", "balance", "penetration", "prior"):
            self._check_range(f"{name}_weight", 0, math.inf, open_above=True)
        self._check_range("neutral_weight", 0, 1)
        self._check_range("azimuth_jitter", 0, 180)
        self._check_range("elevation_jitter", 0, 90)
        self._check_range("fov_jitter", 0, 90)
        self._check_range("crop", 0, 0.9)
        self._check_range("background_jitter", 0, 1)
        self._check_range("start_distance", 0, math.inf, open_above=True)
        self._check_range("contact_reach", 0, 1)
        if self.held_back and not _numbers(self.held_back):
            raise UserError(
                "The setting 'held_back' must be azimuths in degrees with commas between (90,180), "
                f"not '{self.held_back}'"
            )
        if self.pose_space == "prior" and self.coordinate_descent:
            raise UserError("Coordinate descent moves joints, and pose-space prior has none: choose one")


@dataclass(frozen=True, kw_only=True)
class FitSettings(RunSettings):
    """The settings of a run from pictures to a pose."""

    loss: Literal["pyramid", "l2"] = "pyramid"
    """Distance of pictures: pyramid (squared, blurred from coarse to fine) or l2 (squared, the paper's)."""
    yaw_starts: int = 8
    """How many directions are looked at, evenly around, for the one that the body faces at the start."""
    searches: int = 5
    """Rounds of trying limbs elsewhere, between a coarse and a fine half of the passes; 0 for none."""
    stay_weight: float = 0.0
    """Weight of the pull towards straight trunk, hips, hands and feet, of which pictures say least."""
    fit_transl: bool = False
    """Let the position descend too, for pictures whose pelvis is not where the zero pose has it."""
    stop_at: float = 0.004
    """No limb is tried elsewhere once the distance of the pictures is below this."""
    restarts: int = 2
    """How often a fit with a search begins again from other starts while it looks wrong; 0 for never."""
    restart_above: float = 0.005
    """A fit looks wrong while the distance of its pictures is above this."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_range("yaw_starts", 1, 360)
        self._check_range("searches", 0, 1000)
        self._check_range("stay_weight", 0, math.inf, open_above=True)
        self._check_range("stop_at", 0, math.inf)
        self._check_range("restarts", 0, 1000)
        self._check_range("restart_above", 0, math.inf)


_PAPER: dict[str, Any] = {
    "texture": "human-faces",
    "gender": "female",
    "betas": "ones",
    "elevation": 5.0,
    "distance": 2.25,
    "fov": 60.0,
    "image_size": 244,
    "shader": "flat",
    "edges": "hard",
    "light": "point",
    "ground": False,
    "optimizer": "adam",
    "lr": 1e-3,
    "scheduler": "none",
    "passes": 1000,
    "init": "zero",
    "freeze": (),
    "coordinate_descent": False,
    "pose_space": "axis-angle",
    "limits_weight": 0.0,
    "optimize_betas": False,
}
_PAPER_ENCODER: dict[str, Any] = {
    "encoder": "openai/clip-vit-base-patch32",
    "encoder_resize": False,
    "encoder_dtype": "float32",
    "objective": "cd",
    "ip_lambda": 1e-3,
    "aggregate": "loae",
    "neutral_weight": 0.0,
    "views_weight": 1.0,
    "pose_tower_weight": 0.0,
    "stay_weight": 0.0,
    "contact_weight": 0.0,
    "balance_weight": 0.0,
    "penetration_weight": 0.0,
    "prior_weight": 0.0,
    "rest_on_ground": False,
    "centre": False,
    "views_per_pass": 0,
    "azimuth_jitter": 0.0,
    "elevation_jitter": 0.0,
    "fov_jitter": 0.0,
    "crop": 0.0,
    "background_jitter": 0.0,
    "starts": 1,
    "tower_starts": 0,
    "tower_passes": 0,
    "held_back": "",
}
_PAPER_FIT: dict[str, Any] = {
    "loss": "l2",
    "yaw_starts": 1,
    "searches": 0,
    "stay_weight": 0.0,
    "stop_at": 0.0,
    "restarts": 0,
}
_CAMERAS: dict[str, dict[str, Any]] = {
    "paper-single": {"cameras": "single"},
    "paper-five": {"cameras": "five"},
    "paper-frozen": {"cameras": "five", "freeze": ("root", "lower-body")},
}

_RETRIEVAL: dict[str, Any] = {
    "init": "retrieval",
    "scene": "",
    "centre": True,
    "limits_weight": 1.0,
    "pose_tower_weight": 1.0,
    "rest_on_ground": True,
}

PRESETS: dict[str, Settings] = {
    **{name: Settings(**{**_PAPER, **_PAPER_ENCODER, **some}) for name, some in _CAMERAS.items()},
    "retrieval": Settings(**_RETRIEVAL, passes=1),
    "best": Settings(
        **_RETRIEVAL,
        lr=0.01,
        scheduler="cosine",
        passes=12,
        views_weight=0.1,
        stay_weight=0.5,
        contact_weight=5.0,
        contact_reach=0.02,
        penetration_weight=50.0,
    ),
}
"""Settings by name, from a prompt to a pose.

``paper-single``, ``paper-five`` and ``paper-frozen`` are the paper's sections V, VI and VII to the letter,
244 pixels that a ViT-B/32 sees 224 of and 1000 passes of 1e-3 included.

``retrieval`` is the codebook's nearest pose: its one pass measures it, and no step follows.

``best`` is the default. It looks up the pose that the prompt is nearest to and lets it descend a little, on
the pose tower and on the pictures, with silhouettes that move. Joint limits, what touched the ground and the
body's own thickness keep it a human's, and a price on leaving the start keeps joints still that the prompt
does not speak of. On the development half of the pose benchmark balance, longer descents, more weight on the
pictures, several starts, a first descent on the pose tower alone and a choice by unseen views were each
worse, which is why they are off.
"""

FIT_PRESETS: dict[str, FitSettings] = {
    **{name: FitSettings(**{**_PAPER, **_PAPER_FIT, **some}) for name, some in _CAMERAS.items()},
    "best": FitSettings(
        texture="human-faces",
        image_size=160,
        lr=0.1,
        scheduler="cosine",
        passes=160,
        limits_weight=0.03,
        stay_weight=3e-4,
    ),
}
"""Settings by the same names, from pictures to a pose (paper section VIII-A).

``best`` takes large steps on small pictures first and small steps on larger ones last. Pictures do not say
how five joints of the trunk, or collar and shoulder, share a turn: a weak pull of those towards straight
decides. Shoulders, elbows and knees are not pulled: a bent arm would lose against a straight one elsewhere.
"""


def presets_for(kind: type[SettingsT]) -> Mapping[str, SettingsT]:
    """Return the presets of ``Settings`` or of ``FitSettings``."""
    return FIT_PRESETS if issubclass(kind, FitSettings) else PRESETS  # type: ignore[return-value]


def load_settings(
    preset: str | None = None,
    config_file: str | Path | None = None,
    overrides: Mapping[str, Any] | None = None,
    *,
    kind: type[SettingsT] = Settings,  # type: ignore[assignment]
) -> SettingsT:
    """Put settings together: a preset, over it a file, over that single values.

    Args:
        preset: a name in ``PRESETS``; ``None`` takes the file's own ``preset``, or else ``best``.
        config_file: YAML, TOML or JSON with any subset of the settings. Dashes in names count as
            underscores. A ``run.json`` is such a file: its ``settings`` are taken.
        overrides: single values, over everything else.
        kind: ``Settings``, or ``FitSettings`` for a fit.

    Raises:
        UserError: an unknown preset or setting (with the nearest names), a file that is not there or not
            readable, or a value that cannot be.
    """
    values = _read_config(Path(config_file)) if config_file is not None else {}
    named = values.pop("preset", None)
    preset = preset or named or "best"
    presets = presets_for(kind)
    if preset not in presets:
        raise UserError(
            f"There is no preset '{preset}' (known: {', '.join(presets)}){nearest(str(preset), presets)}"
        )
    _check_names(values, kind, f"setting in {config_file}")
    given = _underscored(overrides or {})
    _check_names(given, kind, "setting")
    return dataclasses.replace(presets[preset], **{**values, **given})


def _read_config(path: Path) -> dict[str, Any]:
    """Read a mapping of settings from YAML, TOML or JSON, by the file's suffix."""
    suffix = path.suffix.lower()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UserError(f"The config file {path} does not exist") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"The config file {path} cannot be read: {error}") from error
    try:
        values = _parse_config(text, suffix)
    except ValueError as error:
        reason = " ".join(str(error).split())
        raise UserError(f"The config file {path} is not valid {suffix[1:].upper()}: {reason}") from error
    if not isinstance(values, dict):
        kind = type(values).__name__
        raise UserError(f"The config file {path} must hold names and values (lr: 0.01), not a {kind}")
    if isinstance(values.get("settings"), dict):
        values = values["settings"]
    return _underscored(values)


def _parse_config(text: str, suffix: str) -> Any:
    """Parse YAML, TOML or JSON; every parser's complaint becomes a ValueError."""
    if suffix == ".json":
        return json.loads(text)
    if suffix in (".yaml", ".yml"):
        import yaml

        try:
            return yaml.safe_load(text) or {}
        except yaml.YAMLError as error:
            raise ValueError(str(error)) from error
    if suffix == ".toml":
        if sys.version_info < (3, 11):
            raise UserError("TOML needs Python 3.11 or later: write the config file as YAML or JSON")
        import tomllib

        return tomllib.loads(text)
    raise UserError(f"A config file ends in .yaml, .toml or .json, not '{suffix}'")


def _underscored(values: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name).replace("-", "_"): value for name, value in values.items()}


def _check_names(values: Mapping[str, Any], kind: type[RunSettings], what: str) -> None:
    known = [field.name for field in dataclasses.fields(kind)]
    for name in values:
        if name not in known:
            raise UserError(f"There is no {what} called '{name}'{nearest(name, known)}")
