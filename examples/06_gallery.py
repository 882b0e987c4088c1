"""The pictures of the README: poses that the default settings find for some prompts."""

import sys
from pathlib import Path

from simplifiedclip import load_encoder, load_settings, save_run
from simplifiedclip.optimize import optimize
from simplifiedclip.pictures import Posed, contact_sheet, portrait
from simplifiedclip.stage import Stage

PROMPTS = [
    "She is standing up straight. Both her arms are straight above her head.",
    "sitting cross-legged on the floor, hands on the knees",
    "He proposes to his girlfriend, down on one knee.",
    "Someone kicks as high as they can with the left leg.",
    "a bouncer with his arms folded",
    "A person bows politely.",
    "lying on the back, fast asleep",
    "She stands with her hands on her hips.",
    "doing a handstand",
    "tree pose, standing on the right leg",
    "an archer drawing the bow",
    "a sprinter at full speed",
]

folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images")
folder.mkdir(parents=True, exist_ok=True)
settings = load_settings("best")
stage, encoder = Stage(settings), load_encoder(settings.encoder)
pictures, labels = [], []
for number, prompt in enumerate(PROMPTS):
    result = optimize(prompt, settings, encoder=encoder, stage=stage)
    print(f"{result.seconds:.1f} s, loss {result.loss:.3f}: {prompt}", flush=True)
    save_run(Path("out/gallery") / f"{number:03d}", result, prompt=prompt, overwrite=True)
    posed = Posed.of(stage.body, stage.texture, result.theta, result.betas)
    pictures.append(portrait(posed, size=400))
    labels.append(prompt if len(prompt) < 50 else prompt[:48].rsplit(" ", 1)[0] + " …")
rows = range(0, len(PROMPTS), 4)
contact_sheet([pictures[i : i + 4] for i in rows], [labels[i : i + 4] for i in rows]).save(
    folder / "gallery.png"
)
