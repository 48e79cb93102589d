"""Prepare the pictures of any source in one size, with the same options."""

import dataclasses
import os
import pathlib
from collections.abc import Callable, Sequence

from absl import flags

from dpgan_tf import errors
from dpgan_tf.data import registry
from dpgan_tf.data.pictures import source as picture_source
from dpgan_tf.data.pictures import store
from dpgan_tf.data.pictures import units

SIZE = registry.Option(
    "size",
    flags.DEFINE_integer,
    64,
    "height and width of the pictures; the shorter side is scaled to it, and "
    "the centre of the longer one kept.",
    {"lower_bound": 8, "upper_bound": 256},
)
OPTIONS = (
    registry.Option(
        "channels",
        flags.DEFINE_enum,
        "3",
        "3 for colours, 1 for grey.",
        {"enum_values": ["1", "3"]},
    ),
    registry.Option(
        "test_fraction",
        flags.DEFINE_float,
        None,
        "share that is held out for scores, by default 0.1; without effect if "
        "the source has test/ (or val/) and train/.",
        {"lower_bound": 0.0, "upper_bound": 0.9},
    ),
    registry.Option(
        "skip_unusable",
        flags.DEFINE_bool,
        False,
        "leave out files that cannot be used, instead of stopping.",
    ),
    registry.Option(
        "processes",
        flags.DEFINE_integer,
        None,
        "number of processes that decode pictures; by default one for each "
        "core.",
        {"lower_bound": 1},
    ),
    registry.SEED,
)
"""The options of all sources that use `prepare`."""

_TEST_FRACTION = 0.1


def prepare(
    target: pathlib.Path,
    open_source: Callable[[], picture_source.Source],
    *,
    size: int,
    classes: Sequence[str] | None = None,
    may_be_there: bool = True,
    channels: str,
    test_fraction: float | None,
    skip_unusable: bool,
    processes: int | None,
    seed: int,
) -> registry.Prepared:
    """Prepare pictures in one size, unless they are prepared already.

    Args:
      target: folder for the pictures.
      open_source: function that opens their source.
      size: height and width.
      classes: the classes' names, if those of one target may differ.
      may_be_there: whether to accept pictures that were prepared before.
      channels: "3", or "1" for grey.
      test_fraction: share that is held out; None for the default.
      skip_unusable: whether to leave out files that cannot be used.
      processes: number of processes that decode; None for one for each core.
      seed: seed of what is held out.

    Returns:
      The folder, and what was changed and left out.

    Raises:
      UserError: naming the file or flag that is wrong.
    """
    plan = units.Plan(
        size=size,
        channels=int(channels),
        test_fraction=(
            _TEST_FRACTION if test_fraction is None else test_fraction
        ),
        seed=seed,
    )
    if may_be_there and target.exists():
        store.require_same(target, plan=plan, classes=classes)
        return registry.Prepared(os.fspath(target))
    source = open_source()
    lines = [f"  {source.remark}"] if source.remark else []
    if source.test_part:
        if test_fraction is not None:
            raise errors.UserError(
                f"--test_fraction: has no effect, since {source.root} has "
                f"{source.test_part}, which is held out."
            )
        lines.append(f"  {source.test_part} is held out for scores")
        plan = dataclasses.replace(plan, test_fraction=0.0)
    report = store.build(
        source,
        target,
        plan,
        skip_unusable=skip_unusable,
        num_processes=processes,
    )
    return registry.Prepared(os.fspath(target), [*lines, *_lines(report)])


def _lines(report: store.Report) -> list[str]:
    lines = [
        f"  {number:,} pictures: {change}"
        for change, number in sorted(report.changes.items())
    ]
    if report.unusable:
        lines.append(f"  left out: {len(report.unusable):,} files")
        first = list(report.unusable.items())[:10]
        lines += [f"    {name}: {reason}" for name, reason in first]
    if report.classes:
        lines.append(f"  classes: {', '.join(report.classes[:20])}")
    return lines
