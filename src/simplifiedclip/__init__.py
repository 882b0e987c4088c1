"""SimplifiedCLIP: text in, a posed 3D human out."""

__version__ = "0.1.0"
