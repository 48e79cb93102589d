"""Make what a user calls DATA ready to be loaded: fetched, or prepared first.

A data set with a name is prepared under it. A folder of picture files becomes
prepared pictures in DATA_DIR/NAME_SIZE, once, with persons DATA_DIR/
NAME_SIZE_persons: those of an earlier call are used again, and a call that was
interrupted goes on where it was.
"""

import os
import pathlib
from typing import Any

from dpgan_tf import errors
from dpgan_tf.data import hints
from dpgan_tf.data import registry
from dpgan_tf.data import sources
from dpgan_tf.data.pictures import folder as picture_folder
from dpgan_tf.data.pictures import preparation
from dpgan_tf.data.pictures import stored

SIZE = 32
"""Height and width of pictures, unless something else is wanted."""

_FOLDER = "folder"


def make(
    data: str,
    *,
    data_dir: str | os.PathLike,
    size: int | None = None,
    labels: bool = True,
    units: str | None = None,
) -> registry.Prepared:
    """Prepare a data set, if it has to be.

    Args:
      data: a name, a file, or a folder.
      data_dir: folder of named and prepared data sets.
      size: height and width of pictures that are prepared; None for `SIZE`.
      labels: whether sub-folders of pictures are classes.
      units: "folders" if they are persons, or those of classes are; a folder
        of pictures tells persons in no other way.

    Returns:
      The name or path for `sources.load`, and what was done, for the curator.

    Raises:
      UserError: for files that cannot be used, or a size without effect.
    """
    if not _is_loadable(data, data_dir=data_dir):
        source = _preparing(data)
        if source is not None:
            return _named(data, source, data_dir=data_dir, size=size)
        if hints.may_hold_pictures(pathlib.Path(data)):
            return _folder(
                pathlib.Path(data),
                data_dir=pathlib.Path(data_dir),
                size=size or SIZE,
                labels=labels,
                units=units,
            )
    if size is not None:
        raise errors.UserError(
            f"--size={size}: is for a folder of pictures, and {data} has its "
            "own form; leave it out."
        )
    return registry.Prepared(data)


def _is_loadable(data: str, *, data_dir: str | os.PathLike) -> bool:
    return any(
        source.load and source.find(data, data_dir=data_dir) is not None
        for source in registry.every()
    )


def _preparing(data: str) -> registry.Source | None:
    """Return the source that makes the named data set from no other files."""
    for source in registry.every():
        is_its = data in source.names or (data == source.name and source.names)
        needs_files = registry.SOURCE in source.options
        if source.prepare and is_its and not needs_files:
            return source
    return None


def _named(
    data: str,
    source: registry.Source,
    *,
    data_dir: str | os.PathLike,
    size: int | None,
) -> registry.Prepared:
    given: dict[str, Any] = {}
    _, _, of_name = source.names.get(data, "").partition(" --size=")
    if of_name and size not in (None, int(of_name)):
        raise errors.UserError(
            f"--size={size}: {data} has pictures of {of_name} pixels; leave "
            "it out."
        )
    if of_name or size is not None:
        given["size"] = int(of_name or size)
    elif preparation.SIZE in source.options:
        given["size"] = SIZE
    made = sources.prepare(source.name, data_dir=data_dir, **given)
    name = pathlib.Path(made.dataset).name
    found = name if name in source.names else made.dataset
    return registry.Prepared(found, [f"{data}: is ready", *made.report])


def _folder(
    source: pathlib.Path,
    *,
    data_dir: pathlib.Path,
    size: int,
    labels: bool,
    units: str | None,
) -> registry.Prepared:
    ending = "_persons" if units else ""
    target = data_dir / f"{source.resolve().name}_{size}{ending}"
    if stored.is_store(target):
        _require_of(target, source)
        return registry.Prepared(
            os.fspath(target),
            [
                f"{source}: prepared earlier in {target}, which is used; "
                "remove that folder if there are other pictures now"
            ],
        )
    made = sources.prepare(
        _FOLDER,
        data_dir=data_dir,
        source=os.fspath(source),
        size=size,
        labels=labels,
        units=units,
        output=os.fspath(target),
    )
    done = f"{source}: prepared to {size} x {size} pixels in {made.dataset}"
    return registry.Prepared(made.dataset, [done, *made.report])


def _require_of(target: pathlib.Path, source: pathlib.Path) -> None:
    """Refuse pictures that were prepared from a folder of the same name."""
    before = picture_folder.description_of(target).get("source")
    is_there = isinstance(before, str) and os.path.exists(before)
    if is_there and not os.path.samefile(source, before):
        raise errors.DatasetError(
            f"{target}: was prepared from {before}, not from {source}; "
            "remove it, or give another --data_dir."
        )
