"""A differentiable triangle renderer for CPU and CUDA; it knows meshes, not bodies.

`render` is a chain of few operations, each a module of its own::

    View.project -> rasterize -> barycentrics -> shade -> composite -> edge_gradient
"""

from .cameras import Cameras, View
from .ground import Ground
from .lights import AmbientLight, DirectionalLight, Material, PointLight
from .render import Rendering, render
from .scene import Scene, SoftSettings
from .textures import FaceColors, Texture, UVTexture, VertexColors

__all__ = [
    "AmbientLight",
    "Cameras",
    "DirectionalLight",
    "FaceColors",
    "Ground",
    "Material",
    "PointLight",
    "Rendering",
    "Scene",
    "SoftSettings",
    "Texture",
    "UVTexture",
    "VertexColors",
    "View",
    "render",
]
