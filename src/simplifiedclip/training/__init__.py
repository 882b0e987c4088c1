"""Training of the embedded encoder: data from the pose grammar, pictures from our own renderer."""
