"""Hints on what to do with a file or folder that is not a data set.

Each hint is one sentence: it names a command that can use the file, or says
that none can. Sources give their own hints; the rest depend on the file's kind.
"""

import itertools
import os
import pathlib
import shlex
from collections.abc import Sequence

from dpgan_tf.data import file_kinds
from dpgan_tf.data import registry
from dpgan_tf.data.pictures import source as picture_source

_ARRAYS = "save its arrays with numpy.savez as images (and labels) in an .npz"
_UNPACK = (
    "unpack it, and for pictures run `prepare-data --dataset=folder "
    "--source=DIR --size=64` with their folder"
)
_ARCHIVES = ("zip archive", "7z", "RAR", "tar", "compressed")
_ARRAY_FILES = ("HDF5", "MATLAB", "Parquet", "Arrow", "SQLite")
_TABLE_NAMES = (".csv", ".tsv", ".csv.gz", ".tsv.gz", ".txt", ".data", ".xlsx")
_TAR_NAMES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
_KNOWN_NAMES = (*_TABLE_NAMES, *_TAR_NAMES)
_MAX_SEEN = 1_000


def of_file(path: pathlib.Path) -> str:
    """Return what a file is and what to do with it, after its name and a colon.

    Args:
      path: a file, or something that is neither file nor folder.
    """
    if not path.is_file():
        return "is neither a file nor a folder; give one of these."
    try:
        head = _head(path)
    except OSError as error:
        return f"cannot be read ({error.strerror})."
    if not head:
        return "is empty."
    return _of_sources(path) or _of_content(path, head)


def of_folder(path: pathlib.Path) -> str:
    """Return what to do with a folder that contains no data set.

    Args:
      path: the folder.
    """
    names = _names(path)
    if path.name.endswith(".partial"):
        return "is not finished; repeat the command that began it."
    if not names:
        return "is an empty folder."
    hint = _of_sources(path, names)
    if hint:
        return hint
    if all(name.lower().endswith(_KNOWN_NAMES) for name in names):
        shown = picture_source.show(names[0])
        return f"holds {shown}, which {of_file(path / names[0])}"
    return f"is a folder without IDX files; {for_pictures(path)}."


def may_hold_pictures(path: pathlib.Path) -> bool:
    """Return whether a path is a folder in which pictures are all that is left.

    Args:
      path: a file or folder.
    """
    if not path.is_dir() or path.name.endswith(".partial"):
        return False
    names = _names(path)
    is_known = all(name.lower().endswith(_KNOWN_NAMES) for name in names)
    return not is_known and not _of_sources(path, names)


def for_pictures(folder: pathlib.Path) -> str:
    """Return what to do with a folder if it contains pictures.

    Args:
      folder: the folder.
    """
    command = f"prepare-data --dataset=folder --source={quoted(folder)}"
    return f"for pictures run `{command} --size=64` first"


def quoted(path: pathlib.Path) -> str:
    """Return a path quoted for a shell, in a form that any terminal can show.

    Args:
      path: a file or folder.
    """
    return shlex.quote(picture_source.show(path))


def is_table(path: pathlib.Path) -> bool:
    """Return whether a file is a table, by its name or its first lines.

    Args:
      path: a file or folder.
    """
    if not path.is_file():
        return False
    if path.name.lower().endswith(_TABLE_NAMES):
        return True
    head = _head(path)
    begins_otherwise = file_kinds.foreign_kind(head) or (
        file_kinds.picture_format(head)
    )
    if begins_otherwise or not file_kinds.is_text(head):
        return False
    lines = head.splitlines()[:5]
    return any(all(mark in line for line in lines) for mark in (b",", b";"))


def _of_sources(path: pathlib.Path, names: Sequence[str] = ()) -> str:
    for source in registry.every():
        if hint := source.hint(path, names):
            return hint
        if source.matches(path):
            return f"is {source.name}; give it as --dataset."
        if source.matches(path.parent):
            return f"is in {source.name}; give its folder, {path.parent}."
        for inner in filter(source.matches, map(path.joinpath, names)):
            shown = picture_source.show(inner)
            return f"holds {source.name}; give that one, such as {shown}."
    return ""


def _of_content(path, head):
    if path.name.lower().endswith(_TAR_NAMES):
        return f"is a tar archive; {_UNPACK}."
    kind = file_kinds.foreign_kind(head)
    if "NumPy array" in kind:
        return (
            f"is {kind} without a name; save it with numpy.savez('own.npz', "
            f"images=numpy.load('{path.name}')), and give that file."
        )
    if any(word in kind for word in _ARCHIVES):
        return f"is {kind}; {_UNPACK}."
    if any(word in kind for word in _ARRAY_FILES):
        return f"is {kind}, which is not read; {_ARRAYS}."
    if kind:
        return f"is {kind}, which is not read; save pictures as PNG or JPEG."
    begun = file_kinds.picture_format(head)
    if begun:
        return (
            f"is one picture ({begun}), and a data set is a folder of them; "
            f"{for_pictures(path.parent)}."
        )
    if file_kinds.is_text(head):
        return "is text."
    return f"is of an unknown kind; {_ARRAYS}, or give a folder of pictures."


def _head(path):
    with open(path, "rb") as file:
        return file.read(file_kinds.HEAD_BYTES)


def _names(path):
    with os.scandir(path) as entries:
        found = [entry.name for entry in itertools.islice(entries, _MAX_SEEN)]
    return sorted(name for name in found if not name.startswith("."))
