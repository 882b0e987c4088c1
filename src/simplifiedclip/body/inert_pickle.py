"""Read arrays out of a pickle without running anything that the pickle asks for.

A pickle is a program: it names functions of any installed package and calls them. Here each name becomes an
inert record of what the pickle wanted (:class:`_Record`), whatever it is, and names that no SMPL file has
reason to hold are refused. Not even numpy's own classes are handed out: their ``__setstate__`` trusts flags
and sizes of the pickle's choosing. After reading, the few records that describe arrays (numpy's, scipy's
sparse matrices, chumpy's expressions) are rebuilt from checked numbers.
"""

from __future__ import annotations

import io
import pickle
from typing import Any

import numpy as np

from ..errors import UserError

_MAX_ELEMENTS = 100_000_000
_MAX_DEPTH = 32
_NUMBERS = {"b1", "f2", "f4", "f8", *(f"{kind}{size}" for kind in "iu" for size in (1, 2, 4, 8))}

_ALLOWED = {
    "numpy": {"ndarray", "dtype", "matrix"},
    "numpy.matrixlib.defmatrix": {"matrix"},
    # The two homes of each are before and after numpy 2.
    "numpy.core.multiarray": {"_reconstruct", "scalar"},
    "numpy._core.multiarray": {"_reconstruct", "scalar"},
    "numpy.core.numeric": {"_frombuffer"},
    "numpy._core.numeric": {"_frombuffer"},
    "_codecs": {"encode"},  # how Python 3 writes bytes into old protocols
    "copy_reg": {"_reconstructor"},
    "copyreg": {"_reconstructor"},
    "__builtin__": {"object", "set"},
    "builtins": {"object", "set"},
}
_SPARSE = {f"{layout}_{kind}" for layout in ("csc", "csr", "coo") for kind in ("matrix", "array")}
_SPARSE_MODULES = {"scipy.sparse"} | {
    f"scipy.sparse.{p}{m}" for p in ("", "_") for m in ("csc", "csr", "coo")
}
_CHUMPY_MODULES = {"chumpy", "chumpy.ch", "chumpy.reordering"}


class _Record:
    """What a pickle asked to make: the global's name, the arguments and the state. It does nothing."""

    module = ""
    name = ""
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    state: Any

    def __new__(cls, *args: Any, **kwargs: Any) -> _Record:
        record = object.__new__(cls)
        record.__dict__.update(args=args, kwargs=kwargs, state=None)
        return record

    def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    def __setstate__(self, state: Any) -> None:
        self.__dict__["state"] = state


class _Unpickler(pickle.Unpickler):
    """Hands out a fresh record class for each allowed global; refuses all others."""

    def find_class(self, module: str, name: str) -> Any:
        allowed = (
            name in _ALLOWED.get(module, ())
            or (module in _SPARSE_MODULES and name in _SPARSE)
            or (module in _CHUMPY_MODULES and name.isidentifier())
        )
        if not allowed:
            raise UserError(
                f"it asks for {module}.{name}, which no SMPL file needs; "
                "get the file again from a source that you trust"
            )
        return type("_Record", (_Record,), {"module": module, "name": name, "__slots__": ()})

    def persistent_load(self, pid: Any) -> Any:
        raise pickle.UnpicklingError("it refers to an object outside the file")


def load(content: bytes) -> Any:
    """Return the pickled object; arrays in it are records until :func:`to_array` rebuilds them.

    Strings of Python 2 are read as latin-1, which keeps bytes as they are.

    Raises:
        UserError: for a global that SMPL files do not need (named in the message).
        Exception: of many types where the pickle is damaged.
    """
    return _Unpickler(io.BytesIO(content), encoding="latin1").load()


def to_array(value: Any) -> np.ndarray:
    """Return a number, an array or a record of one (numpy, scipy.sparse, chumpy) as a numpy array.

    Raises:
        ValueError, TypeError: where it describes no array of numbers.
    """
    return _to_array(value, 0)


def _to_array(value: Any, depth: int) -> np.ndarray:
    if depth > _MAX_DEPTH:
        raise ValueError("its parts are nested too deep")
    if not isinstance(value, _Record):
        return np.asarray(value)
    if value.name == "_reconstructor":  # protocols 0 and 1 make an object of a class this way
        record = value.args[0]()
        record.__setstate__(value.state)
        return _to_array(record, depth + 1)
    if value.module.startswith("scipy.sparse"):
        return _sparse(value, depth)
    if value.module.startswith("chumpy"):
        return _chumpy(value, depth)
    if value.name == "_reconstruct":
        return _ndarray(value.state)
    if value.name == "_frombuffer":
        buffer, dtype, shape, order = value.args
        return _from_bytes(buffer, dtype, shape, order == "F")
    if value.name == "scalar":
        dtype, buffer = value.args
        return _from_bytes(buffer, dtype, (), False)
    raise TypeError(f"{value.module}.{value.name} is no array")


def _ndarray(state: Any) -> np.ndarray:
    """Rebuild what ``numpy.ndarray.__reduce__`` wrote: (version, shape, dtype, is_fortran, bytes)."""
    *_, shape, dtype, fortran, buffer = state
    return _from_bytes(buffer, dtype, shape, bool(fortran))


def _from_bytes(buffer: Any, dtype: Any, shape: Any, fortran: bool) -> np.ndarray:
    shape = _shape(shape)
    array = np.frombuffer(_bytes(buffer), _dtype(dtype))
    return array.reshape(shape, order="F" if fortran else "C").copy()


def _dtype(value: Any) -> np.dtype:
    """Rebuild a dtype of plain numbers from ``numpy.dtype.__reduce__``: its code and its byte order."""
    if not (isinstance(value, _Record) and value.name == "dtype" and value.args):
        raise TypeError("an array has no dtype")
    code = value.args[0]
    if not isinstance(code, str) or code not in _NUMBERS:
        raise TypeError(f"it holds values of type {code!r}")
    order = value.state[1] if isinstance(value.state, tuple) and len(value.state) > 1 else "|"
    if order not in ("<", ">", "|", "="):
        raise TypeError(f"it has the byte order {order!r}")
    return np.dtype(order + code)


def _bytes(value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode("latin1")
    if isinstance(value, _Record) and value.name == "encode":
        text, codec = value.args
        if isinstance(text, str) and codec == "latin1":
            return text.encode("latin1")
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    raise TypeError("an array has no bytes")


def _shape(value: Any) -> tuple[int, ...]:
    shape = tuple(int(size) for size in value)
    elements = 1
    for size in shape:
        if size < 0:
            raise ValueError(f"an array has the shape {shape}")
        elements *= size
    if len(shape) > 4 or elements > _MAX_ELEMENTS:
        raise ValueError(f"an array has the shape {shape}")
    return shape


def _state(value: _Record) -> dict[str, Any]:
    if not isinstance(value.state, dict):
        raise TypeError(f"{value.module}.{value.name} holds nothing")
    return value.state


def _sparse(value: _Record, depth: int) -> np.ndarray:
    state = _state(value)
    shape = _shape(state["_shape"] if "_shape" in state else state["shape"])
    if len(shape) != 2:
        raise ValueError(f"a sparse matrix has the shape {shape}")
    data = _to_array(state["data"], depth + 1)
    layout = value.name[:3]
    if layout == "coo":
        row, col = state["coords"] if "coords" in state else (state["row"], state["col"])
        rows, cols = _to_array(row, depth + 1), _to_array(col, depth + 1)
    else:
        inner, starts = _to_array(state["indices"], depth + 1), _to_array(state["indptr"], depth + 1)
        outer = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        rows, cols = (inner, outer) if layout == "csc" else (outer, inner)
    if not data.shape == rows.shape == cols.shape or data.ndim != 1:
        raise ValueError("a sparse matrix has parts of different lengths")
    for indices, size in ((rows, shape[0]), (cols, shape[1])):
        if indices.dtype.kind not in "iu" or (
            len(indices) and not 0 <= indices.min() <= indices.max() < size
        ):
            raise ValueError("a sparse matrix has indices outside its shape")
    dense = np.zeros(shape, data.dtype)
    np.add.at(dense, (rows, cols), data)
    return dense


def _chumpy(value: _Record, depth: int) -> np.ndarray:
    """Evaluate the chumpy expressions that SMPL files are known to hold."""
    state = _state(value)
    if value.name == "Ch":
        return _to_array(state["x"], depth + 1)
    if value.name == "Concatenate":
        return np.concatenate(
            [_to_array(state[term], depth + 1) for term in state["dterms"]], int(state["axis"])
        )
    if value.name in ("Select", "Reshape", "transpose"):
        inner = _to_array(state["a"], depth + 1)
        if value.name == "transpose":
            axes = state.get("axes")
            return np.transpose(inner, None if axes is None else [int(axis) for axis in axes])
        if value.name == "Reshape":
            return inner.reshape([int(size) for size in state["newshape"]])
        chosen = inner.ravel()[_to_array(state["idxs"], depth + 1)]
        return chosen.reshape(_shape(state["preferred_shape"])) if "preferred_shape" in state else chosen
    raise TypeError(f"the chumpy expression {value.name} is not known here; save the file with plain arrays")
