from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from simplifiedclip.body import SMPL
from simplifiedclip.body.joints import JOINT_NAMES
from simplifiedclip.body.model_file import SMPLData, embedded_path, load_model_file
from simplifiedclip.body.textures import HAIR, SHIRT, SKIN, TROUSERS, body_texture
from simplifiedclip.errors import UserError
from simplifiedclip.render import FaceColors, UVTexture, VertexColors


@pytest.fixture(scope="module")
def body():
    return SMPL.embedded("female")


def near_joint(body, name, offset=(0, 0, 0)):
    """The face whose centre is nearest to a point on the skin by a joint."""
    joint = (body.J_regressor @ body.v_template)[JOINT_NAMES.index(name)] + torch.tensor(offset)
    return int((body.v_template[body.faces].mean(1) - joint).norm(dim=1).argmin())


PLACES = [
    ("spine2", (0.0, 0.0, 0.2), SHIRT),
    ("spine2", (0.0, 0.0, -0.2), SHIRT),
    ("left_knee", (0.0, 0.1, 0.1), TROUSERS),
    ("right_hip", (0.0, -0.1, -0.2), TROUSERS),
    ("right_elbow", (-0.1, 0.1, 0.0), SKIN),
    ("left_hand", (0.0, 0.1, 0.0), SKIN),
    ("head", (0.0, 0.3, -0.02), HAIR),
]


@pytest.mark.parametrize("joint, offset, color", PLACES)
@pytest.mark.parametrize("gender", ["female", "male", "neutral"])
def test_human_wears_what_the_scene_says(joint, offset, color, gender):
    body = SMPL.embedded(gender)
    face = near_joint(body, joint, offset)
    texture = body_texture("human", body)
    assert isinstance(texture, UVTexture)
    u, v = texture.uvs[texture.faces_uvs[face]].mean(0).tolist()
    height, width = texture.image.shape[1:]
    texel = texture.image[:, int((1 - v) * height), int(u * width)]
    np.testing.assert_allclose(texel, color, atol=0.02)
    faces = body_texture("human-faces", body)
    assert isinstance(faces, FaceColors)
    np.testing.assert_allclose(faces.colors[face], color, atol=1e-6)


def test_eyes_are_white_and_dark(body):
    texture = body_texture("human", body)
    graph_head = body.lbs_weights[:, JOINT_NAMES.index("head")] > 0.9
    assert graph_head.any()
    rows = ((texture.uvs[:, 0] > 0.7) & (texture.uvs[:, 1] > 0.86)).nonzero()[:, 0]
    assert len(rows) > 20
    u, v = texture.uvs[rows].T
    size = texture.image.shape[1]
    texels = texture.image[
        :, ((1 - v) * size).long().clamp(0, size - 1), (u * size).long().clamp(0, size - 1)
    ]
    assert texels.min(0).values.max() > 0.8 and texels.max(0).values.min() < 0.1


def test_grey_is_half_everywhere(body):
    texture = body_texture("grey", body)
    assert isinstance(texture, FaceColors)
    assert texture.colors.shape == (len(body.faces), 3) and (texture.colors == 0.5).all()


def test_a_body_without_texture_coordinates_wears_faces():
    data = load_model_file(embedded_path("male"))
    fields = {**data.__dict__, "uvs": None, "faces_uvs": None, "name": "SMPL_MALE"}
    body = SMPL(SMPLData(**fields))
    texture = body_texture("human", body)
    assert isinstance(texture, FaceColors)
    np.testing.assert_allclose(texture.colors[near_joint(body, "spine2", (0, 0, 0.2))], SHIRT, atol=1e-6)


def test_files_of_the_user(body, tmp_path):
    vertices, faces = len(body.v_template), len(body.faces)
    rng = np.random.default_rng(0)
    image = rng.integers(0, 255, (8, 6, 3), np.uint8)
    Image.fromarray(image).save(tmp_path / "a.png")
    texture = body_texture(tmp_path / "a.png", body)
    assert isinstance(texture, UVTexture)
    np.testing.assert_allclose(texture.image.permute(1, 2, 0) * 255, image, atol=1e-3)

    np.save(tmp_path / "v.npy", rng.random((vertices, 3)))
    assert isinstance(body_texture(str(tmp_path / "v.npy"), body), VertexColors)
    colors = rng.random((faces, 3), np.float32)
    np.savez(tmp_path / "f.npz", colors=colors, other=1)
    texture = body_texture(tmp_path / "f.npz", body)
    assert isinstance(texture, FaceColors)
    np.testing.assert_array_equal(texture.colors, colors)
    np.savez(tmp_path / "one.npz", anything=colors)
    assert isinstance(body_texture(tmp_path / "one.npz", body), FaceColors)


def test_what_does_not_fit_is_refused(body, tmp_path):
    with pytest.raises(UserError, match="no texture is called 'humna'; the nearest are human"):
        body_texture("humna", body)
    with pytest.raises(UserError, match="no texture file at"):
        body_texture(tmp_path / "none.png", body)
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(UserError, match="no texture that can be read"):
        body_texture(tmp_path / "a.txt", body)
    (tmp_path / "b.png").write_text("x")
    with pytest.raises(UserError, match="damaged, or no image"):
        body_texture(tmp_path / "b.png", body)
    np.save(tmp_path / "short.npy", np.zeros((5, 3)))
    with pytest.raises(UserError, match=r"shape \(5, 3\)"):
        body_texture(tmp_path / "short.npy", body)
    np.save(tmp_path / "bright.npy", np.full((len(body.faces), 3), 255.0))
    with pytest.raises(UserError, match=r"outside 0\.\.1"):
        body_texture(tmp_path / "bright.npy", body)
    np.save(tmp_path / "object.npy", np.array([{}]), allow_pickle=True)
    with pytest.raises(UserError, match="damaged"):
        body_texture(tmp_path / "object.npy", body)
    np.savez(tmp_path / "two.npz", a=1, b=2)
    with pytest.raises(UserError, match="2 arrays"):
        body_texture(tmp_path / "two.npz", body)
