"""Joint text-image encoders: one protocol, OpenAI-style CLIP, and the embedded PoseCLIP."""

from __future__ import annotations

from simplifiedclip.encoders.factory import encoder_ready, known_encoders, load_encoder
from simplifiedclip.encoders.protocol import Encoder

__all__ = ["Encoder", "encoder_ready", "known_encoders", "load_encoder"]
