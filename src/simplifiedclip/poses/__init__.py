"""Poses that are made, not found: a grammar of pose families, facts measured on poses, and captions."""
