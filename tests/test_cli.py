"""The command line: what it writes, what it refuses, and how it stops."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import torch
from PIL import Image

from simplifiedclip import cli, doctor, options, pictures, presets
from simplifiedclip.errors import UserError
from simplifiedclip.presets import FitSettings, Settings
from small_world import FakeEncoder, enter_small_world

PROMPT = "She is standing up straight. Both her arms are straight above her head."
QUICK = ["--image-size", "32", "--passes", "4", "--cameras", "0,90"]
RUN_FILES = {"pose.npz", "mesh.glb", "render.png", "quad.png", "loss.png", "losses.csv", "run.json"}


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


Cli = Callable[..., Outcome]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run a command in an empty folder, with a small body, a small encoder and small pictures."""
    enter_small_world(monkeypatch)
    monkeypatch.chdir(tmp_path)

    def run(*argv: str | Path) -> Outcome:
        code = cli.main([str(word) for word in argv])
        said = capsys.readouterr()
        return Outcome(code, said.out, said.err)

    return run


def refused(outcome: Outcome, *words: str) -> None:
    """Check that it is one sentence on standard error, exit code 2, and that nothing was written."""
    assert outcome.code == 2, outcome
    assert outcome.out == ""
    assert outcome.err.startswith("error: ") and outcome.err.endswith(".\n"), outcome.err
    assert outcome.err.count("\n") == 1 and "Traceback" not in outcome.err
    for word in words:
        assert word in outcome.err
    assert FakeEncoder.images == 0, "no pass was made"


def everything(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def stop_at(monkeypatch: pytest.MonkeyPatch, index: int, action: Callable[[], float]) -> None:
    """Let pass `index` of the objective do something else."""
    from simplifiedclip import optimize as module

    real, count = module.prompt_loss, iter(range(10**6))

    def prompt_loss(*args: object, **kwargs: object) -> torch.Tensor:
        loss = real(*args, **kwargs)  # type: ignore[arg-type]
        return loss * action() if next(count) == index else loss

    monkeypatch.setattr(module, "prompt_loss", prompt_loss)


# --- generate ---------------------------------------------------------------------------------------------


def test_generate_writes_the_run(run: Cli, tmp_path: Path) -> None:
    # Without limits: a kept pose that is put inside them is measured again, and is no row of the table.
    quick = [*QUICK, "--limits-weight", "0"]
    outcome = run("generate", PROMPT, *quick, "--freeze", "lower-body,head", "--seed", 3)
    assert outcome.code == 0, outcome
    (folder,) = (tmp_path / "runs").iterdir()
    assert folder.name.startswith("she-is-standing-up-straight")
    assert f"runs/{folder.name}" in outcome.out, "it says where"
    assert {path.name for path in folder.iterdir()} == RUN_FILES

    with np.load(folder / "pose.npz", allow_pickle=False) as pose:
        assert pose["poses"].shape == (1, 72) and pose["joints"].shape == (24, 3)
        assert np.abs(pose["poses"]).max() > 0, "it moved"
        assert np.all(pose["poses"].reshape(24, 3)[[1, 2, 4, 5, 7, 8, 10, 11]] == 0), "what is frozen did not"
    about = json.loads((folder / "run.json").read_text())
    assert about["prompt"] == PROMPT and about["text"].endswith(PROMPT)
    assert about["seed"] == 3 and about["settings"]["freeze"] == ["lower-body", "head"]
    assert about["encoder"]["name"] == "fake" and about["versions"]["torch"] == torch.__version__
    losses = (folder / "losses.csv").read_text().splitlines()
    assert losses[0].startswith("pass,loss") and len(losses) == 1 + 4
    assert about["loss"] == pytest.approx(min(float(line.split(",")[1]) for line in losses[1:]))
    for name, size in (("render.png", 768), ("quad.png", 2 * 480)):
        picture = Image.open(folder / name)
        assert picture.width >= size and np.asarray(picture).std() > 5, f"{name} shows something"
    assert (folder / "mesh.glb").read_bytes()[:4] == b"glTF"


def test_progress_goes_to_standard_error(run: Cli) -> None:
    outcome = run("generate", PROMPT, *QUICK, "--out", "a")
    assert "pass    4/4  loss" in outcome.err and "left" in outcome.err
    assert "pass    4/4" not in outcome.out
    quiet = run("generate", PROMPT, *QUICK, "--out", "b", "--quiet")
    assert quiet.err == "" and quiet.out.strip() == "b"


def test_a_run_can_be_run_again_from_its_json(run: Cli, tmp_path: Path) -> None:
    run("generate", PROMPT, *QUICK, "--objective", "ip", "--seed", 5, "--init", "random", "--out", "a")
    run("generate", PROMPT, "--config", "a/run.json", "--out", "b")
    first, second = (np.load(tmp_path / name / "pose.npz")["poses"] for name in "ab")
    assert np.array_equal(first, second)


def test_precedence_is_preset_config_options(tmp_path: Path) -> None:
    config = tmp_path / "mine.yaml"
    config.write_text("lr: 0.5\npasses: 7\nip-lambda: 0.25\n")
    args = ["x", "--preset", "paper-single", "--config", str(config), "--passes", "9", "--no-ground"]
    _, settings = options.parse_with_settings(cli.Generate, Settings, args, "generate")
    assert (settings.cameras, settings.image_size) == ("single", 244), "the preset's"
    assert (settings.lr, settings.ip_lambda) == (0.5, 0.25), "the file's"
    assert settings.passes == 9, "the command line's"


@pytest.mark.parametrize(("kind", "command"), [(Settings, cli.Generate), (FitSettings, cli.Fit)])
def test_every_setting_is_an_option_with_help(
    kind: type, command: type, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        options.parse_with_settings(command, kind, ["--help"], "prog")
    shown = capsys.readouterr().out
    docs = options.field_docs(kind)
    for name in kind.__dataclass_fields__:  # type: ignore[attr-defined]
        assert f"--{name.replace('_', '-')}" in shown, name
        assert docs.get(name), f"{name} needs a docstring"
    assert "examples:" in shown


# --- what is refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["generate", ""], ["prompt is empty"]),
        (["generate", "  \n"], ["prompt is empty"]),
        (["generate"], ["PROMPT is missing", "--help"]),
        (["generate", " ".join(["arm"] * 80)], ["too long", "remove"]),
        (["generate", PROMPT, "--freeze", "left_elbo"], ["left_elbo", "left_elbow"]),
        (["generate", PROMPT, "--freeze", "uper-body"], ["uper-body", "upper-body"]),
        (["generate", PROMPT, "--encoder", "posclip"], ["posclip", "poseclip"]),
        (["generate", PROMPT, "--encoder", "./nowhere"], ["./nowhere"]),
        (["generate", PROMPT, "--preset", "bst"], ["bst", "best"]),
        (["generate", PROMPT, "--config", "none.yaml"], ["none.yaml"]),
        (["generate", PROMPT, "--body", "none.npz"], ["none.npz"]),
        (["generate", PROMPT, "--init", "none.npz"], ["none.npz"]),
        (["generate", PROMPT, "--device", "cuda:99"], ["cuda:99", "cpu"]),
        (["generate", PROMPT, "--device", "tpu"], ["tpu", "cpu"]),
        (["generate", PROMPT, "--gender", "mail"], ["mail", "male"]),
        (["generate", PROMPT, "--passes", "0"], ["passes", "at least 1"]),
        (["generate", PROMPT, "--passes", "ten"], ["passes", "ten"]),
        (["generate", PROMPT, "--cameras", "six"], ["cameras", "six"]),
        (["generate", PROMPT, "--betas", "1,2"], ["betas"]),
        (["generate", PROMPT, "--frezze", "arms"], ["--frezze", "--freeze"]),
        (["generate", "She", "is", "sitting."], ["one argument too many", "quotes"]),
        (["generate", PROMPT, "--out", ""], ["--out"]),
        (["fit"], ["pose .npz"]),
        (["fit", "none.npz"], ["none.npz"]),
        (["fit", "a.png"], ["cameras", "1 picture"]),
        (["render", "none.npz"], ["none.npz"]),
        (["render", "pose.npz", "--out", "x.bmp"], [".png"]),
        (["render", "pose.npz", "--fov", "180"], ["--fov"]),
        (["score", "none.npz", "sitting"], ["none.npz"]),
        (["score", "pose.npz"], ["prompt"]),
        (["score", "pose.npz", " "], ["empty"]),
        (["train", "clip"], ["clip", "poseclip"]),
        (["train", "poseclip", "--size", "tyni"], ["tyni", "tiny"]),
        (["train", "poseclip", "--set", "posses=3"], ["posses", "poses"]),
        (["generat", PROMPT], ["generat", "generate"]),
        (["--verson"], ["--verson"]),
    ],
)
def test_refused(run: Cli, tmp_path: Path, argv: list[str], words: list[str]) -> None:
    refused(run(*argv), *words)
    assert everything(tmp_path) == set()


def test_files_that_are_refused(run: Cli, tmp_path: Path) -> None:
    np.savez(tmp_path / "short.npz", poses=np.zeros((1, 70)), betas=np.zeros(10), trans=np.zeros((1, 3)))
    (tmp_path / "damaged.npz").write_bytes(b"PK\x03\x04 and then nothing")
    np.savez(tmp_path / "lacking.npz", v_template=np.zeros((4, 3)))
    Image.new("L", (32, 32)).save(tmp_path / "grey.png")
    Image.new("RGB", (32, 20)).save(tmp_path / "wide.png")
    (tmp_path / "empty.png").touch()
    (tmp_path / "bad.toml").write_text("lr = = 1")
    (tmp_path / "unknown.yaml").write_text("pases: 3")
    before = everything(tmp_path)
    refused(run("render", "short.npz"), "poses", "(1, 70)", "72")
    refused(run("fit", "short.npz"), "(1, 70)")
    refused(run("score", "short.npz", PROMPT), "(1, 70)")
    refused(run("generate", PROMPT, "--init", "short.npz"), "(1, 70)")
    refused(run("render", "damaged.npz"), "damaged")
    refused(run("generate", PROMPT, "--body", "damaged.npz"), "damaged")
    refused(run("generate", PROMPT, "--body", "lacking.npz"), "lacks")
    refused(run("fit", "grey.png", "--cameras", "0"), "1 channel", "RGB")
    refused(run("fit", "wide.png", "--cameras", "0"), "32×20")
    refused(run("fit", "empty.png", "--cameras", "0"), "empty.png")
    refused(run("generate", PROMPT, "--config", "bad.toml"), "bad.toml", "TOML")
    refused(run("generate", PROMPT, "--config", "unknown.yaml"), "pases", "passes")
    assert everything(tmp_path) == before


@pytest.mark.parametrize("command", ["generate", "fit"])
def test_places_that_are_refused(run: Cli, tmp_path: Path, command: str) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").touch()
    (tmp_path / "file").touch()
    before = everything(tmp_path)
    refused(run(command, PROMPT, "--out", "full"), "full is not empty", "--overwrite")
    refused(run(command, PROMPT, "--out", "file"), "is a file")
    refused(run(command, PROMPT, "--out", "file/run"), "is a file")
    assert everything(tmp_path) == before


def test_overwrite(run: Cli, tmp_path: Path) -> None:
    assert run("generate", PROMPT, *QUICK, "--out", "a").code == 0
    refused_again = run("generate", PROMPT, *QUICK, "--out", "a")
    assert refused_again.code == 2
    assert run("generate", PROMPT, *QUICK, "--passes", 2, "--out", "a", "--overwrite").code == 0
    assert len((tmp_path / "a" / "losses.csv").read_text().splitlines()) == 1 + 2


@pytest.mark.skipif(not os.access("/dev/full", os.W_OK), reason="there is no /dev/full here")
def test_no_space_left_while_writing(run: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = pictures.loss_plot

    def loss_plot(path: Path, *args: object, **kwargs: object) -> None:
        path.symlink_to("/dev/full")
        real(path, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(pictures, "loss_plot", loss_plot)
    outcome = run("generate", PROMPT, *QUICK, "--out", "a/b", "--quiet")
    assert (
        outcome.code == 2
        and outcome.err
        == "error: There is no space left to write a/b; free some, or write to another disk.\n"
    )
    assert everything(tmp_path) == set()


# --- how runs stop ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_loss_that_is_not_finite_saves_the_best_pose(
    run: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: float
) -> None:
    stop_at(monkeypatch, 2, lambda: bad)
    outcome = run("generate", PROMPT, *QUICK, "--out", "a", "--quiet")
    assert outcome.code == 1
    assert (
        "pass 3 is not finite" in outcome.err
        and "best pose so far" in outcome.err
        and "saved in a" in outcome.err
    )
    assert {path.name for path in (tmp_path / "a").iterdir()} == RUN_FILES
    about = json.loads((tmp_path / "a" / "run.json").read_text())
    assert about["stopped"] == "not finite" and about["passes"] == 2 and about["best_pass"] in (1, 2)


def test_not_finite_from_the_start_saves_the_start(
    run: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_at(monkeypatch, 0, lambda: math.nan)
    outcome = run("generate", PROMPT, *QUICK, "--init", "zero", "--out", "a", "--quiet")
    assert outcome.code == 1 and "pass 1 is not finite" in outcome.err
    assert json.loads((tmp_path / "a" / "run.json").read_text())["loss"] is None
    assert np.all(np.load(tmp_path / "a" / "pose.npz")["poses"] == 0)


def test_interrupt_saves_the_best_pose(run: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stop_at(monkeypatch, 3, lambda: signal.raise_signal(signal.SIGINT) or 1.0)
    outcome = run("generate", PROMPT, *QUICK, "--out", "a", "--quiet")
    assert outcome.code == 130
    assert "Interrupted in pass 4" in outcome.err and "best pose so far" in outcome.err
    assert {path.name for path in (tmp_path / "a").iterdir()} == RUN_FILES


def test_interrupt_before_the_first_pass_writes_nothing(
    run: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_at(monkeypatch, 0, lambda: signal.raise_signal(signal.SIGINT) or 1.0)
    outcome = run("generate", PROMPT, *QUICK, "--out", "a", "--quiet")
    assert outcome.code == 130 and "nothing was written" in outcome.err
    assert everything(tmp_path) == set()


# --- fit, render, score -----------------------------------------------------------------------------------


@pytest.fixture
def pose(run: Cli, tmp_path: Path) -> Path:
    """A pose file with both arms a little raised."""
    poses = np.zeros((24, 3), np.float32)
    poses[16, 2], poses[17, 2] = 0.4, -0.4
    path = tmp_path / "raised.npz"
    np.savez(path, poses=poses.reshape(1, 72), betas=np.zeros(10), trans=np.zeros((1, 3)), gender="neutral")
    return path


def test_fit_a_pose(run: Cli, tmp_path: Path, pose: Path) -> None:
    # Fewer passes or the plain distance find it on some processors only: rounding decides.
    enough = ["--passes", 60, "--image-size", 64, "--cameras", "five", "--searches", 0]
    outcome = run("fit", pose, *QUICK, *enough)
    assert outcome.code == 0, outcome
    folder = tmp_path / "runs" / "fit-raised"
    assert {path.name for path in folder.iterdir()} == RUN_FILES | {"comparison.png"}
    about = json.loads((folder / "run.json").read_text())
    assert about["joint_error_mm"] < 60, "the zero pose is further away"
    assert f"mean joint error {about['joint_error_mm']:.1f} mm" in outcome.out
    assert Image.open(folder / "comparison.png").width > 2 * 320


def test_fit_pictures(run: Cli, tmp_path: Path, pose: Path) -> None:
    for azimuth in (0, 90):
        lens = ["--azimuth", azimuth, "--distance", "2.25", "--fov", "60", "--size", "64"]
        run("render", pose, *lens, "--no-ground", "--out", f"{azimuth}.png")
    options = ["fit", "0.png", "90.png", *QUICK, "--image-size", "64", "--out"]
    assert run(*options, "a").code == 0
    assert "joint_error_mm" not in json.loads((tmp_path / "a" / "run.json").read_text()), (
        "nothing tells the truth"
    )
    assert "mean joint error" in run(*options, "b", "--truth", pose).out
    refused_one = run("fit", "0.png", *QUICK)
    assert refused_one.code == 2 and "2 cameras but 1 picture" in refused_one.err


def test_render(run: Cli, tmp_path: Path, pose: Path) -> None:
    outcome = run("render", pose, "--no-ground")
    assert outcome.code == 0 and outcome.out == "raised.png\n"
    front = np.asarray(Image.open(tmp_path / "raised.png"), float)
    assert front.shape == (768, 768, 3)
    ink = np.abs(front - front[0, 0]).max(-1) > 24
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    assert columns[0] > 8 and columns[-1] < 759 and rows[0] > 8, "all of the body is in the picture"
    assert columns[-1] - columns[0] > 500, "and fills it"
    exists = run("render", pose)
    assert exists.code == 2 and "exists" in exists.err
    run("render", pose, "--azimuth", "180", "--out", "back.png", "--elevation", "-10")
    back = np.asarray(Image.open(tmp_path / "back.png"), float)
    assert np.abs(back - front).mean() > 1
    run("render", pose, "--view", "quad", "--size", "64")
    assert Image.open(tmp_path / "raised-quad.png").width > 128
    run("render", pose, "--view", "turntable", "--size", "48", "--out", "turn.gif")
    gif = Image.open(tmp_path / "turn.gif")
    assert gif.n_frames >= 24 and gif.size == (48, 48) and gif.info.get("loop") == 0  # type: ignore[attr-defined]


def test_score(run: Cli, pose: Path) -> None:
    prompts = ["She is sitting.", "Both her arms are raised.", "She is running."]
    outcome = run("score", pose, *prompts, "--image-size", "32", "--cameras", "0,90", "--json")
    scores = json.loads(outcome.out)["scores"]
    assert [score["prompt"] for score in scores] == prompts
    assert all(-1 <= score["similarity"] <= 1 for score in scores)
    assert len({score["similarity"] for score in scores}) == 3
    table = run("score", pose, *prompts, "--image-size", "32", "--cameras", "0,90").out
    best = max(scores, key=lambda score: score["similarity"])
    assert best["prompt"] in table.splitlines()[1], "the best stands first"
    assert f"{best['similarity']:.4f}" in table


# --- the rest ---------------------------------------------------------------------------------------------


def test_doctor_tells_what_does_not_work(run: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_poseclip", lambda: "embedded")
    monkeypatch.setattr(doctor, "_embedded_body", lambda _: "13,000 vertices")
    working = run("doctor")
    assert working.code == 0 and "The default run works here" in working.out
    for word in (
        "torch",
        "embedded neutral",
        "official SMPL",
        "poseclip",
        "clip-vit-base-patch32",
        "cpu",
        "cuda",
    ):
        assert word in working.out

    def missing() -> str:
        raise UserError("The weights of PoseCLIP are missing; install simplifiedclip again.")

    monkeypatch.setattr(doctor, "_poseclip", missing)
    broken = run("doctor", "--json")
    assert broken.code == 1
    report = json.loads(broken.out)
    (finding,) = [finding for finding in report["findings"] if finding["state"] == "broken"]
    assert not report["usable"] and finding["name"] == "poseclip" and "install" in finding["remedy"]


def test_train_hands_over(run: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from simplifiedclip.training import poseclip

    calls = []
    monkeypatch.setattr(poseclip, "train_poseclip", lambda *args, **kwargs: calls.append((args, kwargs)))
    settings = ["--set", "poses=120", "--set", "text-lr=0.5"]
    outcome = run(
        "train", "poseclip", "--size", "tiny", *settings, "--out", "t", "--device", "cpu", "--fresh"
    )
    assert outcome.code == 0 and "t/weights" in outcome.out
    ((config, out), kwargs) = calls[0]
    assert (config.size, config.poses, config.text_lr, out) == ("tiny", 120, 0.5, Path("t"))
    assert kwargs == {"mocap": None, "resume": False, "device": "cpu"}


def test_help_and_version(run: Cli) -> None:
    shown = run("--help")
    assert shown.code == 0
    for command in ("generate", "fit", "render", "score", "train", "doctor"):
        assert command in shown.out
        own = run(command, "--help")
        assert own.code == 0 and f"usage: simplifiedclip {command}" in own.out
        assert max(map(len, own.out.splitlines())) <= 100, "lines that fit"
    from simplifiedclip import __version__

    assert run("--version").out.strip() == f"simplifiedclip {__version__}"
    assert run().code == 2


HEAVY = ("torch", "warp", "transformers", "scipy", "matplotlib")


@pytest.mark.parametrize("argv", [["--help"], ["--version"], ["generate", "--help"], ["fit", "--help"], None])
def test_light_start(argv: list[str] | None) -> None:
    call = "" if argv is None else f"from simplifiedclip.cli import main; main({argv!r});"
    code = f"import sys, simplifiedclip; {call} print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_public_names_are_there() -> None:
    import simplifiedclip

    for name in simplifiedclip.__all__:
        assert getattr(simplifiedclip, name) is not None
        assert name in dir(simplifiedclip)
    assert simplifiedclip.Settings is presets.Settings
    with pytest.raises(AttributeError, match="nothing_such"):
        simplifiedclip.nothing_such  # noqa: B018


@pytest.mark.skipif(os.name != "posix", reason="pipes close in other ways elsewhere")
def test_a_closed_pipe_is_quiet() -> None:
    code = "import sys; from simplifiedclip.cli import main; sys.exit(main(['--help']))"
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([sys.executable, "-c", code], stdout=writer, stderr=subprocess.PIPE, text=True)
    os.close(writer)
    assert done.stderr == "" and done.returncode == 0
