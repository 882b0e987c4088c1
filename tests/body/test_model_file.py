"""Official model files are read right, and nothing in them is ever run."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import struct
import subprocess
import sys
import types
from collections.abc import Iterator

import numpy as np
import pytest
import scipy.sparse

from simplifiedclip.body.model_file import embedded_path, load_model_file
from simplifiedclip.errors import UserError


class Python2Pickler(pickle._Pickler):
    """Writes as Python 2 did: protocol 2, bytes as its ``str``."""

    def save_bytes(self, value: bytes) -> None:
        self.write(b"T" + struct.pack("<I", len(value)) + value)
        self.memoize(value)

    dispatch = {**pickle._Pickler.dispatch, bytes: save_bytes}  # noqa: RUF012


def python2_dumps(value: object) -> bytes:
    stream = io.BytesIO()
    Python2Pickler(stream, protocol=2).dump(value)
    old_home = {b"numpy._core": b"numpy.core", b"scipy.sparse._csc": b"scipy.sparse.csc"}
    content = stream.getvalue()
    for new, old in old_home.items():
        content = content.replace(new, old)
    return content


@pytest.fixture()
def chumpy(monkeypatch: pytest.MonkeyPatch) -> types.SimpleNamespace:
    """Stand-ins for chumpy's classes that pickle under its names; gone again when the file is read."""
    homes = {"Ch": "chumpy.ch", "Select": "chumpy.reordering", "Reshape": "chumpy.reordering"}
    for module in ("chumpy", "chumpy.ch", "chumpy.reordering"):
        monkeypatch.setitem(sys.modules, module, types.ModuleType(module))
    made = {}
    for name, module in homes.items():
        made[name] = type(name, (), {"__module__": module})
        setattr(sys.modules[module], name, made[name])

    def make(name: str, **state: object) -> object:
        record = made[name]()
        record.__dict__.update(state, _dirty_vars=set(), _itr=None)
        return record

    def forget() -> None:
        monkeypatch.undo()
        assert not any(name.split(".")[0] == "chumpy" for name in sys.modules)

    return types.SimpleNamespace(make=make, forget=forget)


def assert_same(data, arrays) -> None:
    for key in ("v_template", "shapedirs", "posedirs", "J_regressor", "weights"):
        np.testing.assert_array_equal(getattr(data, key), arrays[key], err_msg=key)
    np.testing.assert_array_equal(data.faces, arrays["f"])
    assert data.faces.dtype == np.int64


def test_npz_holds_what_was_saved(official, official_npz):
    data = load_model_file(official_npz)
    assert_same(data, official)
    assert (data.gender, data.name, data.uvs) == ("female", "SMPL_FEMALE", None)


def test_npz_of_300_shape_directions_gives_the_first_ten(official, tmp_path):
    more = np.concatenate([official["shapedirs"], np.ones((300, 3, 290))], axis=2)
    np.savez(tmp_path / "a.npz", **{**official, "shapedirs": more})
    np.testing.assert_array_equal(load_model_file(tmp_path / "a.npz").shapedirs, official["shapedirs"])


@pytest.mark.parametrize("dumps", [python2_dumps, *[lambda v, p=p: pickle.dumps(v, p) for p in range(6)]])
def test_pkl_with_chumpy_and_sparse_parts(official, chumpy, tmp_path, dumps):
    arrays = dict(official)
    arrays["posedirs"] = np.asfortranarray(arrays["posedirs"].astype(">f8"))
    # The ten directions as a selection from a longer table is how some official files hold them.
    table = np.concatenate([official["shapedirs"], official["shapedirs"] + 1], axis=2)
    chosen = np.arange(table.size).reshape(table.shape)[..., :10]
    content = {
        **arrays,
        "v_template": chumpy.make("Ch", x=official["v_template"]),
        "weights": chumpy.make(
            "Reshape", a=chumpy.make("Ch", x=official["weights"].ravel()), newshape=official["weights"].shape
        ),
        "shapedirs": chumpy.make(
            "Select", a=chumpy.make("Ch", x=table), idxs=chosen.ravel(), preferred_shape=chosen.shape
        ),
        "J_regressor": scipy.sparse.csc_matrix(official["J_regressor"]),
        "bs_style": "lbs",
        "pose_training_info": {"gender": "male", "count": np.float64(3)},
    }
    path = tmp_path / "basicModel_m_lbs_10_207_0_v1.0.0.pkl"
    path.write_bytes(dumps(content))
    chumpy.forget()
    data = load_model_file(path)
    assert_same(data, official)
    assert data.gender == "male"


@pytest.mark.parametrize("layout", ["csc_matrix", "csr_matrix", "coo_matrix", "csr_array", "coo_array"])
def test_pkl_with_every_sparse_layout(official, tmp_path, layout):
    sparse = np.where(official["J_regressor"] > 1e-3, official["J_regressor"], 0)
    content = {**official, "J_regressor": getattr(scipy.sparse, layout)(sparse)}
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(content))
    np.testing.assert_array_equal(load_model_file(tmp_path / "a.pkl").J_regressor, sparse)


class Calls:
    """Pickles as a call of ``function``."""

    def __init__(self, function, *args):
        self.call = (function, args)

    def __reduce__(self):
        return self.call


ATTACKS = {
    "os.system": lambda mark: pickle.dumps({"f": Calls(os.system, f"touch {mark}")}),
    "subprocess": lambda mark: pickle.dumps(Calls(subprocess.check_call, ["touch", mark]), 2),
    "eval": lambda mark: pickle.dumps(Calls(eval, f"open({mark!r}, 'w')"), 4),
    "getattr": lambda mark: (
        pickle.dumps(Calls(getattr, os, "system"), 4) if False else b"cbuiltins\ngetattr\n."
    ),
    # A dotted name walks from an allowed class to whatever its module imported.
    "dotted": lambda mark: b"\x80\x04\x8c\x05numpy\x8c\x11ndarray.__class__\x93.",
    # numpy's own helpers that load files or evaluate code.
    "numpy.load": lambda mark: b"cnumpy\nload\n(S'" + mark.encode() + b"'\ntR.",
    "runstring": lambda mark: (
        f"cnumpy.testing._private.utils\nrunstring\n(S'open({mark!r},\"w\")'\n}}tR.".encode()
    ),
    "chumpy in name only": lambda mark: b"cchumpy.utils\nos.system\n(S'touch " + mark.encode() + b"'\ntR.",
    "inst": lambda mark: b"(S'touch " + mark.encode() + b"'\nios\nsystem\n.",
    "scipy loader": lambda mark: b"cscipy.sparse\nload_npz\n(S'" + mark.encode() + b"'\ntR.",
    "codecs": lambda mark: b"c_codecs\nlookup\n(S'idna'\ntR.",
}


_listeners: list[list[str]] = []


@contextlib.contextmanager
def heard() -> Iterator[list[str]]:
    """Collect what the interpreter itself reports of programs and code being run."""
    loud = ("os.system", "subprocess.Popen", "os.exec", "os.posix_spawn", "exec", "compile", "socket.connect")

    def hook(event: str, args: object) -> None:
        if _listeners and event in loud:
            _listeners[-1].append(event)

    if not hasattr(heard, "hooked"):  # an audit hook can never be taken out again
        sys.addaudithook(hook)
        heard.hooked = True
    _listeners.append([])
    try:
        yield _listeners[-1]
    finally:
        _listeners.pop()


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_malicious_pickle_is_refused_and_runs_nothing(attack, tmp_path):
    mark = tmp_path / "ran"
    path = tmp_path / "SMPL_NEUTRAL.pkl"
    path.write_bytes(ATTACKS[attack](str(mark)))
    with heard() as events, pytest.raises(UserError, match="nothing in it was run: it asks for "):
        load_model_file(path)
    assert not mark.exists()
    assert events == []


def test_the_attack_would_have_worked(tmp_path):
    """The marks above mean something: a plain unpickler runs them."""
    mark = tmp_path / "ran"
    with heard() as events:
        pickle.loads(ATTACKS["os.system"](str(mark)))
    assert mark.exists()
    assert "os.system" in events


def test_numpy_is_not_handed_a_forged_dtype(official, tmp_path):
    """numpy's dtype believes its pickled flags: objects declared as plain bytes would become pointers."""

    class ForgedArray:
        def __reduce__(self):
            return (
                np.ndarray([0]).__reduce__()[0],
                (np.ndarray, (0,), b"b"),
                (1, (1,), ForgedDtype(), False, b"A" * 8),
            )

    class ForgedDtype:
        def __reduce__(self):
            return np.dtype, ("O8", False, True), (3, "|", None, None, None, -1, -1, 0)

    (tmp_path / "a.pkl").write_bytes(pickle.dumps({**official, "weights": ForgedArray()}, 2))
    with pytest.raises(UserError, match=r"weights is not an array of numbers .*'O8'"):
        load_model_file(tmp_path / "a.pkl")


def test_a_build_on_a_class_changes_nothing(tmp_path):
    """``BUILD`` may target the class a name gave, to plant a method that a later object would call."""
    program = b"cnumpy\nndarray\n}(S'__setstate__'\ncnumpy\ndtype\nub."
    (tmp_path / "a.pkl").write_bytes(program)
    with pytest.raises(UserError, match="damaged"):
        load_model_file(tmp_path / "a.pkl")
    assert np.ndarray.__setstate__ is not np.dtype


def test_a_sparse_bomb_is_not_unfolded(official, tmp_path):
    bomb = scipy.sparse.csc_matrix((10**6, 10**6))
    (tmp_path / "a.pkl").write_bytes(pickle.dumps({**official, "J_regressor": bomb}))
    with pytest.raises(UserError, match="J_regressor"):
        load_model_file(tmp_path / "a.pkl")


@pytest.mark.parametrize("suffix", [".npz", ".pkl"])
@pytest.mark.parametrize("kept", [0, 1, 100, 20_000])
def test_a_cut_file_is_one_clear_error(official, tmp_path, suffix, kept):
    path = tmp_path / f"a{suffix}"
    if suffix == ".npz":
        np.savez(path, **official)
    else:
        path.write_bytes(pickle.dumps(official))
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(UserError, match="damaged"):
        load_model_file(path)


def test_an_npz_with_pickled_objects_is_refused(official, tmp_path):
    mark = tmp_path / "ran"
    np.savez(
        tmp_path / "a.npz", **{**official, "weights": np.array(Calls(os.system, f"touch {mark}"), object)}
    )
    with pytest.raises(UserError, match="damaged"):
        load_model_file(tmp_path / "a.npz")
    assert not mark.exists()


@pytest.mark.parametrize(
    ("key", "change", "message"),
    [
        ("weights", lambda a: a[:-1], r"weights has the shape \(299, 24\), expected \(300, 24\)"),
        ("shapedirs", lambda a: a[..., :5], "shapedirs has the shape"),
        ("posedirs", lambda a: a[..., :9], "posedirs has the shape"),
        ("v_template", lambda a: a.ravel(), "v_template has the shape"),
        ("f", lambda a: a + 300, "f holds indices outside 0..299"),
        ("kintree_table", lambda a: a[:, ::-1], "not SMPL's tree"),
        ("kintree_table", lambda a: np.tile(a, (1, 2)), "kintree_table has the shape"),
        ("J_regressor", lambda a: a * np.nan, "J_regressor holds values that are not finite"),
        ("weights", lambda a: a.astype(str), "weights is not an array of numbers"),
    ],
)
def test_wrong_contents_are_named(official, tmp_path, key, change, message):
    np.savez(tmp_path / "a.npz", **{**official, key: change(official[key])})
    with pytest.raises(UserError, match=message):
        load_model_file(tmp_path / "a.npz")


def test_missing_keys_files_and_kinds_are_named(official, tmp_path):
    del official["weights"]
    np.savez(tmp_path / "a.npz", **official)
    with pytest.raises(UserError, match="lacks weights"):
        load_model_file(tmp_path / "a.npz")
    with pytest.raises(UserError, match="no SMPL model file at"):
        load_model_file(tmp_path / "b.npz")
    (tmp_path / "c.txt").write_text("")
    with pytest.raises(UserError, match=r"\.npz or \.pkl"):
        load_model_file(tmp_path / "c.txt")


def test_the_embedded_body_is_found_by_its_gender(tmp_path, monkeypatch):
    with pytest.raises(UserError, match="'femal'; the nearest are female"):
        embedded_path("femal")
    monkeypatch.setattr("simplifiedclip.body.model_file.files", lambda package: tmp_path)
    with pytest.raises(UserError, match="missing from the package"):
        embedded_path("male")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "smpl_anny_male.npz").touch()
    assert embedded_path("male").parent == tmp_path / "data"
