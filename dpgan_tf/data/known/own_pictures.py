"""Your own pictures: a folder of picture files, or of files of examples."""

import os
import pathlib
from collections.abc import Sequence
from typing import Any

from absl import flags

from dpgan_tf import errors
from dpgan_tf.data import checks
from dpgan_tf.data import hints
from dpgan_tf.data import registry
from dpgan_tf.data.pictures import class_folders
from dpgan_tf.data.pictures import example_files
from dpgan_tf.data.pictures import parts as picture_parts
from dpgan_tf.data.pictures import person_folders
from dpgan_tf.data.pictures import preparation
from dpgan_tf.data.pictures import source as picture_source

_MAX_UNITS = 256
_MIN_UNIT = 1_024
_ONE_CLASS = (
    "one sub-folder, so there is nothing to tell apart: pictures have no labels"
)
_RECORD_MARKS = (b".tfrecord", b".array_record", b".arrayrecord")


def open_source(
    folder: str | os.PathLike,
    *,
    num_classes: int = 0,
    labelled: bool = True,
    units: str | None = None,
) -> picture_source.Source:
    """Return a folder's pictures as a source.

    Args:
      folder: folder with picture files, or with files of examples.
      num_classes: number of the labels' classes in files of examples; 0 to
        ignore labels.
      labelled: whether sub-folders are classes.
      units: "folders" if the folder that a picture lies in is its person, below
        its class if there are classes; None if a picture is a unit.

    Raises:
      DatasetError: if it contains neither, both, ambiguous parts or persons, or
        a link to a folder.
    """
    root = pathlib.Path(folder)
    if not root.is_dir():
        if root.exists():
            raise errors.DatasetError(
                f"--source={folder}: {hints.of_file(root)}"
            )
        raise errors.DatasetError(
            f"--source={folder}: no such folder; give one with pictures or "
            "with TFRecord or ArrayRecord files."
        )
    paths = list(_walk(os.fsencode(root)))
    records = [path for path in paths if _is_record_file(path)]
    if records and len(records) < len(paths):
        other = next(path for path in paths if not _is_record_file(path))
        raise errors.DatasetError(
            f"{picture_source.show(other)}: lies among files of examples; "
            "keep pictures and such files in folders of their own."
        )
    if records and units:
        raise errors.DatasetError(
            f"--units={units}: is for pictures, and {folder} holds files of "
            "examples, in which persons have no folders; leave it out."
        )
    if records:
        return _as_examples(root, records, num_classes)
    if num_classes:
        raise errors.DatasetError(
            f"--num_classes={num_classes}: is for files of examples; the "
            "classes of pictures are the sub-folders."
        )
    return _as_folder(root, paths, labelled=labelled, units=units)


def _walk(root):
    """Yield the files under a folder, sorted, without hidden ones."""
    for directory, subdirectories, names in os.walk(root):
        subdirectories[:] = sorted(
            filter(class_folders.is_shown, subdirectories)
        )
        for name in subdirectories:
            _require_no_link(os.path.join(directory, name))
        for name in sorted(filter(class_folders.is_shown, names)):
            yield os.path.join(directory, name)


def _require_no_link(path):
    if os.path.islink(path):
        raise errors.DatasetError(
            f"{picture_source.show(path)}: is a link to a folder; links may "
            "lead in circles and are not followed: remove it, or put a copy in "
            "its place."
        )


def _is_record_file(path):
    name = os.path.basename(path).lower()
    return any(mark in name for mark in _RECORD_MARKS)


def _as_examples(root, paths, num_classes):
    tops = [os.path.relpath(path, os.fsencode(root)) for path in paths]
    names = [top.split(b"/")[0] for top in tops]
    parts = picture_parts.of_files(root, names)
    files = [pathlib.Path(os.fsdecode(path)) for path in paths]
    test_files = [
        file
        for file, name in zip(files, names, strict=True)
        if parts and picture_parts.part_of(name) == parts.test
    ]
    return example_files.open_files(
        root,
        files,
        num_classes=num_classes,
        test_part=_test_part(parts),
        test_files=test_files,
    )


def _as_folder(root, paths, *, labelled, units):
    """Return picture files as a source; sub-folders at the top are classes.

    Where the top has train/ and test/, the classes are their sub-folders.
    """
    if not paths:
        raise errors.DatasetError(f"{root}: holds no files; add pictures.")
    parts = picture_parts.of_folders(root, class_folders.within(root))
    tops = [
        os.path.relpath(path, os.fsencode(root)).split(b"/") for path in paths
    ]
    is_test: list[bool | None] = [None] * len(paths)
    if parts:
        _require_no_loose(root, paths, tops)
        is_test = [top[0] == parts.test for top in tops]
        tops = [top[1:] for top in tops]
    persons = [None] * len(paths)
    if units:
        persons = person_folders.persons(
            paths, tops, labelled=labelled, is_test=is_test
        )
    parents = [top[0] if len(top) > 1 else None for top in tops]
    if not labelled or not any(parents):
        parents = [None] * len(paths)
    elif None in parents:
        loose = paths[parents.index(None)]
        raise errors.DatasetError(
            f"{picture_source.show(loose)}: is next to the sub-folders, which "
            "are classes; move it into one, or give --nolabels."
        )
    names = class_folders.classes(root, parts) if any(parents) else []
    remark = ""
    if any(parents) and not names:
        parents, remark = [None] * len(paths), _ONE_CLASS
    numbers = {name: number for number, name in enumerate(names)}
    pictures = [
        picture_source.Picture(
            picture_source.show(path),
            pathlib.Path(os.fsdecode(path)),
            None if parent is None else numbers[parent],
            part,
            person,
        )
        for path, parent, part, person in zip(
            paths, parents, is_test, persons, strict=True
        )
    ]
    size = max(_MIN_UNIT, -(-len(pictures) // _MAX_UNITS))
    portions = [
        pictures[first : first + size]
        for first in range(0, len(pictures), size)
    ]
    return picture_source.Source(
        root=root,
        classes=tuple(picture_source.show(name) for name in names),
        test_part=_test_part(parts),
        remark=remark,
        has_persons=bool(units),
        sizes=[len(some) for some in portions],
        identity=picture_source.identity(root, pictures),
        pictures_of=lambda unit: iter(portions[unit]),
    )


def _test_part(parts):
    return f"{picture_source.show(parts.test)}/" if parts else ""


def _require_no_loose(root, paths, tops):
    for path, top in zip(paths, tops, strict=True):
        if len(top) == 1:
            raise errors.DatasetError(
                f"{picture_source.show(path)}: is next to the parts of "
                f"{root}; move it into one, or away."
            )


def _prepare(
    name: str,
    *,
    data_dir: str | os.PathLike,
    source: str | None,
    size: int,
    output: str | None,
    labels: bool,
    num_classes: int,
    units: str | None,
    **how: Any,
) -> registry.Prepared:
    if not source:
        raise errors.UserError(
            f"--dataset={name}: give --source=DIR, a folder of pictures or of "
            "TFRecord or ArrayRecord files."
        )
    stem = pathlib.Path(source).resolve().name
    target = output or pathlib.Path(data_dir) / f"{stem}_{size}"
    return preparation.prepare(
        pathlib.Path(target),
        lambda: open_source(
            source, num_classes=num_classes, labelled=labels, units=units
        ),
        size=size,
        may_be_there=False,
        **how,
    )


def _hint(path: pathlib.Path, names: Sequence[str]) -> str:
    if names or not _is_record_file(os.fsencode(path)):
        return ""
    return f"is a file of examples; {hints.for_pictures(path.parent)}."


SOURCES = (
    registry.Source(
        name="folder",
        prepare=_prepare,
        options=(
            registry.SOURCE,
            preparation.SIZE,
            registry.Option(
                "output",
                flags.DEFINE_string,
                None,
                "folder for the pictures; by default DATA_DIR/SOURCE_SIZE.",
            ),
            registry.Option(
                "labels",
                flags.DEFINE_bool,
                True,
                "whether sub-folders are classes.",
            ),
            registry.Option(
                "num_classes",
                flags.DEFINE_integer,
                0,
                "number of the labels' classes in TFRecord or ArrayRecord "
                "files; 0 to ignore labels.",
                {"lower_bound": 0, "upper_bound": checks.MAX_CLASSES},
            ),
            registry.Option(
                "units",
                flags.DEFINE_enum,
                None,
                "folders if the folder that a picture lies in is its person, "
                "with --nolabels PERSON/FILE and else CLASS/PERSON/FILE; a "
                "name is one person in all classes.",
                {"enum_values": ["folders"]},
            ),
            *preparation.OPTIONS,
        ),
        hint=_hint,
    ),
)
