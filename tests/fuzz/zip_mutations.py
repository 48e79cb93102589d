"""Changes of an .npz file that leave a zip file with right checksums."""

import io
import random
import warnings
import zipfile

from tests.fuzz import mutations

_METHODS = (
    *(zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED),
    *(zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA),
)
_SHAPES = (
    *(b"()", b"(0,)", b"(-1,)", b"(1,)", b"(2, 2)", b"(99999999999999999999,)"),
    *(
        b"(1.5,)",
        b"('a',)",
        b"(True,)",
        b"(1,) * 9",
        b"[1]",
        b"((((((",
        b"None",
    ),
)
_TYPES = (
    *(b"'|O'", b"'<f2'", b"'>f8'", b"'|S5'", b"'<U3'", b"'<M8[s]'", b"'|V8'"),
    *(b"'<c16'", b"[('a', '<i4')]", b"'|b1'", b"'<q4'", b"5", b"''", b"None"),
)


def mutate(content: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """Return a copy of an .npz file with one or two changes.

    Args:
      content: content of an .npz file.
      rng: source of all choices.
      others: valid files, pieces of which are put in.
    """
    if rng.random() < 0.35:
        return mutations.mutate(content, rng, others)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    for _ in range(rng.choice((1, 1, 2))):
        if members:
            _change(members, rng, others)
    made = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Names may stand twice.
        with zipfile.ZipFile(made, "w", rng.choice(_METHODS)) as archive:
            for name, data in members:
                archive.writestr(zipfile.ZipInfo(name), data)
    content = made.getvalue()
    if rng.random() < 0.2:
        content = mutations.mutate(content, rng, others)
    return content


def _change(members, rng, others):
    number = rng.randrange(len(members))
    name, data = members[number]
    what = rng.randrange(7)
    if what == 0:
        new = (name.removesuffix(".npy"), name + "/", "../" + name, "a", ".npy")
        members[number] = (rng.choice(new), data)
    elif what == 1:
        members.append((name, rng.choice(members)[1]))
    elif what == 2:
        del members[number]
    elif what == 3:
        members[number] = (name, rng.choice(members)[1])
    elif what == 4:
        members[number] = (name, mutations.mutate(data, rng, others))
    else:
        members[number] = (name, _other_header(data, rng, what == 5))


def _other_header(data, rng, is_shape):
    """Return an array whose header has another shape or type."""
    marks = (b"'shape': ", b", }") if is_shape else (b"'descr': ", b", 'fort")
    first = data.find(marks[0])
    end = data.find(marks[1], first)
    if min(first, end) < 0:
        return data[: rng.randrange(len(data) + 1)]
    new = rng.choice(_SHAPES if is_shape else _TYPES)
    old_length = end - first - len(marks[0])
    header = data[: first + len(marks[0])] + new + data[end:]
    padding = old_length - len(new)  # The header's length stays if it can.
    place = header.find(b"\n")
    if padding > 0:
        return header[:place] + b" " * padding + header[place:]
    return header[: place + padding] + header[place:]
