"""Prepares pictures of any size as a data set of TensorFlow Datasets.

Pictures are decoded by worker processes, brought to one size, and written as
ArrayRecord, unit by unit, into a folder that gets its name when all are done.
A second call goes on after the last finished unit.
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
import shutil
from collections.abc import Iterator, Mapping

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf.data import picture
from dpgan_tf.data import picture_folder
from dpgan_tf.data import picture_source
from dpgan_tf.privacy import durable

_PLAN, _UNIT = "plan.json", "unit-{:05}"
_MAX_SHOWN = 10
_TASKS_AT_ONCE = 32


@dataclasses.dataclass(frozen=True, kw_only=True)
class Report:
    """What became of the pictures of a source.

    Attributes:
      num_pictures: written, by split.
      classes: names of the classes.
      changes: how many pictures were changed, by how.
      unusable: names of files that gave no picture, with the reason.
    """

    num_pictures: Mapping[str, int]
    classes: tuple[str, ...]
    changes: Mapping[str, int]
    unusable: Mapping[str, str] = dataclasses.field(repr=False)


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


def build(
    source: picture_source.Source,
    target: str | os.PathLike,
    plan: Plan,
    *,
    skip_unusable: bool,
    num_processes: int | None = None,
) -> Report:
    """Prepare the pictures of a source, or go on preparing them.

    Args:
      source: of `picture_sources.open_source`.
      target: folder to make; its name is that of the data set.
      plan: how.
      skip_unusable: whether files that give no picture are left out.
      num_processes: that decode; as many as there are cores without.

    Returns:
      The report, which is kept in the data set's description, too.

    Raises:
      DatasetError: if the target is there already, files cannot be used and
        are not to be left out, or the disk is full. Finished units stay in
        `TARGET.partial`.
    """
    target = pathlib.Path(target)
    if target.exists():
        raise errors.DatasetError(
            f"{target}: is there already; remove it, or choose another name "
            "with --output."
        )
    partial = target.with_name(target.name + ".partial")
    with _explained_write_failures(partial):
        partial.mkdir(parents=True, exist_ok=True)
        _claim(partial, source, plan)
        _prepare_units(source, partial, plan, num_processes)
        units = [_read_unit(partial, i) for i in range(source.num_units)]
        report = _add_up(units, source)
        _require_usable(report, partial, skip_unusable)
        _finish(partial, target, units, source, plan, report)
    return report


def _claim(partial, source, plan):
    """Write what is prepared here, or compare it with what was begun."""
    wanted = dataclasses.asdict(plan) | {
        "source": os.path.abspath(source.root),
        "identity": source.identity,
        "num_classes": len(source.classes),
    }
    path = partial / _PLAN
    if not path.exists():
        durable.create(path, json.dumps(wanted).encode())
    begun = json.loads(path.read_text(encoding="utf-8"))
    for name, value in wanted.items():
        if begun.get(name) != value:
            changed = (
                "files were added, removed or changed since"
                if name == "identity"
                else f"{name} was {begun.get(name)} and is {value}"
            )
            raise errors.DatasetError(
                f"{partial}: was begun otherwise ({changed}): remove it to "
                "begin anew."
            )


def _prepare_units(source, partial, plan, num_processes):
    missing = [
        i
        for i in range(source.num_units)
        if not (partial / f"{_UNIT.format(i)}.json").exists()
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
            _prepare_unit(source, i, partial, plan, pool, bar)


def _bar(source, missing):
    sizes = [source.size_of(i) for i in range(source.num_units)]
    left = sum(sizes[i] for i in missing)
    return progress.bar(
        "preparing",
        total=sum(sizes),
        unit=source.unit,
        initial=sum(sizes) - left,
    )


def _prepare_unit(source, number, partial, plan, pool, bar):
    """Write the records of one unit, and then its report."""
    stem = _UNIT.format(number)
    labels: dict[str, list] = {split: [] for split in picture_folder.SPLITS}
    changes: collections.Counter[str] = collections.Counter()
    unusable = {}
    prepare = functools.partial(
        picture.prepare_file, size=plan.size, channels=plan.channels
    )
    with contextlib.ExitStack() as stack:
        writers: dict[str, picture_folder.Writer] = {}
        for item, (png, made, problem) in _in_parallel(
            pool, prepare, source.pictures_of(number)
        ):
            if source.unit == "picture":
                bar.update()
            if problem:
                unusable[item.name] = problem
                continue
            split = picture_folder.SPLITS[_is_held_out(item, source, plan)]
            if split not in writers:
                path = partial / f"{stem}.{split}"
                writers[split] = stack.enter_context(
                    picture_folder.Writer(path)
                )
            writers[split].write(
                picture_folder.serialized_example(png, item.label)
            )
            labels[split].append(item.label)
            changes.update(made)
    if source.unit == "file":
        bar.update()
    described = {
        "labels": labels,
        "changes": changes,
        "unusable": unusable,
        "num_bytes": {name: w.num_bytes for name, w in writers.items()},
        "checksums": {
            name: picture_folder.sha256(partial / f"{stem}.{name}")
            for name in writers
        },
    }
    durable.create(partial / f"{stem}.json", json.dumps(described).encode())


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


def _is_held_out(item, source, plan) -> bool:
    """Decide by a hash of the name, whatever other pictures there are."""
    name = os.path.relpath(item.name, picture_source.show(source.root))
    text = f"{plan.seed} {name}".encode()
    drawn = int.from_bytes(hashlib.sha256(text).digest()[:8], "big") / 2**64
    return drawn < plan.test_fraction


def _read_unit(partial, number):
    path = partial / f"{_UNIT.format(number)}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def _add_up(units, source):
    counts: collections.Counter[str] = collections.Counter()
    changes: collections.Counter[str] = collections.Counter()
    unusable: dict[str, str] = {}
    for unit in units:
        counts.update(
            {s: len(unit["labels"][s]) for s in picture_folder.SPLITS}
        )
        changes.update(unit["changes"])
        unusable |= unit["unusable"]
    return Report(
        num_pictures={split: counts[split] for split in picture_folder.SPLITS},
        classes=source.classes,
        changes=dict(changes),
        unusable=unusable,
    )


def _require_usable(report, partial, skip_unusable):
    if report.unusable and not skip_unusable:
        shown = [f"{n}: {why}." for n, why in report.unusable.items()]
        more = len(shown) - _MAX_SHOWN
        lines = [*shown[:_MAX_SHOWN], *([f"... and {more} more"] * (more > 0))]
        raise errors.DatasetError(
            "\n".join(lines) + f"\n{len(shown):,} file(s) cannot be used: "
            "repair or remove them, or leave them out with --skip_unusable."
        )
    if not report.num_pictures["train"]:
        shutil.rmtree(partial)
        raise errors.DatasetError("No picture is left to learn from.")


def _finish(partial, target, units, source, plan, report):
    """Name the files as TFDS does, describe them, and show the folder."""
    checksums, lengths, num_bytes = {}, {}, {}
    for split in picture_folder.SPLITS:
        having = [
            i for i, unit in enumerate(units) if split in unit["checksums"]
        ]
        for shard, i in enumerate(having):
            name = picture_folder.shard_name(
                target.name, split, shard, len(having)
            )
            checksums[name] = units[i]["checksums"][split]
            with contextlib.suppress(FileNotFoundError):  # renamed before
                (partial / f"{_UNIT.format(i)}.{split}").replace(partial / name)
        lengths[split] = [len(units[i]["labels"][split]) for i in having]
        num_bytes[split] = sum(units[i]["num_bytes"][split] for i in having)
    if source.classes:
        checksums[picture_folder.LABELS] = picture_folder.write_labels(
            partial,
            {
                split: [
                    label for unit in units for label in unit["labels"][split]
                ]
                for split in picture_folder.SPLITS
            },
        )
    facts = {
        "source": os.fspath(source.root),
        **dataclasses.asdict(plan),
        **dataclasses.asdict(report),
    }
    picture_folder.describe(
        partial,
        target.name,
        shape=(plan.size, plan.size, plan.channels),
        classes=source.classes,
        lengths=lengths,
        num_bytes=num_bytes,
        checksums=checksums,
        description=json.dumps(facts),
    )
    for path in [*partial.glob("unit-*"), partial / _PLAN]:
        path.unlink()
    partial.rename(target)


@contextlib.contextmanager
def _explained_write_failures(partial):
    try:
        yield
    except OSError as error:
        raise errors.DatasetError(
            f"{partial}: cannot be written ({error.strerror}): free some "
            "space, or choose another folder; the same command goes on where "
            "it stopped."
        ) from error
    except concurrent.futures.process.BrokenProcessPool as error:
        raise errors.DatasetError(
            f"{partial}: a process that decodes pictures was killed, perhaps "
            "for want of memory: give --processes=1; the same command goes on "
            "where it stopped."
        ) from error
