"""Decodes pictures in worker processes, unit by unit of their source.

A unit's pictures are brought to one size and written as ArrayRecord; its report
is written last, and says that it is finished.
"""

import collections
import concurrent.futures
import contextlib
import dataclasses
import functools
import hashlib
import json
import multiprocessing
import os
import pathlib
from collections.abc import Iterator
from typing import Any

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf.data import picture
from dpgan_tf.data import picture_folder
from dpgan_tf.data import picture_source
from dpgan_tf.privacy import durable

_PREFIX, _REPORT, _UNITS = "unit-", "json", "unit-*"
_KEYS = frozenset({"labels", "num_bytes", "checksums", "changes", "unusable"})
"""Of a report."""

_TASKS_AT_ONCE = 32


@dataclasses.dataclass(frozen=True, kw_only=True)
class Plan:
    """How a source is prepared.

    Attributes:
      size: height and width of every picture.
      channels: 3, or 1 for grey.
      test_fraction: share of the pictures held out for scores.
      seed: of what is held out.
    """

    size: int
    channels: int
    test_fraction: float
    seed: int


def prepare_missing(
    source: picture_source.Source,
    folder: pathlib.Path,
    plan: Plan,
    num_processes: int | None,
) -> None:
    """Prepare the units of a source that are not finished.

    Args:
      source: of `picture_sources.open_source`.
      folder: where units are kept.
      plan: how.
      num_processes: that decode; as many as there are cores without.
    """
    missing = [
        i for i in range(source.num_units) if not _is_finished(folder, i)
    ]
    if not missing:
        return
    context = multiprocessing.get_context("spawn")
    with (
        concurrent.futures.ProcessPoolExecutor(
            num_processes or os.cpu_count(), mp_context=context
        ) as pool,
        _bar(source, missing) as bar,
    ):
        for i in missing:
            _prepare(source, i, folder, plan, pool, bar)


def file_of(folder: pathlib.Path, number: int, part: str) -> pathlib.Path:
    """Return where a unit's records of a split are, or its report.

    Args:
      folder: where units are kept.
      number: of the unit.
      part: a split of `picture_folder.SPLITS`, or "json" for the report.
    """
    return folder / f"{_PREFIX}{number:05}.{part}"


def read(folder: pathlib.Path, number: int) -> dict[str, Any]:
    """Return the report of a finished unit.

    Args:
      folder: where units are kept.
      number: of the unit.

    Returns:
      By split: labels, num_bytes and checksums of its records; how often
      pictures were changed in which way; and why files gave none.

    Raises:
      DatasetError: if it is damaged.
    """
    path = file_of(folder, number, _REPORT)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if not (isinstance(found, dict) and _KEYS <= set(found)):
            raise ValueError("other keys")
    except (ValueError, RecursionError) as error:
        raise errors.DatasetError(
            f"{path}: is damaged; remove it, and run the same command again."
        ) from error
    return found


def _is_finished(folder: pathlib.Path, number: int) -> bool:
    """Return whether a unit has a report; a damaged one is none."""
    try:
        read(folder, number)
    except (FileNotFoundError, errors.DatasetError):
        return False
    return True


def forget(folder: pathlib.Path) -> None:
    """Remove all files of units that have no other name.

    Args:
      folder: where units are kept.
    """
    for path in folder.glob(_UNITS):
        path.unlink()


def _bar(source, missing):
    sizes = [source.size_of(i) for i in range(source.num_units)]
    left = sum(sizes[i] for i in missing)
    return progress.bar(
        "preparing",
        total=sum(sizes),
        unit=source.unit,
        initial=sum(sizes) - left,
    )


def _prepare(source, number, folder, plan, pool, bar):
    """Write the records of one unit, and then its report."""
    prepare = functools.partial(
        picture.prepare_file, size=plan.size, channels=plan.channels
    )
    changes: collections.Counter[str] = collections.Counter()
    unusable = {}
    with _Records(folder, number) as records:
        for item, (png, made, problem) in _in_parallel(
            pool, prepare, source.pictures_of(number)
        ):
            if source.unit == "picture":
                bar.update()
            if problem:
                unusable[item.name] = problem
                continue
            split = picture_folder.SPLITS[is_held_out(item, source, plan)]
            records.write(split, png, item.label)
            changes.update(made)
    if source.unit == "file":
        bar.update()
    report = records.description() | {"changes": changes, "unusable": unusable}
    durable.create(
        file_of(folder, number, _REPORT), json.dumps(report).encode()
    )


class _Records:
    """Writes the records of a unit, a file for each split that has any."""

    def __init__(self, folder: pathlib.Path, number: int):
        self._folder, self._number = folder, number
        self._labels: dict[str, list] = {s: [] for s in picture_folder.SPLITS}
        self._writers: dict[str, picture_folder.Writer] = {}

    def __enter__(self) -> "_Records":
        self._open = contextlib.ExitStack()
        return self

    def write(self, split: str, png: bytes, label: int | None) -> None:
        if split not in self._writers:
            path = file_of(self._folder, self._number, split)
            self._writers[split] = self._open.enter_context(
                picture_folder.Writer(path)
            )
        example = picture_folder.serialized_example(png, label)
        self._writers[split].write(example)
        self._labels[split].append(label)

    def __exit__(self, *failure):
        return self._open.__exit__(*failure)

    def description(self) -> dict[str, Any]:
        """Return what was written, by split, once the files are closed."""
        return {
            "labels": self._labels,
            "num_bytes": {s: w.num_bytes for s, w in self._writers.items()},
            "checksums": {
                split: picture_folder.sha256(
                    file_of(self._folder, self._number, split)
                )
                for split in self._writers
            },
        }


def _in_parallel(pool, prepare, items) -> Iterator[tuple]:
    """Yield items with what a process made of each, in their order."""
    waiting: collections.deque = collections.deque()
    for item in items:
        waiting.append((item, pool.submit(prepare, item.file)))
        if len(waiting) > _TASKS_AT_ONCE:
            first, future = waiting.popleft()
            yield first, future.result()
    for first, future in waiting:
        yield first, future.result()


def is_held_out(
    item: picture_source.Picture, source: picture_source.Source, plan: Plan
) -> bool:
    """Decide by a hash of the name, whatever other pictures there are.

    Args:
      item: of the source.
      source: below whose root the name counts.
      plan: seed and fraction.

    Returns:
      Whether it goes to the test part.
    """
    name = os.path.relpath(item.name, picture_source.show(source.root))
    text = f"{plan.seed} {name}".encode()
    drawn = int.from_bytes(hashlib.sha256(text).digest()[:8], "big") / 2**64
    return drawn < plan.test_fraction
