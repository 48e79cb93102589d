"""Checks that the samples of a release are samples and nothing else.

A picture may hold only pixels, and a table only counts, or values of its
schema, under its column names. Other text could contradict the claim. What
pixels show, and what column names say, cannot be checked.
"""

import csv
import io
import os
import pathlib
import zlib

from dpgan_tf.claim import release_names
from dpgan_tf.claim import typed_rows
from dpgan_tf.data import class_names
from dpgan_tf.data import records
from dpgan_tf.data.pictures import png_chunks
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.privacy import plain_files

_LARGEST = 2**28
"""Largest size of a file in bytes."""

_MOST_PIXELS = 2**30
_NUM_ROWS = 100
_HEADER_SIZE = 13
_COLOURS = {1: 0, 3: 2}
"""PNG colour types by number of channels."""


def problems(
    release_dir: str | os.PathLike[str],
    form: records.Form,
    schema: schemas.Schema | None = None,
) -> dict[str, str]:
    """Return what is wrong with each file of samples, or an empty text.

    Args:
      release_dir: the published folder.
      form: the form of an example, from the release's card.
      schema: the release's schema; None if it has none.
    """
    folder = pathlib.Path(release_dir)
    if schema is not None:
        return {release_names.ROWS: _of_typed(folder, schema)}
    if form.is_table:
        return _of_table(folder, form)
    picture, classes = release_names.PICTURE, release_names.CLASSES
    found = {picture: _of_file(folder / picture, _of_picture, form)}
    if os.path.lexists(folder / classes):
        found[classes] = _of_file(folder / classes, _of_classes, form)
    return found


def _of_typed(folder: pathlib.Path, schema: schemas.Schema) -> str:
    try:
        content = _read(folder / release_names.ROWS)
    except OSError as error:
        return str(error.strerror)
    return typed_rows.problem_of(content, schema, num_rows=_NUM_ROWS)


def _of_file(path, problem_of, form: records.Form) -> str:
    try:
        return problem_of(_read(path), form)
    except OSError as error:
        return str(error.strerror)


def _of_classes(content: bytes, form: records.Form) -> str:
    names = class_names.from_bytes(content)
    return class_names.problem_of(names, num_classes=form.num_classes)


def _read(path: pathlib.Path) -> bytes:
    return plain_files.read(path, largest=_LARGEST, follow_links=False)


def _of_picture(content: bytes, form: records.Form) -> str:
    chunks = list(png_chunks.checked(content))
    names = [name for name, _ in chunks]
    parts = [b"IHDR", *[b"IDAT"] * (len(names) - 2), b"IEND"]
    size = len(png_chunks.SIGNATURE) + sum(12 + len(d) for _, d in chunks)
    if len(names) < 3 or names != parts or chunks[-1][1]:
        return "is not a PNG picture of a header and pixels alone"
    if size != len(content):
        return f"has {len(content) - size:,} bytes after the picture"
    num_bytes = _num_bytes(chunks[0][1], form)
    if num_bytes is None:
        return "is not a picture of examples of the card's shape"
    if not _is_inflated_to(b"".join(d for _, d in chunks[1:-1]), num_bytes):
        return "has other data than pixels"
    return ""


def _num_bytes(header: bytes, form: records.Form) -> int | None:
    """Return the bytes of all pixels, or None for another kind of header."""
    height, width, channels = form.shape
    if len(header) != _HEADER_SIZE or channels not in _COLOURS:
        return None
    down, right = (
        int.from_bytes(header[4:8], "big"),
        int.from_bytes(header[:4], "big"),
    )
    num_bytes = down * (1 + right * channels)
    # Eight bits, the only compression, the only filter, no interlace.
    is_plain = header[8:] == bytes([8, _COLOURS[channels], 0, 0, 0])
    # Each example has a line around it.
    is_grid = all(
        size > step and size % step == 1
        for size, step in ((down, height + 1), (right, width + 1))
    )
    fits = num_bytes <= _MOST_PIXELS
    return num_bytes if is_plain and is_grid and fits else None


def _is_inflated_to(data: bytes, num_bytes: int) -> bool:
    """Return whether compressed data inflate to exactly so many bytes."""
    stream, left = zlib.decompressobj(), num_bytes
    try:
        while not stream.eof and left >= 0:
            part = stream.decompress(data, 2**20)
            if not part and not stream.eof:
                return False
            left, data = left - len(part), stream.unconsumed_tail
    except zlib.error:
        return False
    return left == 0 and not stream.unused_data


def _of_table(folder: pathlib.Path, form: records.Form) -> dict[str, str]:
    contents: dict[str, bytes] = {}
    found = dict.fromkeys((release_names.COLUMNS, release_names.ROWS), "")
    for name in found:
        try:
            contents[name] = _read(folder / name)
        except OSError as error:
            found[name] = str(error.strerror)
    if any(found.values()):
        return found
    columns = _columns(contents[release_names.COLUMNS])
    if len(columns) != form.shape[0]:
        found[release_names.COLUMNS] = (
            f"is not a text of {form.shape[0]:,} names, one per line"
        )
        return found
    found[release_names.ROWS] = _of_rows(
        contents[release_names.ROWS], columns, form
    )
    return found


def _columns(content: bytes) -> list[str]:
    """Return the column names; none if these are not lines of text."""
    try:
        *names, end = content.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        return []
    return [] if end else names


def _of_rows(content: bytes, columns: list[str], form: records.Form) -> str:
    first = io.StringIO()
    csv.writer(first, lineterminator="\n").writerow(columns)
    header = first.getvalue().encode()
    if not content.startswith(header):
        return f"begins with other names than {release_names.COLUMNS}"
    *rows, end = content[len(header) :].split(b"\n")
    largest = min(form.largest, records.MAX_PIXEL)
    counts = {b"%d" % count for count in range(largest + 1)}
    if end or len(rows) != _NUM_ROWS:
        return f"does not have {_NUM_ROWS} lines below the column names"
    for number, row in enumerate(rows, start=1):
        cells = row.split(b",", len(columns))
        if len(cells) != len(columns) or not counts.issuperset(cells):
            return (
                f"row {number} is not {len(columns):,} counts from 0 to "
                f"{largest}"
            )
    return ""
