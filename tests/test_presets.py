"""Settings are checked, named, read from files and written to JSON without loss."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import pytest

from simplifiedclip.errors import UserError
from simplifiedclip.presets import FIT_PRESETS, PAPER_PLATEAU, PRESETS, FitSettings, Settings, load_settings

PAPER = {
    "gender": "female",
    "betas": "ones",
    "texture": "human-faces",
    "init": "zero",
    "image_size": 244,
    "edges": "hard",
    "shader": "flat",
    "light": "point",
    "fov": 60.0,
    "distance": 2.25,
    "elevation": 5.0,
    "ground": False,
    "optimizer": "adam",
    "lr": 1e-3,
    "scheduler": "none",
    "passes": 1000,
    "limits_weight": 0.0,
    "pose_space": "axis-angle",
    "optimize_betas": False,
    "coordinate_descent": False,
}


@pytest.mark.parametrize("name", ["paper-single", "paper-five", "paper-frozen"])
@pytest.mark.parametrize("presets", [PRESETS, FIT_PRESETS])
def test_paper_presets(presets: dict[str, Settings], name: str) -> None:
    settings = presets[name]
    assert {key: getattr(settings, key) for key in PAPER} == PAPER
    assert settings.beta_values() == (1.0,) * 10
    five = (0.0, 45.0, 135.0, -45.0, -135.0)
    assert settings.camera_azimuths() == ((0.0,) if name == "paper-single" else five)
    assert ("lower-body" in settings.freeze) == (name == "paper-frozen")


def test_papers_encoder_and_loss() -> None:
    settings = PRESETS["paper-five"]
    assert settings.encoder == "openai/clip-vit-base-patch32"
    assert not settings.encoder_resize
    assert (settings.objective, settings.aggregate, settings.ip_lambda) == ("cd", "loae", 1e-3)
    assert FIT_PRESETS["paper-five"].loss == "l2"
    assert PAPER_PLATEAU == {
        "factor": 0.5,
        "patience": 10,
        "cooldown": 100,
        "min_lr": 5e-5,
        "threshold": 1e-3,
    }


def test_best_mends_the_papers_faults() -> None:
    best = PRESETS["best"]
    assert (best.edges, best.image_size, best.encoder) == ("edge", 224, "poseclip")
    assert len(best.camera_azimuths()) == 5
    assert best.limits_weight > 0
    assert best.init == "retrieval" and best.rest_on_ground and best.centre
    assert best.scene == "", "the embedded encoder knows bodies, not clothes"
    assert best.views_weight > 0 and best.pose_tower_weight > 0


def test_retrieval_makes_no_step() -> None:
    settings = PRESETS["retrieval"]
    assert (settings.init, settings.passes, settings.tower_passes, settings.starts) == ("retrieval", 1, 0, 1)


def test_papers_runs_have_nothing_of_ours() -> None:
    """Whatever is added later must be off in the paper's presets, so off is what a setting is by default."""
    mine = {"encoder", "encoder_resize", *PAPER, "cameras", "freeze"}
    for name in ("paper-single", "paper-five", "paper-frozen"):
        for field in dataclasses.fields(Settings):
            if field.name not in mine:
                assert getattr(PRESETS[name], field.name) == field.default, field.name


@pytest.mark.parametrize("settings", [*PRESETS.values(), *FIT_PRESETS.values()])
def test_json_and_back(settings: Settings, tmp_path: Path) -> None:
    settings = settings.replace(freeze=("arms", "head"), seed=7, betas="0.1,0.123456789012345" + ",0" * 8)
    path = tmp_path / "run.json"
    path.write_text(json.dumps({"prompt": "She is sitting.", "settings": settings.to_json()}))
    assert load_settings(config_file=path, kind=type(settings)) == settings


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "some.yaml",
            "preset: paper-five\nlr: 1e-2\nimage-size: 64\nfreeze: [arms]\nbetas: [0,1,2,3,4,5,6,7,8,9]",
        ),
        (
            "some.json",
            '{"preset": "paper-five", "lr": 0.01, "image_size": 64, "freeze": ["arms"],'
            ' "betas": "0,1,2,3,4,5,6,7,8,9"}',
        ),
        pytest.param(
            "some.toml",
            'preset = "paper-five"\nlr = 1e-2\nimage_size = 64\nfreeze = ["arms"]\n'
            "betas = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]",
            marks=pytest.mark.skipif(sys.version_info < (3, 11), reason="tomllib came with Python 3.11"),
        ),
    ],
)
def test_config_files(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    settings = load_settings(config_file=path, overrides={"passes": 3})
    assert settings == PRESETS["paper-five"].replace(
        lr=0.01, image_size=64, freeze=("arms",), betas="0,1,2,3,4,5,6,7,8,9", passes=3
    )
    assert settings.beta_values() == tuple(map(float, range(10)))
    assert load_settings("best", path).shader == PRESETS["best"].shader, (
        "a preset by name goes before the file's"
    )


def test_override_goes_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "some.yaml"
    path.write_text("lr: 0.5\nseed: 3")
    settings = load_settings("best", path, {"lr": 0.25})
    assert (settings.lr, settings.seed) == (0.25, 3)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.yaml", "learning_rat: 1", "no setting in .*a.yaml called 'learning_rat'"),
        ("a.yaml", "pases: 1", "nearest are passes"),
        ("a.yaml", "[1, 2]", "must hold names and values"),
        ("a.yaml", "lr: [1", "not valid YAML"),
        ("a.json", '{"lr": ', "not valid JSON"),
        ("a.toml", "lr = ", "not valid TOML|TOML needs"),
        ("a.ini", "lr = 1", "ends in .yaml, .toml or .json"),
        ("a.yaml", "passes: 1.5", "'passes' must be a whole number"),
        ("a.yaml", "passes: many", "'passes' must be a whole number"),
        ("a.yaml", "ground: 1", "'ground' must be true or false"),
        ("a.yaml", "lr: true", "'lr' must be a number"),
        ("a.yaml", "freeze: {a: 1}", "'freeze' must be a list of names"),
        ("a.yaml", "shader: phongg", "nearest are phong"),
    ],
)
def test_bad_files_are_refused(tmp_path: Path, name: str, text: str, message: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(UserError, match=message) as refusal:
        load_settings(config_file=path)
    assert "\n" not in str(refusal.value)


def test_missing_file_preset_and_name() -> None:
    with pytest.raises(UserError, match="does not exist"):
        load_settings(config_file="nowhere.yaml")
    with pytest.raises(UserError, match="nearest are paper-five"):
        load_settings("paper-fiv")
    with pytest.raises(UserError, match="nearest are scheduler"):
        load_settings(overrides={"schedular": "none"})
    with pytest.raises(UserError, match="nearest are loss"):
        FitSettings().replace(los="l2")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lr": 0}, "'lr' must be greater than 0 and finite"),
        ({"lr": float("inf")}, "'lr' must be"),
        ({"lr": float("nan")}, "'lr' must be a number"),
        ({"passes": 0}, "'passes' must be at least 1"),
        ({"image_size": 8}, "'image_size' must be at least 16"),
        ({"fov": 180}, "'fov' must be greater than 0 and below 180"),
        ({"elevation": 91}, "'elevation' must be at least -90 and at most 90"),
        ({"distance": 0}, "'distance'"),
        ({"limits_weight": -1}, "'limits_weight'"),
        ({"ip_lambda": 0}, "'ip_lambda'"),
        ({"starts": 0}, "'starts'"),
        ({"seed": -1}, "'seed'"),
        ({"contact_weight": -1}, "'contact_weight'"),
        ({"crop": 1.0}, "'crop'"),
        ({"held_back": "behind"}, "'held_back' must be azimuths"),
        ({"tower_lr": 0}, "'tower_lr'"),
        ({"neutral_weight": 2}, "'neutral_weight'"),
        ({"betas": "1,2,3"}, "'betas' must be zeros, ones or ten numbers"),
        ({"betas": "nan" + ",0" * 9}, "'betas'"),
        ({"cameras": "front"}, "'cameras' must be single, five or azimuths"),
        ({"cameras": ""}, "'cameras'"),
        ({"optimizer": "adan"}, "nearest are adam"),
    ],
)
def test_values_that_cannot_be(change: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        PRESETS["best"].replace(**change)


def test_settings_do_not_change_under_a_run() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        PRESETS["best"].lr = 1.0  # type: ignore[misc]


def test_settings_are_light() -> None:
    """``--help`` needs the settings; it must not wait for torch."""
    code = "import sys, simplifiedclip.presets; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
