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

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds
from array_record.python import array_record_module

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf.data import picture
from dpgan_tf.data import picture_sources
from dpgan_tf.privacy import durable

SPLITS = ("train", "test")
CHECKSUMS = "checksums.json"
"""SHA-256 of each file of records and of labels, beside the files of TFDS."""

LABELS = "labels.npz"
"""The labels of each split once more, to have them without the pictures."""

_PLAN, _UNIT = "plan.json", "unit-{:05}"
_SHARD = "{}-{}.array_record-{:05}-of-{:05}"
_VERSION = "1.0.0"
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
    source: picture_sources.Source,
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
    sizes = [1] * source.num_units
    if source.unit == "picture":
        sizes = [source.num_pictures_of(i) for i in range(source.num_units)]
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
    labels: dict[str, list] = {split: [] for split in SPLITS}
    changes: collections.Counter[str] = collections.Counter()
    unusable = {}
    prepare = functools.partial(
        picture.prepare_file, size=plan.size, channels=plan.channels
    )
    with contextlib.ExitStack() as stack:
        writers: dict[str, _Writer] = {}
        for item, (png, made, problem) in _in_parallel(
            pool, prepare, source.pictures_of(number)
        ):
            if source.unit == "picture":
                bar.update()
            if problem:
                unusable[item.name] = problem
                continue
            split = SPLITS[_is_held_out(item, source, plan)]
            if split not in writers:
                path = partial / f"{stem}.{split}"
                writers[split] = stack.enter_context(_Writer(path))
            writers[split].write(serialized_example(png, item.label))
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
            name: sha256(partial / f"{stem}.{name}") for name in writers
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


class _Writer:
    """Writes records to a file under another name until it is closed."""

    def __init__(self, path: pathlib.Path):
        self._path = path
        self._unfinished = path.with_name(f".{path.name}")
        self.num_bytes = 0

    def __enter__(self):
        # One record a group: only that record is read and decoded then.
        self._writer = array_record_module.ArrayRecordWriter(
            os.fspath(self._unfinished), "group_size:1"
        )
        return self

    def write(self, content: bytes) -> None:
        self._writer.write(content)
        self.num_bytes += len(content)

    def __exit__(self, kind, error, trace):
        self._writer.close()
        if kind is None:
            self._unfinished.replace(self._path)
        else:
            self._unfinished.unlink(missing_ok=True)


def _is_held_out(item, source, plan) -> bool:
    """Decide by a hash of the name, whatever other pictures there are."""
    name = os.path.relpath(item.name, picture_sources.show(source.root))
    text = f"{plan.seed} {name}".encode()
    drawn = int.from_bytes(hashlib.sha256(text).digest()[:8], "big") / 2**64
    return drawn < plan.test_fraction


def serialized_example(png: bytes, label: int | None) -> bytes:
    """Return a picture as a serialized `tf.train.Example`, as TFDS has it.

    Args:
      png: its file.
      label: number of its class, or None.
    """
    features = {
        "image": tf.train.Feature(bytes_list=tf.train.BytesList(value=[png]))
    }
    if label is not None:
        features["label"] = tf.train.Feature(
            int64_list=tf.train.Int64List(value=[label])
        )
    example = tf.train.Example(features=tf.train.Features(feature=features))
    return example.SerializeToString()


def sha256(path: pathlib.Path) -> str:
    """Return the SHA-256 of a file, 64 hexadecimal digits.

    Args:
      path: of the file.
    """
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_unit(partial, number):
    path = partial / f"{_UNIT.format(number)}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def _add_up(units, source):
    counts: collections.Counter[str] = collections.Counter()
    changes: collections.Counter[str] = collections.Counter()
    unusable: dict[str, str] = {}
    for unit in units:
        counts.update({s: len(unit["labels"][s]) for s in SPLITS})
        changes.update(unit["changes"])
        unusable |= unit["unusable"]
    return Report(
        num_pictures={split: counts[split] for split in SPLITS},
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
    for split in SPLITS:
        having = [
            i for i, unit in enumerate(units) if split in unit["checksums"]
        ]
        for shard, i in enumerate(having):
            name = _SHARD.format(target.name, split, shard, len(having))
            checksums[name] = units[i]["checksums"][split]
            with contextlib.suppress(FileNotFoundError):  # renamed before
                (partial / f"{_UNIT.format(i)}.{split}").replace(partial / name)
        lengths[split] = [len(units[i]["labels"][split]) for i in having]
        num_bytes[split] = sum(units[i]["num_bytes"][split] for i in having)
    if source.classes:
        checksums[LABELS] = _write_labels(partial / LABELS, units)
    durable.create(
        partial / CHECKSUMS, json.dumps(checksums, indent=1).encode()
    )
    _describe(partial, target.name, lengths, num_bytes, source, plan, report)
    for path in [*partial.glob("unit-*"), partial / _PLAN]:
        path.unlink()
    partial.rename(target)


def _write_labels(path, units):
    np.savez_compressed(
        path,
        **{
            split: np.array(
                [label for unit in units for label in unit["labels"][split]],
                np.int64,
            )
            for split in SPLITS
        },
    )
    return sha256(path)


def _describe(partial, name, lengths, num_bytes, source, plan, report):
    shape = (plan.size, plan.size, plan.channels)
    features = {
        "image": tfds.features.Image(shape=shape, encoding_format="png")
    }
    if source.classes:
        features["label"] = tfds.features.ClassLabel(names=source.classes)
    template = tfds.core.ShardedFileTemplate(
        data_dir=partial, dataset_name=name, filetype_suffix="array_record"
    )
    tfds.folder_dataset.write_metadata(
        data_dir=partial,
        features=tfds.features.FeaturesDict(features),
        split_infos=[
            tfds.core.SplitInfo(
                name=split,
                shard_lengths=lengths[split],
                num_bytes=num_bytes[split],
                filename_template=template.replace(split=split),
            )
            for split in SPLITS
            if lengths[split]
        ],
        version=_VERSION,
        filename_template=template,
        check_data=False,
        description=json.dumps(
            {
                "source": os.fspath(source.root),
                **dataclasses.asdict(plan),
                **dataclasses.asdict(report),
            }
        ),
    )


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
