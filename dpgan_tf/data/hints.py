"""What to do with a file or folder that is no data set, in one sentence.

Each hint leads to a command that takes what is there, or says that none does.
"""

import itertools
import os
import pathlib
import shlex

from dpgan_tf.data import file_kinds
from dpgan_tf.data.pictures import source as picture_source

_TABLE = (
    "is a table; the tables that are read are MIMIC's two files of diagnoses: "
    "give their folder to `prepare-data --dataset=mimic3 --source=DIR`"
)
_ARRAYS = "save its arrays with numpy.savez as images (and labels) in an .npz"
_UNPACK = (
    "unpack it, and for pictures run `prepare-data --dataset=folder "
    "--source=DIR --size=64` with their folder"
)
_ARCHIVES = ("zip archive", "7z", "RAR", "tar", "compressed")
_ARRAY_FILES = ("HDF5", "MATLAB", "Parquet", "Arrow", "SQLite")
_TABLE_NAMES = (".csv", ".tsv", ".csv.gz", ".tsv.gz", ".txt", ".data", ".xlsx")
_TAR_NAMES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
_RECORD_MARKS = (".tfrecord", ".array_record", ".arrayrecord")
_MIMIC = ("admissions.csv", "admissions.csv.gz")
_MAX_SEEN = 1_000


def of_file(path: pathlib.Path) -> str:
    """Return what a file is and what to do with it, after its name and a colon.

    Args:
      path: of a file, or of something that is neither file nor folder.
    """
    name = path.name.lower()
    if not path.is_file():
        return "is neither a file nor a folder; give one of these."
    try:
        with open(path, "rb") as file:
            head = file.read(file_kinds.HEAD_BYTES)
    except OSError as error:
        return f"cannot be read ({error.strerror})."
    if not head:
        return "is empty."
    if name.endswith(".npz"):
        return "holds arrays; give it as --dataset."
    if name.endswith(_TABLE_NAMES):
        return f"{_TABLE}."
    if any(mark in name for mark in _RECORD_MARKS):
        return f"is a file of examples; {_for_pictures(path.parent)}."
    if "ubyte" in name:
        return f"is one of the IDX files; give its folder, {path.parent}."
    if name.endswith(_TAR_NAMES):
        return f"is a tar archive; {_UNPACK}."
    return _of_content(path, head)


def of_folder(path: pathlib.Path) -> str:
    """Return what to do with a folder that holds no data set.

    Args:
      path: of the folder.
    """
    names = _names(path)
    lowered = [name.lower() for name in names]
    if path.name.endswith(".partial"):
        return "is not finished; the command that began it goes on."
    if any(name in _MIMIC for name in lowered):
        command = f"prepare-data --dataset=mimic3 --source={_quoted(path)}"
        return f"holds MIMIC's files; run `{command}` first."
    arrays = [name for name in names if name.lower().endswith(".npz")]
    if arrays:
        shown = picture_source.show(path / arrays[0])
        return f"holds arrays; give one file, such as {shown}."
    if not names:
        return "is an empty folder."
    if all(name.endswith((*_TABLE_NAMES, *_TAR_NAMES)) for name in lowered):
        shown = picture_source.show(names[0])
        return f"holds {shown}, which {of_file(path / names[0])}"
    return f"is a folder without IDX files; {_for_pictures(path)}."


def _of_content(path, head):
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
            f"{_for_pictures(path.parent)}."
        )
    if file_kinds.is_text(head):
        return f"{_TABLE}." if _looks_like_table(head) else "is text."
    return f"is of an unknown kind; {_ARRAYS}, or give a folder of pictures."


def _looks_like_table(head):
    lines = head.splitlines()[:5]
    return any(all(mark in line for line in lines) for mark in (b",", b";"))


def _for_pictures(folder):
    command = f"prepare-data --dataset=folder --source={_quoted(folder)}"
    return f"for pictures run `{command} --size=64` first"


def _quoted(path):
    return shlex.quote(picture_source.show(path))


def _names(path):
    with os.scandir(path) as entries:
        found = [entry.name for entry in itertools.islice(entries, _MAX_SEEN)]
    return sorted(name for name in found if not name.startswith("."))
