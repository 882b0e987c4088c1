"""The command line: ``simplifiedclip generate | fit | render | score | train | evaluate | …``.

Each command reads its arguments, checks what is cheap to check before any long work, and hands over to the
library. Whatever a user can mend is one sentence on standard error and exit code 2.
"""

from __future__ import annotations

import io
import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import tyro

from . import __version__
from .errors import UserError, nearest
from .options import given, list_option, parse, parse_with_settings, shown
from .outputs import check_file, check_folder, free_folder, slug, whole_file
from .presets import FitSettings, Settings, load_settings
from .progress import EvaluationProgress, IndexProgress, PassProgress, readable_time

if TYPE_CHECKING:
    from .benchmark.selection import Subset
    from .optimize import Result

PROG = "simplifiedclip"

OVERVIEW = f"""\
usage: {PROG} COMMAND …

Text in, a posed 3D human out.

commands:
  generate PROMPT         find the pose that a prompt describes
  fit TARGET…             find the pose in pictures (or of another pose's render)
  render POSE.npz         picture, four views or a turntable of a pose
  score POSE.npz PROMPT…  how well prompts describe a pose
  train poseclip | prior  train the embedded encoder or the pose prior again
  evaluate                how many of the pose benchmark's prompts come out right
  reproduce [FIGURE…]     the paper's experiments, and a report beside the paper
  doctor                  what is installed and usable here, and what to do about the rest

options:
  -h, --help              this help; {PROG} COMMAND --help for a command's own
  --version               the version

example:
  {PROG} generate "She is standing up straight. Both her arms are straight above her head."
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    0: done. 1: the run stopped early and its best pose so far was saved. 2: the input was refused and nothing
    was written. 130: interrupted.
    """
    # Threads that spin while they wait stall everything on a machine that has other work to do.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    args = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without a letter shows "?" instead of failing
    try:
        code = _dispatch(args)
        sys.stdout.flush()
    except UserError as error:
        _say_error(str(error))
        code = 2
    except KeyboardInterrupt:
        _say("Interrupted; nothing was written.")
        code = 130
    except BrokenPipeError:
        # The reader (head, less) has gone: end quietly, and keep Python from flushing into the pipe at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    return code


def _dispatch(args: list[str]) -> int:
    if not args:
        _say(OVERVIEW)
        return 2
    command, rest = args[0], args[1:]
    if command in ("-h", "--help", "help"):
        print(OVERVIEW)
        return 0
    if command in ("--version", "-V"):
        print(f"{PROG} {__version__}")
        return 0
    if command not in _COMMANDS:
        kind = "option" if command.startswith("-") else "command"
        raise UserError(f"There is no {kind} '{command}'{nearest(command, _COMMANDS)}; see {PROG} --help.")
    try:
        return _COMMANDS[command](rest)
    except SystemExit as stop:  # the parser has printed the help that was asked for
        return int(stop.code or 0)


def _say(text: str) -> None:
    print(text.rstrip("\n"), file=sys.stderr, flush=True)


def _say_error(text: str) -> None:
    sentence = " ".join(text.split()).rstrip(".")
    if re.match(r"[a-z]+[ ,]", sentence):  # a word, and not a path or a name
        sentence = sentence[0].upper() + sentence[1:]
    _say(f"error: {sentence}.")


# --- generate ---------------------------------------------------------------------------------------------


@dataclass
class Generate:
    """Find the pose that a prompt describes, through body, renderer and encoder.

    It is written as pose.npz and mesh.glb (rigged), with pictures, losses and run.json.

    Options count over those of --config, and these over those of --preset.

    examples:
      simplifiedclip generate "She is sitting."
      simplifiedclip generate "Her left arm is raised." --freeze lower-body --passes 80 --out raised
      simplifiedclip generate "She is running." --preset paper-five --encoder ./clip-folder
      simplifiedclip generate "He is bowing." --encoder poseclip,openai/clip-vit-base-patch32
    """

    prompt: Annotated[str, tyro.conf.Positional, shown("PROMPT", "")]
    """What the body does, in a sentence or some."""
    preset: Annotated[str | None, shown("NAME", "(default: best)")] = None
    """paper-single, paper-five, paper-frozen, retrieval or best."""
    config: Annotated[str | None, shown("FILE", "")] = None
    """YAML, TOML or JSON file with any of the options; also an earlier run.json, to run it again."""
    out: Annotated[str | None, shown("FOLDER", "(default: a new folder in runs/)")] = None
    """Folder to write into."""
    overwrite: Annotated[bool, tyro.conf.FlagCreatePairsOff, shown(None, "")] = False
    """Replace the run that is in --out."""
    quiet: Annotated[bool, tyro.conf.FlagCreatePairsOff, shown(None, "")] = False
    """Show no progress; print only the folder."""


def _generate(args: list[str]) -> int:
    request, settings = parse_with_settings(Generate, Settings, args, f"{PROG} generate")
    prompt = request.prompt.strip()
    if not prompt:
        raise UserError('The prompt is empty; describe the pose in a sentence, for example "She is sitting."')
    out = _folder_for(request, prompt)
    _check_body_file(settings.body)

    from .encoders.factory import check_name, load_encoder

    check_name(settings.encoder)

    from .codebook import Codebook
    from .optimize import free_joints, optimize, planned_passes, whole_prompt
    from .stage import Stage

    free_joints(settings)
    stage = Stage(settings)
    encoder = load_encoder(
        settings.encoder, str(stage.device), settings.encoder_dtype, resize=settings.encoder_resize
    )
    encoder.embed_text([whole_prompt(prompt, settings)])  # refuses one that is too long before any work
    if settings.init == "retrieval":
        with IndexProgress(encoder.name, quiet=request.quiet) as told:
            Codebook.load(encoder, stage, size=settings.codebook, progress=told)
    with PassProgress(planned_passes(settings, encoder), quiet=request.quiet) as progress:
        result = optimize(prompt, settings, progress, encoder=encoder, stage=stage)
    return _finish(
        request, out, result, prompt=prompt, stage=stage, encoder=encoder, facts={"command": "generate"}
    )


# --- fit --------------------------------------------------------------------------------------------------


@dataclass
class Fit:
    """Find the pose of the body in pictures, through body and renderer.

    TARGET is a pose.npz, which is rendered from the cameras first, or pictures:

    one PNG for each of --cameras, square, on a plain background or transparent.

    It writes what generate writes, and comparison.png.

    examples:
      simplifiedclip fit pose.npz --out fitted
      simplifiedclip fit front.png side.png --cameras 0,90
    """

    target: Annotated[tuple[str, ...], tyro.conf.Positional, shown("TARGET", "")]
    """A pose .npz, or one picture per camera."""
    truth: Annotated[str | None, shown("POSE.npz", "")] = None
    """The pose that the pictures show, to measure the joints' error."""
    preset: Annotated[str | None, shown("NAME", "(default: best)")] = None
    """paper-single, paper-five, paper-frozen or best."""
    config: Annotated[str | None, shown("FILE", "")] = None
    """YAML, TOML or JSON file with any of the options; also an earlier run.json, to run it again."""
    out: Annotated[str | None, shown("FOLDER", "(default: a new folder in runs/)")] = None
    """Folder to write into."""
    overwrite: Annotated[bool, tyro.conf.FlagCreatePairsOff, shown(None, "")] = False
    """Replace the run that is in --out."""
    quiet: Annotated[bool, tyro.conf.FlagCreatePairsOff, shown(None, "")] = False
    """Show no progress; print only the folder."""


def _fit(args: list[str]) -> int:
    request, settings = parse_with_settings(Fit, FitSettings, args, f"{PROG} fit")
    if not request.target:
        raise UserError("Nothing to fit; give a pose .npz or one picture (PNG) per camera.")
    out = _folder_for(request, f"fit {Path(request.target[0]).stem}")
    _check_body_file(settings.body)

    import torch

    from . import pictures
    from .export.npz import load_pose
    from .fit import fit, joint_error, load_targets
    from .optimize import free_joints
    from .stage import Stage

    free_joints(settings)
    truth = torch.as_tensor(load_pose(request.truth).theta) if request.truth else None
    stage = Stage(settings)
    targets = load_targets(request.target, stage)
    with PassProgress(settings.passes, quiet=request.quiet) as progress:
        result = fit(targets, settings, progress, stage=stage)

    truth = targets.theta if truth is None else truth
    facts: dict[str, Any] = {"command": "fit", "targets": list(request.target)}
    if truth is not None:
        shape = result.betas[None] if targets.betas is None else targets.betas[None].cpu()
        body = stage.body
        true_joints = body.joints(truth[None].to(body.device), shape.to(body.device))[0].cpu()
        facts["joint_error_mm"] = round(1000 * float(joint_error(result.joints.cpu(), true_joints)), 2)

    def compare(folder: Path) -> None:
        pictures.comparison(stage, targets, result).save(folder / "comparison.png")

    return _finish(request, out, result, stage=stage, facts=facts, more=compare)


# --- render -----------------------------------------------------------------------------------------------


@dataclass
class Render:
    """Render a pose: one picture, four views, or a turntable GIF.

    Without --distance the camera goes as near as shows all of the body.

    With it, the camera looks at the origin, as those of a run do.

    examples:
      simplifiedclip render runs/she-is-sitting/pose.npz
      simplifiedclip render pose.npz --view turntable --out turning.gif
      simplifiedclip render pose.npz --azimuth -30 --elevation 20 --texture grey --no-ground
    """

    pose: Annotated[str, tyro.conf.Positional, shown("POSE.npz", "")]
    """A pose file of a run, or an AMASS file (its first pose)."""
    out: Annotated[str | None, shown("FILE", "(default: the pose's name and the view's, here)")] = None
    """Picture to write: .png or .jpg, .gif for a turntable."""
    view: Literal["picture", "quad", "turntable"] = "picture"
    """What to render: one picture, four views a quarter turn apart, or a turntable."""
    azimuth: Annotated[float | None, shown("DEGREES", "(default: 25; 45 for a quad)")] = None
    """Where the camera stands around the body; 0 is in front of it, positive towards its left side."""
    elevation: Annotated[float | None, shown("DEGREES", "(default: 5, or up to 20 for a body that lies)")] = (
        None
    )
    """How high the camera stands."""
    distance: Annotated[float | None, shown("METRES", "(default: all of the body)")] = None
    """Distance of the camera from the origin."""
    fov: Annotated[float, shown("DEGREES")] = 30.0
    """Field of view."""
    size: Annotated[int | None, shown("PIXELS", "(default: 768; 480 for a quad, 360 for a turntable)")] = None
    """Side of a view."""
    texture: Annotated[str, shown("NAME|FILE")] = "human"
    """human, grey, human-faces, or a .png, .npy or .npz file."""
    gender: Annotated[str | None, shown("NAME", "(default: the pose file's)")] = None
    """Embedded body: female, male or neutral."""
    body: Annotated[str | None, shown("FILE", "")] = None
    """An SMPL model file instead of the embedded body."""
    shader: Literal["phong", "gouraud", "flat", "silhouette"] = "phong"
    """Shader."""
    ground: bool = True
    """Put a ground with a shadow under the body."""
    overwrite: Annotated[bool, tyro.conf.FlagCreatePairsOff, shown(None, "")] = False
    """Replace the picture where it exists."""


def _render(args: list[str]) -> int:
    request = parse(Render, args, f"{PROG} render")
    ending = ".gif" if request.view == "turntable" else ".png"
    kind = "" if request.view == "picture" else f"-{request.view}"
    name = Path(request.out) if request.out else Path(f"{Path(request.pose).stem}{kind}{ending}")
    allowed = (".gif",) if request.view == "turntable" else (".png", ".jpg", ".jpeg")
    if name.suffix.lower() not in allowed:
        raise UserError(f"The file {name} must end in {' or '.join(allowed)} for --view {request.view}.")
    for field, low, high in (
        ("fov", 1, 179),
        ("elevation", -90, 90),
        ("distance", 0.01, 1000),
        ("size", 16, 4096),
    ):
        value = getattr(request, field)
        if value is not None and not low <= value <= high:
            raise UserError(f"--{field} must be between {low} and {high}, not {value:g}.")
    path = check_file(name, overwrite=request.overwrite)
    _check_body_file(request.body)

    from . import pictures
    from .body.smpl import SMPL
    from .body.textures import body_texture
    from .export.npz import load_pose

    pose = load_pose(request.pose)
    body = SMPL.from_file(request.body) if request.body else SMPL.embedded(request.gender or pose.gender)
    # The camera follows the body, so where it stands in the world does not matter.
    posed = pictures.Posed.of(body, body_texture(request.texture, body), pose.theta, pose.betas)
    lens = pictures.Lens(elevation=request.elevation, fov=request.fov, distance=request.distance)
    options: dict[str, Any] = {"lens": lens, "ground": request.ground, "shader": request.shader}
    if request.size is not None:
        options["size"] = request.size
    if request.azimuth is not None:
        options["azimuth"] = request.azimuth
    with whole_file(path, overwrite=request.overwrite) as temporary:
        if request.view == "turntable":
            pictures.turntable(posed, temporary, **options)
        else:
            draw = pictures.quad if request.view == "quad" else pictures.portrait
            draw(posed, **options).save(temporary)
    print(path)
    return 0


# --- score ------------------------------------------------------------------------------------------------


@dataclass
class Score:
    """Print how similar prompts are to a pose.

    It is the cosine of each prompt's embedding with the mean of the pictures' (LoAE).

    example:
      simplifiedclip score pose.npz "She is sitting." "She is running." "Both her arms are raised."
    """

    pose: Annotated[str, tyro.conf.Positional, shown("POSE.npz", "")]
    """A pose file of a run, or an AMASS file (its first pose)."""
    prompts: Annotated[tuple[str, ...], tyro.conf.Positional, shown("PROMPT", "")]
    """Prompts; the scene sentence goes in front of each."""
    preset: Annotated[str | None, shown("NAME", "(default: best)")] = None
    """paper-single, paper-five, paper-frozen or best."""
    config: Annotated[str | None, shown("FILE", "")] = None
    """YAML, TOML or JSON file with any of the options."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff, shown(None, "")] = False
    """Print JSON."""


_SCORED_WITH = (
    "encoder", "encoder_resize", "encoder_dtype", "scene", "gender", "body", "texture", "cameras",
    "elevation", "distance", "fov", "image_size", "shader", "light", "ground", "device",
)  # fmt: skip


def _score(args: list[str]) -> int:
    request, settings = parse_with_settings(Score, Settings, args, f"{PROG} score", only=_SCORED_WITH)
    if not request.prompts:
        raise UserError("There is nothing to score; give one prompt or more after the pose.")
    if not all(prompt.strip() for prompt in request.prompts):
        raise UserError("A prompt is empty; describe a pose in each.")
    _check_body_file(settings.body)

    from .encoders.factory import check_name, load_encoder

    check_name(settings.encoder)

    import torch

    from .export.npz import load_pose
    from .objectives import cosine_distance
    from .prompts import build_prompt, scene_for
    from .stage import Stage

    pose = load_pose(request.pose)
    if not given(args, "--gender") and not settings.body:
        settings = settings.replace(gender=pose.gender)
    stage = Stage(settings)
    encoder = load_encoder(
        settings.encoder, str(stage.device), settings.encoder_dtype, resize=settings.encoder_resize
    )
    scene = scene_for(settings.texture) if settings.scene is None else settings.scene
    texts = [build_prompt(prompt, scene) for prompt in request.prompts]
    with torch.no_grad():
        u = encoder.embed_text(texts)
        rendering = stage.render(torch.as_tensor(pose.theta)[None], torch.as_tensor(pose.betas)[None])
        v = encoder.embed_image(rendering.rgb).mean(0, keepdim=True)
        similarities = (1 - cosine_distance(v, u)).reshape(-1).tolist()
    if request.json:
        scores = [
            {"prompt": prompt, "text": text, "similarity": round(similarity, 6)}
            for prompt, text, similarity in zip(request.prompts, texts, similarities)
        ]
        print(
            json.dumps(
                {"pose": request.pose, "encoder": encoder.name, "scores": scores},
                indent=2,
                ensure_ascii=False,
            )
        )
        return 0

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bright_black")
    table.add_column("similarity", justify="right")
    table.add_column("prompt", overflow="fold")
    for similarity, prompt in sorted(zip(similarities, request.prompts), key=lambda pair: -pair[0]):
        table.add_row(
            f"{similarity:.4f}", Text(prompt), style="bold" if similarity == max(similarities) else None
        )
    Console(highlight=False).print(table)
    return 0


# --- train ------------------------------------------------------------------------------------------------


@dataclass
class Train:
    """Train the embedded encoder, PoseCLIP, on poses and captions that are made for it, or the pose prior.

    Interrupted, it goes on where it stopped when the same command is given again.

    examples:
      simplifiedclip train poseclip --size tiny --out /tmp/try
      simplifiedclip train poseclip --size gpu --device cuda --mocap poses.npz --set text_steps=8000
      simplifiedclip train prior --mocap poses.npz
    """

    what: Annotated[str, tyro.conf.Positional, shown("poseclip|prior", "")]
    """What to train: poseclip or prior."""
    size: Annotated[str, shown("NAME")] = "cpu"
    """Size of the training: tiny (a try, seconds), cpu (hours; of the prior minutes) or gpu (minutes)."""
    config: Annotated[str | None, shown("FILE", "")] = None
    """YAML or JSON file with any of the training settings."""
    set: Annotated[tuple[str, ...], tyro.conf.UseAppendAction, shown("NAME=VALUE", "")] = ()
    """One training setting, over --size and --config; may be given again."""
    out: Annotated[str | None, shown("FOLDER", "runs/WHAT")] = None
    """Folder of the training: checkpoints, log, and the weights in the end."""
    mocap: Annotated[str | None, shown("FILE.npz", "")] = None
    """SMPL poses that join the made ones."""
    device: Annotated[str, shown("NAME")] = "auto"
    """cpu, cuda or auto."""
    fresh: Annotated[bool, tyro.conf.FlagCreatePairsOff, shown(None, "")] = False
    """Refuse to go on with a training that --out holds."""


def _train(args: list[str]) -> int:
    request = parse(Train, args, f"{PROG} train")
    if request.what not in ("poseclip", "prior"):
        raise UserError(
            f"There is nothing to train called '{request.what}'; use {PROG} train poseclip or train prior."
        )

    from .training.config import PRIOR_SIZES, load_train_config

    overrides = _set_values(request.set)
    file = Path(request.config) if request.config else None
    out = check_folder(request.out or f"runs/{request.what}", overwrite=True)
    mocap = Path(request.mocap) if request.mocap else None

    from .stage import find_device

    find_device(request.device)
    try:
        if request.what == "prior":
            from .training.prior import train_prior

            prior = load_train_config(request.size, file, overrides, PRIOR_SIZES)
            train_prior(prior, out, mocap=mocap, resume=not request.fresh, device=request.device)
            print(f"The weights are {out / 'prior.safetensors'}")
            return 0

        from .training.poseclip import train_poseclip

        config = load_train_config(request.size, file, overrides)
        train_poseclip(config, out, mocap=mocap, resume=not request.fresh, device=request.device)
    except KeyboardInterrupt:
        _say(f"Interrupted; give the same command again to go on from the last checkpoint in {out}.")
        return 130
    print(f"The weights are in {out / 'weights'}; use them with --encoder {out / 'weights'}")
    return 0


# --- evaluate ---------------------------------------------------------------------------------------------


@dataclass
class Evaluate:
    """Run the prompts of the pose benchmark and count the poses that do what they say.

    Each prompt has a check of its pose's joints; each preset becomes a column of the table.

    With --out, results.json, results.csv and a contact sheet for each preset are written; given again,

    the same command goes on where it was interrupted.

    examples:
      simplifiedclip evaluate --presets best,retrieval --out evaluated
      simplifiedclip evaluate --presets paper-five --encoder poseclip --passes 100 --limit 16
      simplifiedclip evaluate --groups "one arm,yoga" --set stay-weight=0
    """

    presets: Annotated[list_option("NAME,…"), shown(None, "(default: best)")] = ("best",)  # type: ignore[valid-type]
    """best, retrieval, paper-single, paper-five, paper-frozen"""
    subset: Annotated[str, shown("dev|test|all")] = "dev"
    """Half of the benchmark: dev to tune on, test to report; the terminal shows no prompt of either."""
    groups: Annotated[list_option("NAME,…"), shown(None, "(default: all)")] = ()  # type: ignore[valid-type]
    """Only these groups of prompts."""
    limit: Annotated[int | None, shown("N", "")] = None
    """At most so many prompts, from all groups alike."""
    paper_limit: Annotated[int | None, shown("N", "")] = None
    """At most so many prompts for the paper's presets, which take a minute for each."""
    encoder: Annotated[str | None, shown("NAME,…", "(default: the preset's)")] = None
    """poseclip (embedded), a CLIP's name on the hub, a local folder, or several."""
    passes: Annotated[int | None, shown("N", "(default: the preset's)")] = None
    """At most so many passes for each prompt."""
    seed: Annotated[int | None, shown("N", "(default: the preset's)")] = None
    """Seed of everything random."""
    device: Annotated[str | None, shown("NAME", "(default: the preset's)")] = None
    """cpu, cuda, cuda:N, or auto (cuda where there is one)."""
    config: Annotated[str | None, shown("FILE", "")] = None
    """YAML, TOML or JSON file with any settings, over each preset."""
    set: Annotated[tuple[str, ...], tyro.conf.UseAppendAction, shown("NAME=VALUE", "")] = ()
    """One setting, over --presets and --config; may be given again."""
    out: Annotated[str | None, shown("FOLDER", "")] = None
    """Folder for the results; what is finished in it is kept."""
    overwrite: Annotated[bool, tyro.conf.FlagCreatePairsOff, shown(None, "")] = False
    """Start anew and replace the results in --out."""
    quiet: Annotated[bool, tyro.conf.FlagCreatePairsOff, shown(None, "")] = False
    """Show no progress."""


def _evaluate(args: list[str]) -> int:
    request = parse(Evaluate, args, f"{PROG} evaluate")
    if request.out is not None and not request.out.strip():
        raise UserError("--out is empty; name a folder.")
    if not request.presets:
        raise UserError("--presets names none; the usual one is best.")
    changes = _set_values(request.set)
    for name in ("encoder", "seed", "device"):
        if getattr(request, name) is not None:
            changes[name] = getattr(request, name)
    columns: dict[str, Settings] = {}
    for preset in request.presets:
        settings = load_settings(preset, request.config, changes, kind=Settings)
        if request.passes is not None:
            settings = settings.replace(passes=min(request.passes, settings.passes))
        columns[preset] = settings

    from .benchmark.selection import prompts

    subset = cast("Subset", request.subset)  # it checks it
    prompts(subset, groups=request.groups, limit=request.limit)
    limits: dict[str, int] = {}
    if request.paper_limit is not None:
        if request.paper_limit < 1:
            raise UserError(f"--paper-limit must be at least 1, not {request.paper_limit}")
        limits = {name: request.paper_limit for name in columns if name.startswith("paper")}
    for settings in columns.values():
        _check_body_file(settings.body)

    from .encoders.factory import check_name

    for settings in columns.values():
        check_name(settings.encoder)

    from .benchmark import evaluate

    told = EvaluationProgress(quiet=request.quiet)
    names = " and ".join(dict.fromkeys(settings.encoder for settings in columns.values()))
    try:
        with IndexProgress(names, quiet=request.quiet) as index, told:
            found = evaluate(
                columns,
                subset,
                groups=request.groups,
                limit=request.limit,
                out=request.out,
                overwrite=request.overwrite,
                limits=limits,
                begin=told.begin,
                index=index,
                done=lambda column, _, outcome: told(column, outcome.passed),
            )
    except KeyboardInterrupt:
        if request.out is None:
            raise
        _say(f"Interrupted; what is finished is kept in {request.out}, and the same command goes on.")
        return 130

    from rich.console import Console

    Console(highlight=False).print(found.table())
    if request.out is not None:
        print(Path(request.out).expanduser())
    return 0


# --- reproduce --------------------------------------------------------------------------------------------


@dataclass
class Reproduce:
    """Run the paper's experiments with the paper's settings and with ours, and write a report.

    It is one page, index.html, with the raw numbers beside it as CSV and JSON.

    Interrupted, it goes on where it stopped when the same command is given again.

    examples:
      simplifiedclip reproduce all --quick --out report
      simplifiedclip reproduce fig2 fig10 --encoder openai/clip-vit-base-patch32
    """

    what: Annotated[tuple[str, ...], tyro.conf.Positional, shown("FIGURE", "")] = ()
    """fig2 … fig10, statements, ablation, or all (the default)."""
    out: Annotated[str, shown("FOLDER")] = "report"
    """Folder to write into; what is finished in it is kept."""
    encoder: Annotated[str, shown("NAME")] = "poseclip"
    """Encoder: poseclip (embedded), a CLIP's name on the hub, or a local folder."""
    passes: Annotated[int | None, shown("N", "(default: the paper's 1000, ours by preset)")] = None
    """Most passes of every descent."""
    quick: Annotated[bool, tyro.conf.FlagCreatePairsOff, shown(None, "")] = False
    """Fewer passes, poses and prompts: all of it in under ten minutes on two CPU cores."""
    seed: Annotated[int, shown("N")] = 0
    """Seed of everything random."""
    device: Annotated[str, shown("NAME")] = "cpu"
    """cpu, cuda, cuda:N, or auto (cuda where there is one)."""
    quiet: Annotated[bool, tyro.conf.FlagCreatePairsOff, shown(None, "")] = False
    """Show no progress; print only the page."""


def _reproduce(args: list[str]) -> int:
    request = parse(Reproduce, args, f"{PROG} reproduce")
    if not request.out.strip():
        raise UserError("--out is empty; name a folder.")

    from .experiments.reproduce import budget_for, check_names, check_out, command_line, reproduce

    names = check_names(request.what)
    budget = budget_for(quick=request.quick, passes=request.passes)
    out = check_out(Path(request.out).expanduser())

    from .encoders.factory import check_name

    check_name(request.encoder)

    from .experiments.job import Job, Work
    from .stage import find_device

    find_device(request.device)
    job = Job(
        out,
        budget,
        encoder_name=request.encoder,
        seed=request.seed,
        device=request.device,
        command=command_line(request),
        work=Work(quiet=request.quiet),
    )
    try:
        page = reproduce(job, names)
    except KeyboardInterrupt:
        _say(f"Interrupted; what is finished is kept in {out}, and the same command goes on from there.")
        return 130
    print(page)
    return 0


# --- doctor -----------------------------------------------------------------------------------------------


@dataclass
class Doctor:
    """Say what is installed and usable here, and what to do about the rest.

    The exit code is 0 when the default run works here.
    """

    json: Annotated[bool, tyro.conf.FlagCreatePairsOff, shown(None, "")] = False
    """Print JSON."""


def _doctor(args: list[str]) -> int:
    request = parse(Doctor, args, f"{PROG} doctor")

    from .doctor import examine, report

    return report(examine(), as_json=request.json)


# --- what the commands share ------------------------------------------------------------------------------


def _folder_for(request: Generate | Fit, name: str) -> Path:
    if request.out is not None:
        if not request.out.strip():
            raise UserError("--out is empty; name a folder.")
        return check_folder(request.out, overwrite=request.overwrite)
    return check_folder(free_folder("runs", slug(name)))


def _set_values(given: Sequence[str]) -> dict[str, Any]:
    """Read NAME=VALUE."""
    import yaml

    values = {}
    for setting in given:
        name, equals, value = setting.partition("=")
        if not equals:
            raise UserError(f"--set takes NAME=VALUE, not '{setting}'.")
        try:
            values[name.strip().replace("-", "_")] = yaml.safe_load(value)
        except yaml.YAMLError:
            raise UserError(f"--set cannot read the value of '{setting}'.") from None
    return values


def _check_body_file(path: str | None) -> None:
    # Loading a body comes after importing torch; a wrong path should not take that long.
    if path is not None and not Path(path).expanduser().is_file():
        raise UserError(f"There is no SMPL model file {path}; give the path of a .npz or .pkl file.")


def _finish(request: Generate | Fit, out: Path, result: Result, *, facts: dict[str, Any], **kept: Any) -> int:
    """Save a run, say where it is and how it went, and return the exit code."""
    if result.stopped == "interrupted" and result.best_pass < 0:
        _say("Interrupted before the first pass was done; nothing was written.")
        return 130

    from .runs import save_run

    folder = save_run(out, result, overwrite=request.overwrite, facts=facts, **kept)
    if result.stopped is not None:
        where = (
            f"pass {result.best_pass + 1}, loss {result.loss:.4g}" if result.best_pass >= 0 else "the start"
        )
        what = result.message.partition(";")[0]
        _say(f"{what}; the best pose so far ({where}) is saved in {folder}.")
        return 130 if result.stopped == "interrupted" else 1
    if request.quiet:
        print(folder)
        return 0
    print(f"loss {result.loss:.4g} at pass {result.best_pass + 1} of {len(result.history)}, "
          f"{readable_time(result.seconds)}")  # fmt: skip
    if "joint_error_mm" in facts:
        print(f"mean joint error {facts['joint_error_mm']:.1f} mm (root-aligned)")
    beyond = {name: degrees for name, degrees in result.beyond_limits.items() if degrees >= 1}
    if beyond:
        worst = sorted(beyond.items(), key=lambda item: -item[1])[:4]
        print("beyond human limits: " + ", ".join(f"{name} by {degrees:.0f}°" for name, degrees in worst))
    print(
        f"{folder}{os.sep}  "
        + "  ".join(sorted(file.name for file in folder.iterdir() if file.name[0] != "."))
    )
    return 0


_COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "generate": _generate,
    "fit": _fit,
    "render": _render,
    "score": _score,
    "train": _train,
    "evaluate": _evaluate,
    "reproduce": _reproduce,
    "doctor": _doctor,
}


if __name__ == "__main__":
    sys.exit(main())
