"""Files that other programs read: poses as .npz with AMASS keys, rigged bodies as .glb."""
