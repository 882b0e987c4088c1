"""Joint text-image encoders: one protocol, OpenAI-style CLIP, and the embedded PoseCLIP."""

from __future__ import annotations

from .factory import encoder_ready, known_encoders, load_encoder
from .protocol import Encoder

__all__ = ["Encoder", "encoder_ready", "known_encoders", "load_encoder"]
