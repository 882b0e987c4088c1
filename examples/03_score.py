"""What an encoder thinks of a pose: cosine similarities of sentences and pictures."""

import torch

from simplifiedclip import load_encoder, load_settings
from simplifiedclip.stage import Stage

sentences = ["Both her arms are stretched out to the sides.", "She is sitting.", "She is lying on her back."]
stage = Stage(load_settings("best"))
encoder = load_encoder("poseclip")

with torch.no_grad():
    u = encoder.embed_text(sentences)
    v = encoder.embed_image(stage.render(torch.zeros(1, 24, 3)).rgb).mean(
        0, keepdim=True
    )  # five views, averaged
for sentence, similarity in zip(sentences, torch.cosine_similarity(v, u).tolist()):
    print(f"{similarity:7.3f}  {sentence}")
