"""Prepare pictures of any size as a data set of TensorFlow Datasets.

The records of all units are written into a folder that gets its name when all
are done. A second call continues after the last finished unit.
"""

import collections
import concurrent.futures
import contextlib
import dataclasses
import json
import os
import pathlib
import shutil
from collections.abc import Mapping, Sequence

from dpgan_tf import errors
from dpgan_tf.data.pictures import folder as picture_folder
from dpgan_tf.data.pictures import source as picture_source
from dpgan_tf.data.pictures import units as picture_units
from dpgan_tf.privacy import durable
from dpgan_tf.privacy import untrusted_json

_PLAN = "plan.json"
_MAX_SHOWN = 10


@dataclasses.dataclass(frozen=True, kw_only=True)
class Report:
    """A report on the preparation of a source.

    Attributes:
      num_pictures: number of pictures written, by split.
      classes: the classes' names.
      changes: number of pictures changed, by kind of change.
      unusable: names of files that gave no picture, with the reason.
    """

    num_pictures: Mapping[str, int]
    classes: tuple[str, ...]
    changes: Mapping[str, int]
    unusable: Mapping[str, str] = dataclasses.field(repr=False)


def build(
    source: picture_source.Source,
    target: str | os.PathLike,
    plan: picture_units.Plan,
    *,
    skip_unusable: bool,
    num_processes: int | None = None,
) -> Report:
    """Prepare a source's pictures, or continue an earlier preparation.

    Args:
      source: source from `own_pictures.open_source`.
      target: folder to make; its name becomes the data set's.
      plan: the preparation's settings.
      skip_unusable: whether to leave out files that give no picture.
      num_processes: number of processes that decode; by default one for each
        core.

    Returns:
      The report, which is also stored in the data set's description.

    Raises:
      DatasetError: if the target exists, files cannot be used and are not left
        out, or the disk is full. Finished units stay in `TARGET.partial`.
    """
    target = pathlib.Path(target)
    if target.exists():
        raise errors.DatasetError(
            f"{target}: is there already; remove it, or choose another name "
            "with --output."
        )
    partial = target.with_name(target.name + ".partial")
    with _explained_write_failures(partial):
        durable.make_folder(partial)
        _claim(partial, source, plan)
        picture_units.prepare_missing(source, partial, plan, num_processes)
        units = [
            picture_units.read(partial, i, num_classes=len(source.classes))
            for i in range(source.num_units)
        ]
        report = _add_up(units, source)
        _require_usable(report, partial, skip_unusable)
        _finish(partial, target, units, source, plan, report)
    return report


def require_same(
    target: pathlib.Path,
    *,
    plan: picture_units.Plan,
    classes: Sequence[str] | None = None,
) -> None:
    """Refuse a data set that was prepared with other settings.

    Args:
      target: the data set's folder.
      plan: the wanted settings.
      classes: the classes' names, if they may differ.

    Raises:
      DatasetError: saying what differs.
    """
    facts = picture_folder.description_of(target)
    wanted = dataclasses.asdict(plan)
    if classes is not None:
        wanted["classes"] = list(classes)
    for name, value in wanted.items():
        if name in facts and facts[name] != value:
            raise errors.DatasetError(
                f"{target}: was prepared differently ({name}: {facts[name]}, "
                f"and now {value}); remove it to prepare it again."
            )


def _claim(partial, source, plan):
    """Write the settings, or compare them with those of an earlier start."""
    wanted = dataclasses.asdict(plan) | {
        "source": picture_source.show(os.path.abspath(source.root)),
        "identity": source.identity,
        "num_classes": len(source.classes),
        "has_names": True,
        "has_persons": source.has_persons,
    }
    path = partial / _PLAN
    if not path.exists():
        durable.create(path, json.dumps(wanted).encode())
    begun = untrusted_json.read(
        path,
        error=errors.DatasetError,
        what="is damaged",
        remedy=f"remove {partial} to begin again",
    )
    for name, value in wanted.items():
        if begun.get(name) != value:
            changed = (
                "files were added, removed or changed since"
                if name == "identity"
                else f"{name} was {begun.get(name)} and is {value}"
            )
            raise errors.DatasetError(
                f"{partial}: was begun differently ({changed}): remove it to "
                "begin again."
            )


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
    """Name the files as TFDS does, describe them, and rename the folder."""
    checksums, lengths, num_bytes = {}, {}, {}
    for split in picture_folder.SPLITS:
        having = [
            i for i, unit in enumerate(units) if split in unit["checksums"]
        ]
        names = _name_shards(partial, target.name, split, having)
        for i, name in zip(having, names, strict=True):
            checksums[name] = units[i]["checksums"][split]
        lengths[split] = [len(units[i]["labels"][split]) for i in having]
        num_bytes[split] = sum(
            units[i]["num_bytes"].get(split, 0) for i in having
        )
    if source.classes:
        checksums[picture_folder.LABELS] = picture_folder.write_labels(
            partial, _of_all(units, "labels")
        )
    checksums[picture_folder.NAMES] = picture_folder.write_names(
        partial, _of_all(units, "identities")
    )
    if source.has_persons:
        checksums[picture_folder.PERSONS] = picture_folder.write_persons(
            partial, _of_all(units, "persons")
        )
    facts = {
        "source": picture_source.show(source.root),
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
    picture_units.forget(partial)
    (partial / _PLAN).unlink()
    durable.publish(partial, target)


def _name_shards(partial, folder, split, having):
    """Rename the record files of units as TFDS does, and return the names."""
    names = [
        picture_folder.shard_name(folder, split, shard, len(having))
        for shard in range(len(having))
    ]
    for i, name in zip(having, names, strict=True):
        with contextlib.suppress(FileNotFoundError):  # renamed before
            picture_units.file_of(partial, i, split).replace(partial / name)
    return names


def _of_all(units, fact):
    """Return a fact about the records of all units, by split."""
    return {
        split: [value for unit in units for value in unit[fact][split]]
        for split in picture_folder.SPLITS
    }


@contextlib.contextmanager
def _explained_write_failures(partial):
    try:
        yield
    except OSError as error:
        name = error.filename
        if name and not os.fsdecode(name).startswith(os.fspath(partial)):
            raise
        raise errors.DatasetError(
            f"{partial}: cannot be written ({error.strerror}): free some "
            "space, or choose another folder; the same command continues "
            "where it stopped."
        ) from error
    except concurrent.futures.process.BrokenProcessPool as error:
        raise errors.DatasetError(
            f"{partial}: a process that decodes pictures was killed, perhaps "
            "for want of memory: give --processes=1; in a script of your own, "
            'make the call under `if __name__ == "__main__":`. The same '
            "command continues where it stopped."
        ) from error
