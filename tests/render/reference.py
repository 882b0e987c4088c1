"""The renderer in plain PyTorch: slow, short, double precision if the vertices are, and no custom gradient.

It shares cameras and scene descriptions with `simplifiedclip.render` and nothing of its computation: rays are
intersected with triangles in camera space, visibility is a sort, and the edge gradient is a term of value
zero that autograd differentiates. The tests compare the two, `benchmarks/renderer.py` times them.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import normalize

from simplifiedclip.render import (
    AmbientLight,
    Cameras,
    FaceColors,
    PointLight,
    Scene,
    SoftSettings,
    Texture,
    UVTexture,
    VertexColors,
    View,
)


def render_reference(
    vertices: Tensor,
    faces: Tensor,
    texture: Texture,
    cameras: Cameras,
    scene: Scene,
    image_size: tuple[int, int],
    shader: str = "phong",
    edges: str = "edge",
    soft: SoftSettings | None = None,
) -> tuple[Tensor, Tensor]:
    """Render one body (V, 3): image (C, 4, H, W) and pix_to_face (C, H, W)."""
    views = cameras.view(1, image_size, vertices.device)
    images, seen = [], []
    for n in range(len(views.position)):
        view = View(
            views.rotation[n].to(vertices),
            views.position[n].to(vertices),
            views.focal[n].to(vertices),
            image_size,
            views.perspective,
            views.znear,
            views.zfar,
        )
        image, pix_to_face = _render_view(vertices, faces, texture, view, scene, shader, edges, soft)
        images.append(image)
        seen.append(pix_to_face)
    return torch.stack(images), torch.stack(seen)


def _render_view(
    vertices: Tensor,
    faces: Tensor,
    texture: Texture,
    view: View,
    scene: Scene,
    shader: str,
    edges: str,
    soft: SoftSettings | None,
) -> tuple[Tensor, Tensor]:
    height, width = view.size
    in_camera = (vertices - view.position) @ view.rotation.T
    face, pixel = visible(in_camera.detach(), faces, view)
    pix_to_face = torch.full((height * width,), -1, dtype=torch.long)
    pix_to_face[pixel] = face
    background = torch.as_tensor(scene.background).to(vertices) * (shader != "silhouette")
    if soft is not None:
        return soft_image(
            in_camera, vertices, faces, texture, view, scene, shader, soft, background
        ), pix_to_face
    placed = in_camera.detach() if edges == "edge" else in_camera
    bary, _ = intersect(placed[faces[face]], pixel, view)
    image = torch.cat((background, background.new_zeros(1)))[:, None].repeat(1, height * width)
    colors = shade(vertices, faces, texture, view, scene, shader, face, bary)
    image[:, pixel] = torch.cat((colors, torch.ones_like(colors[:, :1])), 1).T
    image = image.view(4, height, width)
    if edges == "edge":
        image = image + motion(image.detach(), in_camera, faces, face, pixel, bary, view)
    return image, pix_to_face.view(height, width)


def directions(pixel: Tensor, view: View) -> Tensor:
    """Rays through pixel centres (M, 3) in camera space; in an orthographic view their place (x, y, 1)."""
    height, width = view.size
    x = (pixel % width + 0.5 - width / 2) / view.focal
    y = (height / 2 - pixel // width - 0.5) / view.focal
    return torch.stack((x, y, torch.ones_like(x)), -1)


def intersect(corners: Tensor, pixel: Tensor, view: View) -> tuple[Tensor, Tensor]:
    """Barycentrics (M, 3) and depth (M,) where rays meet triangles (M, 3, 3) in camera space."""
    points = corners
    if not view.perspective:
        points = torch.cat((corners[..., :2], torch.ones_like(corners[..., 2:])), -1)
    a, b, c = points.unbind(1)
    volumes = torch.stack((torch.linalg.cross(b, c), torch.linalg.cross(c, a), torch.linalg.cross(a, b)), 1)
    volumes = (volumes * directions(pixel, view)[:, None]).sum(-1)
    bary = volumes / volumes.sum(-1, keepdim=True)
    return bary, (bary * corners[..., 2]).sum(-1)


def expand(low: Tensor, high: Tensor) -> tuple[Tensor, Tensor]:
    """All integers low..high of every row: number of the row, and the integer."""
    count = (high - low + 1).clamp(min=0)
    row = torch.repeat_interleave(count)
    return row, low[row] + torch.arange(len(row)) - (count.cumsum(0) - count)[row]


def visible(in_camera: Tensor, faces: Tensor, view: View) -> tuple[Tensor, Tensor]:
    """Nearest face (M,) of the M covered pixels (M,), which are in ascending order."""
    height, width = view.size
    corners = in_camera[faces]
    near = corners[..., 2] >= view.znear
    screen = on_screen(corners, view)
    # Faces that cross the near plane may be anywhere: try them in every pixel.
    low, high = screen.amin(1), screen.amax(1)
    crossing = ~near.all(-1) & near.any(-1)
    low[crossing], high[crossing] = 0.0, float(max(height, width))
    high[~near.any(-1)] = -1.0
    limit = torch.tensor([width, height])
    low = (low.clamp(min=0).minimum(limit.to(low)) - 0.5).ceil().long()
    high = (high.clamp(min=-1).minimum(limit.to(low)) - 0.5).floor().long()
    face, x = expand(low[:, 0], high[:, 0])
    pair, y = expand(low[face, 1], high[face, 1])
    face, pixel = face[pair], y * width + x[pair]

    bary, depth = intersect(corners[face], pixel, view)
    hit = (bary >= 0).all(-1) & (depth >= view.znear) & (depth <= view.zfar)
    face, pixel, depth = face[hit], pixel[hit], depth[hit]
    order = depth.argsort(stable=True)
    order = order[pixel[order].argsort(stable=True)]
    first = torch.ones_like(order, dtype=torch.bool)
    first[1:] = pixel[order][1:] != pixel[order][:-1]
    return face[order][first], pixel[order][first]


def on_screen(points: Tensor, view: View) -> Tensor:
    """Pixels (…, 2) from the top left of points (…, 3) in camera space."""
    height, width = view.size
    scale = view.focal / points[..., 2] if view.perspective else view.focal
    return torch.stack((width / 2 + points[..., 0] * scale, height / 2 - points[..., 1] * scale), -1)


def shade(
    vertices: Tensor,
    faces: Tensor,
    texture: Texture,
    view: View,
    scene: Scene,
    shader: str,
    face: Tensor,
    bary: Tensor,
) -> Tensor:
    """Colours (M, 3) of the fragments."""
    corners = faces[face]

    def mix(values: Tensor) -> Tensor:
        return (bary[..., None] * values[corners]).sum(1)

    a, b, c = vertices[faces].unbind(1)
    face_normals = torch.linalg.cross(b - a, c - a)
    summed = torch.zeros_like(vertices)
    for k in range(3):
        summed = summed.index_add(0, faces[:, k], face_normals)
    normals = normalize(summed, dim=-1, eps=1e-6)

    if isinstance(texture, VertexColors):
        texels = mix(texture.colors)
    elif isinstance(texture, FaceColors):
        texels = texture.colors[face]
    else:
        texels = bilinear(texture, (bary[..., None] * texture.uvs[texture.faces_uvs[face].long()]).sum(1))
    if shader == "silhouette":
        return torch.ones_like(texels)
    if shader == "gouraud":
        factor, added = light(vertices, normals, view, scene)
        if isinstance(texture, VertexColors):
            return mix(texture.colors * factor + added)
        return texels * mix(factor) + mix(added)
    if shader == "flat":
        factor, added = light(vertices[corners].mean(1), face_normals[face], view, scene)
    else:
        factor, added = light(mix(vertices), mix(normals), view, scene)
    return texels * factor + added


def light(points: Tensor, normals: Tensor, view: View, scene: Scene) -> tuple[Tensor, Tensor]:
    """Ambient + diffuse factor, and specular colour, of points (M, 3)."""
    as_like, material = torch.as_tensor, scene.material
    factor, added = torch.zeros_like(points), torch.zeros_like(points)
    normals = normalize(normals, dim=-1, eps=1e-6)
    for one in scene.lights if isinstance(scene.lights, list | tuple) else [scene.lights]:
        factor = factor + as_like(one.ambient_color).to(points) * as_like(material.ambient_color).to(points)
        if isinstance(one, AmbientLight):
            continue
        towards = (
            as_like(one.location).to(points) - points
            if isinstance(one, PointLight)
            else as_like(one.direction).to(points)
        )
        towards = normalize(towards, dim=-1, eps=1e-6)
        cosine = (normals * towards).sum(-1, keepdim=True)
        diffuse = as_like(one.diffuse_color).to(points) * as_like(material.diffuse_color).to(points)
        factor = factor + diffuse * cosine.relu()
        reflected = 2 * cosine * normals - towards
        to_camera = normalize(view.position - points, dim=-1, eps=1e-6)
        alpha = (reflected * to_camera).sum(-1, keepdim=True).relu() * (cosine > 0)
        specular = as_like(one.specular_color).to(points) * as_like(material.specular_color).to(points)
        added = added + specular * alpha**material.shininess
    return factor, added


def bilinear(texture: UVTexture, uv: Tensor) -> Tensor:
    """Texels (M, 3) of an image (3, H, W), texel centres at (i + ½) / size, borders repeated."""
    _, height, width = texture.image.shape
    x = (uv[:, 0] * width - 0.5).clamp(0, width - 1)
    y = ((1 - uv[:, 1]) * height - 0.5).clamp(0, height - 1)
    left, top = x.detach().floor().long(), y.detach().floor().long()
    right, bottom = (left + 1).clamp(max=width - 1), (top + 1).clamp(max=height - 1)
    fx, fy = x - left, y - top
    image = texture.image
    upper = image[:, top, left] * (1 - fx) + image[:, top, right] * fx
    lower = image[:, bottom, left] * (1 - fx) + image[:, bottom, right] * fx
    return (upper * (1 - fy) + lower * fy).T


def motion(
    image: Tensor, in_camera: Tensor, faces: Tensor, face: Tensor, pixel: Tensor, bary: Tensor, view: View
) -> Tensor:
    """A picture (4, H, W) of zeros whose derivative is the edge gradient.

    Every pair of neighbours (l, r) adds ½ (Iₗ − Iᵣ) · (x − x.detach()) to both pixels, where x is the screen
    position of the surface point that moves what is between them.
    """
    height, width = view.size
    points = (bary[..., None] * in_camera[faces[face]]).sum(1)
    place = on_screen(points, view)
    here = torch.full((height * width,), -1, dtype=torch.long)
    here[pixel] = torch.arange(len(pixel))
    depth = image.new_full((height * width,), torch.inf)
    depth[pixel] = points[:, 2].detach()
    rims = find_rims(in_camera, faces, view)

    flat = image.reshape(4, -1)
    moved = torch.zeros_like(flat)
    number = torch.arange(height * width).view(height, width)
    for axis, (first, second) in enumerate(
        [(number[:, :-1].flatten(), number[:, 1:].flatten()), (number[:-1].flatten(), number[1:].flatten())]
    ):
        rim_depth, rim_place = rims[axis]
        change = 0.5 * (flat[:, first] - flat[:, second])
        nearer_first = depth[first] <= depth[second]
        covered = (here[first] >= 0).to(change) + (here[second] >= 0).to(change)
        parted = rim_depth[first] < depth[first].maximum(depth[second])
        surface = [torch.cat((place[:, axis], place.new_zeros(1)))[here[end]] for end in (first, second)]
        # One covered pixel carries all, two carry half each, a rim carries all.
        x = 0.5 * (surface[0] + surface[1])
        x = torch.where(covered == 1, torch.where(nearer_first, *surface), x)
        x = torch.where(parted, rim_place[first], x)
        x = torch.where(covered == 0, 0.0, x)
        term = change * (x - x.detach())
        moved = moved.index_add(1, first, term).index_add(1, second, term)
    return moved.view_as(image)


def find_rims(in_camera: Tensor, faces: Tensor, view: View) -> list[tuple[Tensor, Tensor]]:
    """Depth and place of the nearest rim right of, and below, each pixel centre (inf and 0 without one)."""
    corners = in_camera[faces]
    a, b, c = on_screen(corners, view).detach().unbind(1)
    area = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
    side = area.sign().long()
    side[(corners[..., 2] < view.znear).any(-1)] = 0
    # The two faces beside every edge: equal edges are neighbours once they are sorted.
    ends = torch.cat((faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]])).sort(1).values
    ends, edge = torch.unique(ends, dim=0, return_inverse=True)
    order = edge.argsort(stable=True)
    edge, beside = edge[order], side.repeat(3)[order]
    number = torch.arange(len(edge)) - torch.searchsorted(edge, edge)
    opens = number % 2 == 0
    partner = torch.full_like(beside, 2)
    partner[:-1][(number[1:] % 2 == 1)] = beside[1:][number[1:] % 2 == 1]
    is_rim = opens & (beside != partner) & (beside != 0) & (partner != 0)
    rims = ends[edge[is_rim]]
    height, width = view.size
    nothing = in_camera.new_full((height * width,), torch.inf), in_camera.new_zeros(height * width)
    if not len(rims):
        return [nothing, nothing]
    start, end = in_camera[rims].unbind(1)
    result = []
    for axis, (lines, places) in enumerate([(height, width), (width, height)]):
        along = 1 - axis
        s, e = on_screen(start, view).detach(), on_screen(end, view).detach()
        low = (s[:, along].minimum(e[:, along]).clamp(0, lines) - 0.5).ceil().long()
        high = (s[:, along].maximum(e[:, along]).clamp(-1, lines) - 0.5).floor().long()
        rim, line = expand(low, high)
        t = (line + 0.5 - s[rim, along]) / (e[rim, along] - s[rim, along])
        if view.perspective:  # where on the edge in space
            t = t / end[rim, 2] / ((1 - t) / start[rim, 2] + t / end[rim, 2])
        t = t.detach()[:, None]
        points = (1 - t) * start[rim] + t * end[rim]
        across = on_screen(points, view)[:, axis]
        slot = (across.detach() - 0.5).floor().long()
        inside = (slot >= 0) & (slot < places - 1)
        points, across, line, slot = points[inside], across[inside], line[inside], slot[inside]
        index = line * width + slot if axis == 0 else slot * width + line
        depth = nothing[0].scatter_reduce(0, index, points[:, 2].detach(), "amin")
        keep = points[:, 2].detach() == depth[index]
        place = nothing[1].index_put((index[keep],), across[keep])
        result.append((depth, place))
    return result


def soft_image(
    in_camera: Tensor,
    vertices: Tensor,
    faces: Tensor,
    texture: Texture,
    view: View,
    scene: Scene,
    shader: str,
    soft: SoftSettings,
    background: Tensor,
) -> Tensor:
    """SoftRas as PyTorch3D has it, every face against every pixel."""
    height, width = view.size
    pixels, count = height * width, len(faces)
    corners = in_camera[faces]
    a, b, c = on_screen(corners, view).unbind(1)
    area = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
    near = (corners[..., 2] >= view.znear).all(-1) & (area != 0)
    somewhere = torch.tensor([[0.0, 0.0, 1.0], [1.0, 0.0, 1.0], [0.0, 1.0, 1.0]]).to(corners)
    corners = torch.where(near[:, None, None], corners, somewhere)
    screen = on_screen(corners, view)  # (F, 3, 2)
    centre = torch.stack((torch.arange(pixels) % width + 0.5, torch.arange(pixels) // width + 0.5), -1)
    centre = centre.to(screen)[:, None]
    nearest = []
    for k in range(3):
        a, b = screen[:, k], screen[:, (k + 1) % 3]
        along = b - a
        t = ((centre - a) * along).sum(-1) / (along * along).sum(-1).clamp(min=1e-12)
        nearest.append((centre - a - t.clamp(0, 1)[..., None] * along).square().sum(-1))
    squared = torch.stack(nearest).amin(0) * (2 / min(height, width)) ** 2  # (pixels, F)

    face = torch.arange(count).repeat(pixels)
    pixel = torch.arange(pixels).repeat_interleave(count)
    bary, _ = intersect(corners[face], pixel, view)
    inside = (bary > 0).all(-1).view(pixels, count)
    bary = bary.clamp(min=0)
    bary = bary / bary.sum(-1, keepdim=True).clamp(min=1e-5)
    depth = (bary * corners[face][..., 2]).sum(-1).view(pixels, count)
    distance = torch.where(inside, -squared, squared)
    blur = soft.blur_radius
    assert blur is not None
    entered = (inside | (squared < blur)) & near & (depth <= view.zfar)
    coverage = torch.sigmoid(-distance / soft.sigma) * entered
    _, order = torch.where(entered, depth, torch.inf).sort(dim=1, stable=True)
    order = order[:, : soft.faces_per_pixel]
    coverage, depth = coverage.gather(1, order), depth.gather(1, order)
    alpha = 1 - (1 - coverage).prod(1)
    if shader == "silhouette":
        return alpha.expand(4, -1).reshape(4, height, width)
    colors = shade(vertices, faces, texture, view, scene, shader, face, bary).view(pixels, count, 3)
    colors = colors.gather(1, order[..., None].expand(-1, -1, 3))
    nearness = (view.zfar - depth) / (view.zfar - view.znear) * (coverage > 0)
    top = nearness.detach().amax(1, keepdim=True).clamp(min=1e-10)
    weights = coverage * ((nearness - top) / soft.gamma).exp()
    behind = ((1e-10 - top) / soft.gamma).exp().clamp(min=1e-10)
    rgb = ((weights[..., None] * colors).sum(1) + behind * background) / (
        weights.sum(1, keepdim=True) + behind
    )
    return torch.cat((rgb.T, alpha[None])).view(4, height, width)
