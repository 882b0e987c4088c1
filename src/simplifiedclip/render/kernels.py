# ruff: noqa: UP018 (Warp needs float() where a loop or a branch changes the value)
# mypy: ignore-errors
"""The renderer's inner loops, written once for CPU and CUDA.

Each kernel is one step of `simplifiedclip.render.render`; the functions that call them (`rasterize`,
`interpolate`, …) explain what they compute. Gradients are written by hand beside the forward kernels.

Homogeneous screen points ``q = (x·w, y·w, depth)`` come from `View.project`. For the pixel centre (px, py)
and a triangle q0, q1, q2, let ``u_k = (q_k.x − px·w_k, q_k.y − py·w_k)``. Its perspective-correct
barycentrics are

    b_k = e_k / (e_0 + e_1 + e_2),   e_0 = u_1 × u_2,  e_1 = u_2 × u_0,  e_2 = u_0 × u_1,

without a division by w, so a triangle that crosses the camera's plane needs no clipping: points behind the
camera have negative depth Σ b_k·depth_k and are left out like all that are nearer than znear (Olano and
Greer, "Triangle scan conversion using 2D homogeneous coordinates", 1997).
"""

from __future__ import annotations

import warp as wp

wp.set_module_options({"enable_backward": False, "fast_math": False})

NOTHING = wp.constant(wp.int64(0x7FFFFFFFFFFFFFFF))


@wp.func
def weight(q: wp.vec3, perspective: int):
    """Return w of a homogeneous screen point."""
    if perspective == 1:
        return q[2]
    return float(1.0)


@wp.func
def cross2(a: wp.vec2, b: wp.vec2):
    return a[0] * b[1] - a[1] * b[0]


@wp.func
def from_pixel(q: wp.vec3, px: float, py: float, perspective: int):
    """u_k of the module's docstring."""
    w = weight(q, perspective)
    return wp.vec2(q[0] - px * w, q[1] - py * w)


@wp.func
def include(box: wp.vec4, x: float, y: float):
    return wp.vec4(wp.min(box[0], x), wp.min(box[1], y), wp.max(box[2], x), wp.max(box[3], y))


@wp.func
def include_edge(box: wp.vec4, a: wp.vec3, b: wp.vec3, near: float):
    """Extend the box by the point where edge ab crosses the near plane, if it does."""
    if (a[2] < near) != (b[2] < near):
        t = (near - a[2]) / (b[2] - a[2])
        box = include(box, (a[0] + t * (b[0] - a[0])) / near, (a[1] + t * (b[1] - a[1])) / near)
    return box


@wp.func
def screen_box(a: wp.vec3, b: wp.vec3, c: wp.vec3, near: float, perspective: int):
    """Bounds (left, top, right, bottom) in pixels of the part of a triangle that is beyond the near plane."""
    box = wp.vec4(1.0e30, 1.0e30, -1.0e30, -1.0e30)
    if perspective == 0:
        box = include(include(include(box, a[0], a[1]), b[0], b[1]), c[0], c[1])
    else:
        if a[2] >= near:
            box = include(box, a[0] / a[2], a[1] / a[2])
        if b[2] >= near:
            box = include(box, b[0] / b[2], b[1] / b[2])
        if c[2] >= near:
            box = include(box, c[0] / c[2], c[1] / c[2])
        box = include_edge(include_edge(include_edge(box, a, b, near), b, c, near), c, a, near)
    return box


@wp.kernel
def rasterize(
    screen: wp.array2d(dtype=wp.vec3),
    faces: wp.array(dtype=wp.vec3i),
    perspective: int,
    znear: float,
    zfar: float,
    nearest: wp.array3d(dtype=wp.int64),
):
    """Each face writes depth·2³² | face into the pixels whose centres it covers, where it is the nearest.

    Positive floats order like their bits, so one atomic minimum per pixel is the whole z-buffer, and equal
    depths go to the lower face whatever the order of execution.
    """
    n, f = wp.tid()
    face = faces[f]
    a = screen[n, face[0]]
    b = screen[n, face[1]]
    c = screen[n, face[2]]
    height = nearest.shape[1]
    width = nearest.shape[2]
    box = screen_box(a, b, c, znear, perspective)
    # The pixel centres inside the box; most faces of a fine mesh have none.
    left = wp.int32(wp.ceil(wp.clamp(box[0], 0.0, float(width)) - 0.5))
    top = wp.int32(wp.ceil(wp.clamp(box[1], 0.0, float(height)) - 0.5))
    right = wp.int32(wp.floor(wp.clamp(box[2], -1.0, float(width)) - 0.5))
    bottom = wp.int32(wp.floor(wp.clamp(box[3], -1.0, float(height)) - 0.5))
    for y in range(top, bottom + 1):
        py = float(y) + 0.5
        for x in range(left, right + 1):
            px = float(x) + 0.5
            u0 = from_pixel(a, px, py, perspective)
            u1 = from_pixel(b, px, py, perspective)
            u2 = from_pixel(c, px, py, perspective)
            e0 = cross2(u1, u2)
            e1 = cross2(u2, u0)
            e2 = cross2(u0, u1)
            total = e0 + e1 + e2
            inside = (e0 >= 0.0 and e1 >= 0.0 and e2 >= 0.0) or (e0 <= 0.0 and e1 <= 0.0 and e2 <= 0.0)
            if inside and total != 0.0:
                depth = (e0 * a[2] + e1 * b[2] + e2 * c[2]) / total
                if depth >= znear and depth <= zfar:
                    bits = wp.int64(wp.cast(depth, wp.int32))
                    wp.atomic_min(nearest, n, y, x, (bits << wp.int64(32)) | wp.int64(f))


@wp.func
def barycentrics(u0: wp.vec2, u1: wp.vec2, u2: wp.vec2):
    e0 = cross2(u1, u2)
    e1 = cross2(u2, u0)
    e2 = cross2(u0, u1)
    return wp.vec3(e0, e1, e2) / (e0 + e1 + e2)


@wp.kernel
def fragment_barycentrics(
    screen: wp.array2d(dtype=wp.vec3),
    faces: wp.array(dtype=wp.vec3i),
    perspective: int,
    size: wp.vec2i,
    pixel: wp.array(dtype=wp.int64),
    face: wp.array(dtype=wp.int32),
    out: wp.array(dtype=wp.vec3),
):
    """Perspective-correct barycentrics of fragments (flat pixel index n·H·W + y·W + x, face)."""
    p = wp.tid()
    in_view = wp.int32(pixel[p] % wp.int64(size[0] * size[1]))
    n = wp.int32(pixel[p] / wp.int64(size[0] * size[1]))
    px = float(in_view % size[1]) + 0.5
    py = float(in_view / size[1]) + 0.5
    corner = faces[face[p]]
    out[p] = barycentrics(
        from_pixel(screen[n, corner[0]], px, py, perspective),
        from_pixel(screen[n, corner[1]], px, py, perspective),
        from_pixel(screen[n, corner[2]], px, py, perspective),
    )


@wp.kernel
def fragment_barycentrics_backward(
    screen: wp.array2d(dtype=wp.vec3),
    faces: wp.array(dtype=wp.vec3i),
    perspective: int,
    size: wp.vec2i,
    pixel: wp.array(dtype=wp.int64),
    face: wp.array(dtype=wp.int32),
    grad_out: wp.array(dtype=wp.vec3),
    grad_screen: wp.array2d(dtype=wp.vec3),
):
    p = wp.tid()
    in_view = wp.int32(pixel[p] % wp.int64(size[0] * size[1]))
    n = wp.int32(pixel[p] / wp.int64(size[0] * size[1]))
    px = float(in_view % size[1]) + 0.5
    py = float(in_view / size[1]) + 0.5
    corner = faces[face[p]]
    u0 = from_pixel(screen[n, corner[0]], px, py, perspective)
    u1 = from_pixel(screen[n, corner[1]], px, py, perspective)
    u2 = from_pixel(screen[n, corner[2]], px, py, perspective)
    total = cross2(u1, u2) + cross2(u2, u0) + cross2(u0, u1)
    b = barycentrics(u0, u1, u2)
    g = grad_out[p]
    mean = wp.dot(g, b)
    # Gradient to the edge functions e_k, then to u_k through the two cross products it is part of.
    ge = (g - wp.vec3(mean, mean, mean)) / total
    for k in range(3):
        next_u = u1
        last_u = u2
        g_next = ge[1]
        g_last = ge[2]
        if k == 1:
            next_u = u2
            last_u = u0
            g_next = ge[2]
            g_last = ge[0]
        if k == 2:
            next_u = u0
            last_u = u1
            g_next = ge[0]
            g_last = ge[1]
        gx = g_last * next_u[1] - g_next * last_u[1]
        gy = g_next * last_u[0] - g_last * next_u[0]
        gw = float(0.0)
        if perspective == 1:
            gw = -(px * gx + py * gy)
        wp.atomic_add(grad_screen, n, corner[k], wp.vec3(gx, gy, gw))


@wp.kernel
def interpolate(
    attributes: wp.array3d(dtype=float),
    corners: wp.array(dtype=wp.vec3i),
    views_per_row: int,
    pixels_per_view: int,
    pixel: wp.array(dtype=wp.int64),
    face: wp.array(dtype=wp.int32),
    bary: wp.array(dtype=wp.vec3),
    out: wp.array2d(dtype=float),
):
    p = wp.tid()
    row = wp.int32(pixel[p] / wp.int64(pixels_per_view)) / views_per_row
    corner = corners[face[p]]
    b = bary[p]
    for i in range(attributes.shape[2]):
        out[i, p] = (
            b[0] * attributes[row, corner[0], i]
            + b[1] * attributes[row, corner[1], i]
            + b[2] * attributes[row, corner[2], i]
        )


@wp.kernel
def interpolate_backward(
    attributes: wp.array3d(dtype=float),
    corners: wp.array(dtype=wp.vec3i),
    views_per_row: int,
    pixels_per_view: int,
    pixel: wp.array(dtype=wp.int64),
    face: wp.array(dtype=wp.int32),
    bary: wp.array(dtype=wp.vec3),
    grad_out: wp.array2d(dtype=float),
    to_attributes: int,
    to_bary: int,
    grad_bary: wp.array(dtype=wp.vec3),
    grad_attributes: wp.array3d(dtype=float),
):
    p = wp.tid()
    row = wp.int32(pixel[p] / wp.int64(pixels_per_view)) / views_per_row
    corner = corners[face[p]]
    b = bary[p]
    gb = wp.vec3(0.0, 0.0, 0.0)
    for i in range(attributes.shape[2]):
        g = grad_out[i, p]
        if to_bary == 1:
            gb += g * wp.vec3(
                attributes[row, corner[0], i], attributes[row, corner[1], i], attributes[row, corner[2], i]
            )
        if to_attributes == 1:
            wp.atomic_add(grad_attributes, row, corner[0], i, g * b[0])
            wp.atomic_add(grad_attributes, row, corner[1], i, g * b[1])
            wp.atomic_add(grad_attributes, row, corner[2], i, g * b[2])
    grad_bary[p] = gb


@wp.kernel
def vertex_normals(
    vertices: wp.array2d(dtype=wp.vec3), faces: wp.array(dtype=wp.vec3i), normals: wp.array2d(dtype=wp.vec3)
):
    row, f = wp.tid()
    face = faces[f]
    a = vertices[row, face[0]]
    normal = wp.cross(vertices[row, face[1]] - a, vertices[row, face[2]] - a)
    wp.atomic_add(normals, row, face[0], normal)
    wp.atomic_add(normals, row, face[1], normal)
    wp.atomic_add(normals, row, face[2], normal)


@wp.kernel
def vertex_normals_backward(
    vertices: wp.array2d(dtype=wp.vec3),
    faces: wp.array(dtype=wp.vec3i),
    grad_normals: wp.array2d(dtype=wp.vec3),
    grad_vertices: wp.array2d(dtype=wp.vec3),
):
    row, f = wp.tid()
    face = faces[f]
    a = vertices[row, face[0]]
    g = grad_normals[row, face[0]] + grad_normals[row, face[1]] + grad_normals[row, face[2]]
    gb = wp.cross(vertices[row, face[2]] - a, g)
    gc = wp.cross(g, vertices[row, face[1]] - a)
    wp.atomic_add(grad_vertices, row, face[0], -(gb + gc))
    wp.atomic_add(grad_vertices, row, face[1], gb)
    wp.atomic_add(grad_vertices, row, face[2], gc)


@wp.kernel
def face_frames(
    vertices: wp.array2d(dtype=wp.vec3),
    faces: wp.array(dtype=wp.vec3i),
    views_per_row: int,
    pixels_per_view: int,
    pixel: wp.array(dtype=wp.int64),
    face: wp.array(dtype=wp.int32),
    out: wp.array2d(dtype=float),
):
    """Centre (rows 0..2) and area-weighted normal (rows 3..5) of each fragment's face."""
    p = wp.tid()
    row = wp.int32(pixel[p] / wp.int64(pixels_per_view)) / views_per_row
    corner = faces[face[p]]
    a = vertices[row, corner[0]]
    b = vertices[row, corner[1]]
    c = vertices[row, corner[2]]
    centre = (a + b + c) / 3.0
    normal = wp.cross(b - a, c - a)
    for i in range(3):
        out[i, p] = centre[i]
        out[3 + i, p] = normal[i]


@wp.kernel
def face_frames_backward(
    vertices: wp.array2d(dtype=wp.vec3),
    faces: wp.array(dtype=wp.vec3i),
    views_per_row: int,
    pixels_per_view: int,
    pixel: wp.array(dtype=wp.int64),
    face: wp.array(dtype=wp.int32),
    grad_out: wp.array2d(dtype=float),
    grad_vertices: wp.array2d(dtype=wp.vec3),
):
    p = wp.tid()
    row = wp.int32(pixel[p] / wp.int64(pixels_per_view)) / views_per_row
    corner = faces[face[p]]
    a = vertices[row, corner[0]]
    g_centre = wp.vec3(grad_out[0, p], grad_out[1, p], grad_out[2, p]) / 3.0
    g_normal = wp.vec3(grad_out[3, p], grad_out[4, p], grad_out[5, p])
    gb = wp.cross(vertices[row, corner[2]] - a, g_normal)
    gc = wp.cross(g_normal, vertices[row, corner[1]] - a)
    wp.atomic_add(grad_vertices, row, corner[0], g_centre - gb - gc)
    wp.atomic_add(grad_vertices, row, corner[1], g_centre + gb)
    wp.atomic_add(grad_vertices, row, corner[2], g_centre + gc)


@wp.func
def on_screen(q: wp.vec3, perspective: int):
    w = weight(q, perspective)
    return wp.vec2(q[0] / w, q[1] / w)


@wp.kernel
def face_sides(
    screen: wp.array2d(dtype=wp.vec3),
    faces: wp.array(dtype=wp.vec3i),
    perspective: int,
    znear: float,
    sides: wp.array2d(dtype=wp.int8),
):
    """1 or −1 for the side of a face that is seen, 0 for one without area or that reaches before znear."""
    n, f = wp.tid()
    face = faces[f]
    a = screen[n, face[0]]
    b = screen[n, face[1]]
    c = screen[n, face[2]]
    side = wp.int8(0)
    if wp.min(a[2], wp.min(b[2], c[2])) >= znear:
        origin = on_screen(a, perspective)
        area = cross2(on_screen(b, perspective) - origin, on_screen(c, perspective) - origin)
        if area > 0.0:
            side = wp.int8(1)
        if area < 0.0:
            side = wp.int8(-1)
    sides[n, f] = side


@wp.kernel
def find_rims(
    screen: wp.array2d(dtype=wp.vec3),
    edges: wp.array(dtype=wp.vec4i),
    sides: wp.array2d(dtype=wp.int8),
    perspective: int,
    rims: wp.array4d(dtype=wp.int64),
):
    """Edges between a front and a back face write depth·2³² | edge between the pixel centres that they part.

    ``edges`` holds two vertices and two faces (the second −1 at a border). ``rims[n, 0, y, x]`` is for the
    pixels (x, y) and (x + 1, y), ``rims[n, 1, y, x]`` for (x, y) and (x, y + 1).
    """
    n, e = wp.tid()
    edge = edges[e]
    side = sides[n, edge[2]]
    other = wp.int8(2)
    if edge[3] >= 0:
        other = sides[n, edge[3]]
    if side == other or side == wp.int8(0) or other == wp.int8(0):
        return
    a = screen[n, edge[0]]
    b = screen[n, edge[1]]
    start = on_screen(a, perspective)
    end = on_screen(b, perspective)
    for axis in range(2):
        # Rows (axis 0) cross the edge at every pixel centre's y, columns at every pixel centre's x.
        along = 1 - axis
        lines = rims.shape[2]
        places = rims.shape[3]
        if axis == 1:
            lines = rims.shape[3]
            places = rims.shape[2]
        low = wp.min(start[along], end[along])
        high = wp.max(start[along], end[along])
        first = wp.int32(wp.ceil(wp.clamp(low, 0.0, float(lines)) - 0.5))
        last = wp.int32(wp.floor(wp.clamp(high, -1.0, float(lines)) - 0.5))
        for line in range(first, last + 1):
            t = (float(line) + 0.5 - start[along]) / (end[along] - start[along])
            across = start[axis] + t * (end[axis] - start[axis])
            place = wp.int32(wp.floor(across - 0.5))
            if across >= 0.5 and place < places - 1:
                depth = a[2] + t * (b[2] - a[2])
                if perspective == 1:
                    depth = a[2] * b[2] / (b[2] + t * (a[2] - b[2]))
                key = (wp.int64(wp.cast(depth, wp.int32)) << wp.int64(32)) | wp.int64(e)
                if axis == 0:
                    wp.atomic_min(rims, n, 0, line, place, key)
                else:
                    wp.atomic_min(rims, n, 1, place, line, key)


@wp.func
def rim_crossing(
    screen: wp.array2d(dtype=wp.vec3), n: int, edge: wp.vec4i, axis: int, line: float, perspective: int
):
    """Where an edge crosses a row (axis 0, y = line) or a column (axis 1, x = line) of the screen.

    Returns the place along the row or column, w there, and the share of the edge's second vertex.
    """
    a = screen[n, edge[0]]
    b = screen[n, edge[1]]
    start = on_screen(a, perspective)
    end = on_screen(b, perspective)
    t = (line - start[1 - axis]) / (end[1 - axis] - start[1 - axis])
    place = start[axis] + t * (end[axis] - start[axis])
    w = float(1.0)
    if perspective == 1:
        w = a[2] * b[2] / (b[2] + t * (a[2] - b[2]))
        t = t * w / b[2]
    return wp.vec3(place, w, t)


@wp.func
def is_parted(rim: wp.int64, here: float, there: float):
    """Whether a rim between two pixels is in front of the farther one's surface."""
    return rim != NOTHING and wp.cast(wp.int32(rim >> wp.int64(32)), float) < wp.max(here, there)


@wp.func
def pull(
    grad_screen: wp.array2d(dtype=wp.vec3),
    n: int,
    vertex: int,
    share: float,
    force: wp.vec2,
    at: wp.vec2,
    w: float,
    perspective: int,
):
    """Add to a vertex its share of the gradient with respect to where a surface point is on the screen."""
    scale = share / w
    along_w = float(0.0)
    if perspective == 1:
        along_w = -wp.dot(force, at) * scale
    wp.atomic_add(grad_screen, n, vertex, wp.vec3(force[0] * scale, force[1] * scale, along_w))


@wp.kernel
def edge_gradient(
    screen: wp.array2d(dtype=wp.vec3),
    faces: wp.array(dtype=wp.vec3i),
    edges: wp.array(dtype=wp.vec4i),
    perspective: int,
    pixel: wp.array(dtype=wp.int64),
    face: wp.array(dtype=wp.int32),
    bary: wp.array(dtype=wp.vec3),
    depth: wp.array3d(dtype=float),
    rims: wp.array4d(dtype=wp.int64),
    image: wp.array4d(dtype=float),
    grad_image: wp.array4d(dtype=float),
    grad_screen: wp.array2d(dtype=wp.vec3),
):
    p = wp.tid()
    height = depth.shape[1]
    width = depth.shape[2]
    in_view = wp.int32(pixel[p] % wp.int64(height * width))
    n = wp.int32(pixel[p] / wp.int64(height * width))
    x = in_view % width
    y = in_view / width
    here = depth[n, y, x]
    force = wp.vec2(0.0, 0.0)
    for side in range(4):
        axis = side / 2
        step = 1 - 2 * (side % 2)
        nx = x + step * (1 - axis)
        ny = y + step * axis
        if nx >= 0 and nx < width and ny >= 0 and ny < height:
            there = depth[n, ny, nx]
            rim = rims[n, axis, wp.min(y, ny), wp.min(x, nx)]
            parted = is_parted(rim, here, there)
            # How much of what is between the two centres does this pixel's surface move?
            share = float(0.5)
            if parted or there == wp.inf:
                share = wp.where(here < there or (here == there and step == 1), 1.0, 0.0)
            if share > 0.0:
                at = wp.vec2(float(x) + 0.5, float(y) + 0.5)
                change = float(0.0)
                for i in range(image.shape[1]):
                    g = 0.5 * (grad_image[n, i, y, x] + grad_image[n, i, ny, nx])
                    change += g * (image[n, i, y, x] - image[n, i, ny, nx])
                change *= share * float(step)
                if parted:
                    edge = edges[wp.int32(rim & wp.int64(0xFFFFFFFF))]
                    crossing = rim_crossing(screen, n, edge, axis, at[1 - axis], perspective)
                    at[axis] = crossing[0]
                    pulled = wp.vec2(0.0, 0.0)
                    pulled[axis] = change
                    pull(grad_screen, n, edge[0], 1.0 - crossing[2], pulled, at, crossing[1], perspective)
                    pull(grad_screen, n, edge[1], crossing[2], pulled, at, crossing[1], perspective)
                else:
                    force[axis] += change
    corner = faces[face[p]]
    b = bary[p]
    at = wp.vec2(float(x) + 0.5, float(y) + 0.5)
    w = float(1.0)
    if perspective == 1:
        w = here
    for k in range(3):
        pull(grad_screen, n, corner[k], b[k], force, at, w, perspective)


@wp.func
def segment_vector(p: wp.vec2, a: wp.vec2, b: wp.vec2):
    """From the nearest point of segment ab to p, and where on the segment that point is (0 at a, 1 at b)."""
    along = b - a
    t = wp.clamp(wp.dot(p - a, along) / wp.max(wp.dot(along, along), 1.0e-12), 0.0, 1.0)
    away = p - a - t * along
    return wp.vec3(away[0], away[1], t)


@wp.func
def squared(v: wp.vec3):
    return v[0] * v[0] + v[1] * v[1]


@wp.kernel
def soft_fragments(
    screen: wp.array2d(dtype=wp.vec3),
    faces: wp.array(dtype=wp.vec3i),
    perspective: int,
    znear: float,
    zfar: float,
    reach: float,
    store: int,
    counts: wp.array3d(dtype=wp.int32),
    starts: wp.array3d(dtype=wp.int64),
    keys: wp.array(dtype=wp.int64),
):
    """Each face enters the pixels that it covers or comes close to: count them, or store keys.

    A key is depth·2³² | face as in `rasterize`, with the depth of barycentrics clipped to the face.
    """
    n, f = wp.tid()
    face = faces[f]
    qa = screen[n, face[0]]
    qb = screen[n, face[1]]
    qc = screen[n, face[2]]
    if wp.min(qa[2], wp.min(qb[2], qc[2])) < znear:
        return
    a = on_screen(qa, perspective)
    b = on_screen(qb, perspective)
    c = on_screen(qc, perspective)
    if cross2(b - a, c - a) == 0.0:
        return
    height = counts.shape[1]
    width = counts.shape[2]
    box = include(include(wp.vec4(a[0], a[1], a[0], a[1]), b[0], b[1]), c[0], c[1])
    left = wp.int32(wp.ceil(wp.clamp(box[0] - reach, 0.0, float(width)) - 0.5))
    top = wp.int32(wp.ceil(wp.clamp(box[1] - reach, 0.0, float(height)) - 0.5))
    right = wp.int32(wp.floor(wp.clamp(box[2] + reach, -1.0, float(width)) - 0.5))
    bottom = wp.int32(wp.floor(wp.clamp(box[3] + reach, -1.0, float(height)) - 0.5))
    for y in range(top, bottom + 1):
        for x in range(left, right + 1):
            p = wp.vec2(float(x) + 0.5, float(y) + 0.5)
            bary = barycentrics(
                from_pixel(qa, p[0], p[1], perspective),
                from_pixel(qb, p[0], p[1], perspective),
                from_pixel(qc, p[0], p[1], perspective),
            )
            near = wp.min(bary) > 0.0
            if not near:
                distance = wp.min(squared(segment_vector(p, a, b)), squared(segment_vector(p, b, c)))
                near = wp.min(distance, squared(segment_vector(p, c, a))) < reach * reach
            if near:
                clipped = wp.max(bary, wp.vec3(0.0, 0.0, 0.0))
                depth = wp.dot(clipped, wp.vec3(qa[2], qb[2], qc[2])) / (clipped[0] + clipped[1] + clipped[2])
                if depth <= zfar:
                    place = wp.atomic_add(counts, n, y, x, 1)
                    if store == 1:
                        bits = wp.int64(wp.cast(depth, wp.int32)) << wp.int64(32)
                        keys[wp.int32(starts[n, y, x]) + place] = bits | wp.int64(f)


@wp.kernel
def sort_fragments(
    counts: wp.array(dtype=wp.int32), starts: wp.array(dtype=wp.int64), keys: wp.array(dtype=wp.int64)
):
    """Sort the keys of every pixel, nearest first."""
    p = wp.tid()
    start = wp.int32(starts[p])
    for i in range(1, counts[p]):
        key = keys[start + i]
        j = wp.int32(i)
        while j > 0 and keys[start + wp.max(j - 1, 0)] > key:
            keys[start + j] = keys[start + j - 1]
            j -= 1
        keys[start + j] = key


@wp.kernel
def signed_distances(
    screen: wp.array2d(dtype=wp.vec3),
    faces: wp.array(dtype=wp.vec3i),
    perspective: int,
    size: wp.vec2i,
    pixel: wp.array(dtype=wp.int64),
    face: wp.array(dtype=wp.int32),
    out: wp.array(dtype=float),
):
    """Squared distance in pixels from pixel centres to the outlines of faces, negative inside."""
    p = wp.tid()
    in_view = wp.int32(pixel[p] % wp.int64(size[0] * size[1]))
    n = wp.int32(pixel[p] / wp.int64(size[0] * size[1]))
    at = wp.vec2(float(in_view % size[1]) + 0.5, float(in_view / size[1]) + 0.5)
    corner = faces[face[p]]
    a = on_screen(screen[n, corner[0]], perspective)
    b = on_screen(screen[n, corner[1]], perspective)
    c = on_screen(screen[n, corner[2]], perspective)
    distance = wp.min(squared(segment_vector(at, a, b)), squared(segment_vector(at, b, c)))
    distance = wp.min(distance, squared(segment_vector(at, c, a)))
    inside = wp.min(barycentrics(a - at, b - at, c - at)) > 0.0
    out[p] = wp.where(inside, -distance, distance)


@wp.kernel
def signed_distances_backward(
    screen: wp.array2d(dtype=wp.vec3),
    faces: wp.array(dtype=wp.vec3i),
    perspective: int,
    size: wp.vec2i,
    pixel: wp.array(dtype=wp.int64),
    face: wp.array(dtype=wp.int32),
    grad_out: wp.array(dtype=float),
    grad_screen: wp.array2d(dtype=wp.vec3),
):
    p = wp.tid()
    in_view = wp.int32(pixel[p] % wp.int64(size[0] * size[1]))
    n = wp.int32(pixel[p] / wp.int64(size[0] * size[1]))
    at = wp.vec2(float(in_view % size[1]) + 0.5, float(in_view / size[1]) + 0.5)
    corner = faces[face[p]]
    a = on_screen(screen[n, corner[0]], perspective)
    b = on_screen(screen[n, corner[1]], perspective)
    c = on_screen(screen[n, corner[2]], perspective)
    first = corner[0]
    second = corner[1]
    start = a
    end = b
    best = segment_vector(at, a, b)
    other = segment_vector(at, b, c)
    if squared(other) < squared(best):
        best = other
        first = corner[1]
        second = corner[2]
        start = b
        end = c
    other = segment_vector(at, c, a)
    if squared(other) < squared(best):
        best = other
        first = corner[2]
        second = corner[0]
        start = c
        end = a
    g = -2.0 * grad_out[p]
    if wp.min(barycentrics(a - at, b - at, c - at)) > 0.0:
        g = -g
    force = wp.vec2(g * best[0], g * best[1])
    t = best[2]
    pull(grad_screen, n, first, 1.0 - t, force, start, weight(screen[n, first], perspective), perspective)
    pull(grad_screen, n, second, t, force, end, weight(screen[n, second], perspective), perspective)
