"""How often the codebook's nearest pose does what 270 validation prompts say, and one of the nearest few.

    python benchmarks/validation.py [WEIGHTS]

The prompts (validation.txt) are for choosing training settings: more than those of `simplifiedclip evaluate`.
WEIGHTS is a folder of PoseCLIP weights; the shipped ones where left out.
"""

import sys
from pathlib import Path

import numpy as np
import torch

from simplifiedclip.codebook import Codebook
from simplifiedclip.encoders.poseclip import PoseCLIP
from simplifiedclip.poses.posecodes import measure
from simplifiedclip.training.sentences import read_file, which

model = PoseCLIP.load(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
sentences = read_file(Path(__file__).with_name("validation.txt"))
book = Codebook.load(model)
with torch.no_grad():
    near = book.nearest(model.embed_text([sentence.texts[0] for sentence in sentences]), 16).numpy()
right = which(sentences, measure(book.theta.numpy()))
hits = np.take_along_axis(right, near, 1)
for count in (1, 4, 16):
    print(f"right among the nearest {count}: {hits[:, :count].any(1).mean():.1%}")
print(f"{len(sentences)} prompts, {right.any(1).mean():.1%} have a right pose in the codebook")
