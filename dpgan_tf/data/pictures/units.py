"""Decode pictures in worker processes, unit by unit of their source.

A unit's pictures are scaled to one size and written as ArrayRecord; its report
is written last, and shows that it is finished.
"""

import collections
import concurrent.futures
import contextlib
import dataclasses
import functools
import json
import multiprocessing
import os
import pathlib
from collections.abc import Iterator
from typing import Any

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf.data import chance
from dpgan_tf.data import worker_processes
from dpgan_tf.data.pictures import decoding as picture
from dpgan_tf.data.pictures import folder as picture_folder
from dpgan_tf.data.pictures import source as picture_source
from dpgan_tf.privacy import durable
from dpgan_tf.privacy import untrusted_json

_PREFIX, _REPORT, _UNITS = "unit-", "json", "unit-*"
_TASKS_AT_ONCE = 32


@dataclasses.dataclass(frozen=True, kw_only=True)
class Plan:
    """Settings of a preparation.

    Attributes:
      size: height and width of every picture.
      channels: 3, or 1 for grey.
      test_fraction: share of the pictures held out for scores.
      seed: seed of what is held out.
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
    """Prepare a source's unfinished units.

    Args:
      source: source from `own_pictures.open_source`.
      folder: folder of the units.
      plan: the preparation's settings.
      num_processes: number of processes that decode; by default one for each
        core.
    """
    missing = [
        i
        for i in range(source.num_units)
        if not _is_finished(folder, i, len(source.classes))
    ]
    if not missing:
        return
    context = multiprocessing.get_context("spawn")
    with (
        concurrent.futures.ProcessPoolExecutor(
            num_processes or os.cpu_count(),
            mp_context=context,
            initializer=worker_processes.prepare,
        ) as pool,
        _bar(source, missing) as bar,
    ):
        for i in missing:
            _prepare(source, i, folder, plan, pool, bar)


def file_of(folder: pathlib.Path, number: int, part: str) -> pathlib.Path:
    """Return the path of a unit's records of a split, or of its report.

    Args:
      folder: folder of the units.
      number: the unit's number.
      part: a split of `picture_folder.SPLITS`, or "json" for the report.
    """
    return folder / f"{_PREFIX}{number:05}.{part}"


def read(
    folder: pathlib.Path, number: int, *, num_classes: int
) -> dict[str, Any]:
    """Return the report of a finished unit.

    Args:
      folder: folder of the units.
      number: the unit's number.
      num_classes: number of the labels' classes; 0 if there are no labels.

    Returns:
      Labels, identities, persons (if there are any), num_bytes and checksums of
      its records, by split; how often pictures were changed in which way; and
      why files gave none.

    Raises:
      DatasetError: if it is damaged.
    """
    return untrusted_json.read(
        file_of(folder, number, _REPORT),
        _report_kind(num_classes),
        error=errors.DatasetError,
        what="is damaged",
        remedy=f"remove {folder} to prepare the pictures again",
    )


def _report_kind(num_classes: int) -> untrusted_json.Kind:
    label = untrusted_json.NULL
    if num_classes:
        label = untrusted_json.of(
            f"an integer below {num_classes}",
            lambda value: type(value) is int and 0 <= value < num_classes,
        )
    labels = untrusted_json.list_of(label)
    identities = untrusted_json.list_of(
        untrusted_json.integer(0, chance.LARGEST_NUMBER)
    )
    splits = picture_folder.SPLITS
    written = dict.fromkeys(splits, untrusted_json.COUNT)
    digests = dict.fromkeys(splits, untrusted_json.DIGEST)
    return untrusted_json.record(
        {
            "labels": untrusted_json.record(dict.fromkeys(splits, labels)),
            "identities": untrusted_json.record(
                dict.fromkeys(splits, identities)
            ),
            "persons": untrusted_json.record(dict.fromkeys(splits, identities)),
            "num_bytes": untrusted_json.record({}, optional=written),
            "checksums": untrusted_json.record({}, optional=digests),
            "changes": untrusted_json.map_of(untrusted_json.COUNT),
            "unusable": untrusted_json.map_of(untrusted_json.TEXT),
        }
    )


def _is_finished(folder: pathlib.Path, number: int, num_classes: int) -> bool:
    """Return whether a unit has a report that is not damaged."""
    try:
        read(folder, number, num_classes=num_classes)
    except errors.DatasetError:
        return False
    return True


def forget(folder: pathlib.Path) -> None:
    """Remove all files that still have names of units.

    Args:
      folder: folder of the units.
    """
    for path in folder.glob(_UNITS):
        path.unlink()


def _bar(source, missing):
    left = sum(source.sizes[i] for i in missing)
    return progress.bar(
        "preparing",
        total=sum(source.sizes),
        unit=source.unit,
        initial=sum(source.sizes) - left,
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
            identity = chance.number_of(_name(item, source))
            records.write(split, png, item.label, identity, item.person)
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
        self._identities: dict[str, list[int]] = {
            split: [] for split in picture_folder.SPLITS
        }
        self._persons: dict[str, list] = {s: [] for s in picture_folder.SPLITS}
        self._writers: dict[str, picture_folder.Writer] = {}

    def __enter__(self) -> "_Records":
        self._open = contextlib.ExitStack()
        return self

    def write(
        self,
        split: str,
        png: bytes,
        label: int | None,
        identity: int,
        person: str | None,
    ) -> None:
        if split not in self._writers:
            path = file_of(self._folder, self._number, split)
            self._writers[split] = self._open.enter_context(
                picture_folder.Writer(path)
            )
        example = picture_folder.serialized_example(png, label)
        self._writers[split].write(example)
        self._labels[split].append(label)
        self._identities[split].append(identity)
        if person is not None:
            self._persons[split].append(chance.number_of(person))

    def __exit__(self, *failure):
        return self._open.__exit__(*failure)

    def description(self) -> dict[str, Any]:
        """Return what was written, by split, once the files are closed."""
        return {
            "labels": self._labels,
            "identities": self._identities,
            "persons": self._persons,
            "num_bytes": {s: w.num_bytes for s, w in self._writers.items()},
            "checksums": {
                split: picture_folder.sha256(
                    file_of(self._folder, self._number, split)
                )
                for split in self._writers
            },
        }


def _in_parallel(pool, prepare, items) -> Iterator[tuple]:
    """Yield items with their processed results, in order."""
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
    """Decide by the source's own parts, else by a hash of one name.

    That is the person's name, where there are persons, or the picture's own.

    Args:
      item: a picture of the source.
      source: source relative to whose root the name counts.
      plan: settings with seed and fraction.

    Returns:
      Whether it goes to the test part.
    """
    if item.is_test is not None:
        return item.is_test
    name = _name(item, source) if item.person is None else item.person
    return chance.of(f"{plan.seed} {name}") < plan.test_fraction


def _name(item: picture_source.Picture, source: picture_source.Source) -> str:
    """Return a picture's name, which does not depend on the source's place."""
    return os.path.relpath(item.name, picture_source.show(source.root))
