"""Steps as bytes: JSON, CSV, NDJSON, NPZ and the stream's binary frames."""

import io
import struct
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic_core import to_json

from app.messages import Outgoing, Regions, Steps
from app.problems import encode
from app.runs import Columns


def columns_json(columns: Columns) -> bytes:
    """Columns as one JSON object; what is not finite is null.

    >>> columns_json({"step": np.array([0.0, 1.0]), "m_x": np.array([np.nan, 0.1])})
    b'{"step":[0,1],"m_x":[null,0.1]}'
    """
    return to_json({name: listed(name, column) for name, column in columns.items()}, inf_nan_mode="null")


def listed(name: str, column: NDArray[Any]) -> list[float]:
    """A column as a list; steps are whole numbers."""
    values: list[float] = (column.astype(np.int64) if name == "step" else column).tolist()
    return values


def pieces(body: Any, depth: int = 3) -> Iterator[bytes]:
    """The same bytes as `encode`, field by field, arrays as lists: who writes much gives way to others in between.

    >>> b"".join(pieces({"data": [{"x": np.array([1, np.nan])}, "y"]}))
    b'{"data":[{"x":[1.0,null]},"y"]}'
    """
    if isinstance(body, np.ndarray):
        body = body.tolist()
    if depth and isinstance(body, dict):
        yield b"{"
        for place, name in enumerate(body):
            yield (b"," if place else b"") + encode(str(name)) + b":"
            yield from pieces(body[name], depth - 1)
        yield b"}"
    elif depth and isinstance(body, (list, tuple)) and body and isinstance(body[0], (dict, list, tuple)):
        yield b"["
        for place, entry in enumerate(body):
            yield b"," if place else b""
            yield from pieces(entry, depth - 1)
        yield b"]"
    else:
        yield encode(body)


def in_pieces(body: Any) -> bytes:
    """The same as a whole."""
    return b"".join(pieces(body))


def packed(parts: Iterable[bytes], size: int = 32 * 1024) -> Iterator[bytes]:
    """The same bytes in parts of at least `size`, but for the last.

    >>> list(packed([b"a", b"bc", b"d"], 2))
    [b'abc', b'd']
    """
    waiting: list[bytes] = []
    held = 0
    for part in parts:
        waiting.append(part)
        held += len(part)
        if held >= size:
            yield b"".join(waiting)
            waiting, held = [], 0
    yield b"".join(waiting)


def frame(message: Outgoing) -> str | bytes:
    """A message as the text or the binary frame that carries it."""
    if isinstance(message, Regions):
        classes, size, _ = message.picture.shape
        about = {"type": "regions", "run": message.run, "step": message.step, "size": size, "classes": classes}
        return headed(about, message.picture.tobytes())
    if not isinstance(message, Steps):
        return encode(message.body()).decode()  # type: ignore[union-attr]
    header: dict[str, Any] = {"type": "steps", "run": message.run, "from": message.first, "count": message.count}
    if message.binary:
        return binary(header, message.columns)
    return (to_json(header)[:-1] + b',"columns":' + columns_json(message.columns) + b"}").decode()


def binary(header: dict[str, Any], columns: Columns) -> bytes:
    """Each column as little-endian float64, behind a header.

    >>> data = binary({"type": "steps"}, {"x": np.array([0.5])})
    >>> data[:4], len(data) % 8, struct.unpack("<d", data[-8:])
    (b'\\x10\\x00\\x00\\x00', 0, (0.5,))
    """
    columns_as_bytes = (np.ascontiguousarray(column, dtype="<f8").tobytes() for column in columns.values())
    return headed(header, b"".join(columns_as_bytes))


def headed(header: dict[str, Any], values: bytes) -> bytes:
    """Length of the header, the header, zeros up to a multiple of 8, then the values."""
    text = to_json(header)
    return struct.pack("<I", len(text)) + text + b"\0" * (-(4 + len(text)) % 8) + values


def npz(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Arrays as NumPy's archive; the same arrays give the same bytes.

    >>> data = npz({"run0/x": np.array([0.5])})
    >>> np.load(io.BytesIO(data))["run0/x"].tolist()
    [0.5]
    """
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(array), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), member.getvalue())
    return file.getvalue()
