"""The sub-folders of a folder of pictures, whose names are names of classes."""

import os
import pathlib

from dpgan_tf import errors
from dpgan_tf.data import checks
from dpgan_tf.data import class_names
from dpgan_tf.data.pictures import parts as picture_parts
from dpgan_tf.data.pictures import source as picture_source

_IGNORED = (b"thumbs.db", b"desktop.ini", b"__macosx")


def is_shown(name: bytes) -> bool:
    """Return whether a file or folder counts: it is not hidden.

    Args:
      name: its name.
    """
    return not name.startswith(b".") and name.lower() not in _IGNORED


def within(root: str | os.PathLike) -> list[bytes]:
    """Return the sorted names of a folder's sub-folders.

    Args:
      root: the folder.
    """
    with os.scandir(os.fsencode(root)) as entries:
        return sorted(
            entry.name
            for entry in entries
            if entry.is_dir() and is_shown(entry.name)
        )


def classes(
    root: pathlib.Path, parts: picture_parts.Parts | None
) -> list[bytes]:
    """Return the classes' folders, which must be the same in each part.

    An empty sub-folder is also a class: the number of classes is public, so it
    must not depend on a picture.

    Args:
      root: the folder of pictures.
      parts: its training and test part; None if it has none.

    Returns:
      Their names; empty if there is only one, which tells pictures apart from
      none.

    Raises:
      DatasetError: if parts have different classes, there are too many, a
        name cannot be a file's, or a single sub-folder holds the classes.
    """
    names = within(root) if parts is None else _of_both(root, parts)
    if len(names) == 1:
        _require_no_inner(root, names[0], parts)
        return []
    if len(names) > checks.MAX_CLASSES:
        raise errors.DatasetError(
            f"{root}: has {len(names)} sub-folder(s), which are classes; "
            f"expected 2 to {checks.MAX_CLASSES}, or give --nolabels."
        )
    shown = [picture_source.show(name) for name in names]
    if problem := class_names.problem_of(shown, num_classes=len(shown)):
        raise errors.DatasetError(
            f"{root}: the list of its sub-folders, which are classes, "
            f"{problem}: rename that folder, or give --nolabels."
        )
    return names


def _of_both(root, parts) -> list[bytes]:
    names, held_out = (
        within(root / os.fsdecode(part))
        for part in (parts.training, parts.test)
    )
    for name in sorted(set(names) ^ set(held_out)):
        part = parts.training if name in held_out else parts.test
        raise errors.DatasetError(
            f"{root}: {picture_source.show(part)} has no sub-folder "
            f"{picture_source.show(name)}; expected the same classes in "
            "both parts: make it, if it is to be empty."
        )
    return names


def _require_no_inner(root, name, parts) -> None:
    inner = root / os.fsdecode(name)
    if parts is None and within(inner):
        raise errors.DatasetError(
            f"{root}: has 1 sub-folder, which has sub-folders itself; give "
            "--nolabels, or --source="
            f"{picture_source.show(inner)} if those are the classes."
        )
