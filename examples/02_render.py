"""The renderer by itself: a scene in, pictures out, and gradients back to the camera."""

from pathlib import Path

import torch

from simplifiedclip import SMPL, Cameras, Ground, Scene, body_texture
from simplifiedclip.pictures import to_picture
from simplifiedclip.render import DirectionalLight, render

body = SMPL.embedded()
texture = body_texture("human", body)
scene = Scene(lights=DirectionalLight(direction=(0.5, 1.0, 1.0)), ground=Ground(pattern="checker"))
vertices = body().vertices

azimuth = torch.tensor([0.0, 45.0, 90.0], requires_grad=True)  # three cameras, degrees
image = render(
    vertices, body.faces, texture, Cameras(azimuth=azimuth, elevation=5.0), scene, image_size=256
).image
image[:, :, 3].mean().backward()  # the share of pixels that the body covers
print("turning the cameras by a degree changes the body's share of the picture by", azimuth.grad.tolist())

Path("out").mkdir(exist_ok=True)
for index, view in enumerate(image[0]):
    to_picture(view).save(f"out/view-{index}.png")
