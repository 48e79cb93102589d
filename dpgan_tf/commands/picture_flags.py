"""The part of prepare-data that brings pictures to one size."""

import dataclasses
import os
import pathlib
from collections.abc import Callable, Sequence

from absl import flags

from dpgan_tf import errors
from dpgan_tf.data.pictures import sample_photos
from dpgan_tf.data.pictures import source as picture_source
from dpgan_tf.data.pictures import sources as picture_sources
from dpgan_tf.data.pictures import store as picture_store
from dpgan_tf.data.pictures import tfds as tfds_pictures
from dpgan_tf.data.pictures import units as picture_units

FOLDER = "folder"
SAMPLE_PHOTOS = "sample_photos"
NAMES = (FOLDER, SAMPLE_PHOTOS, *tfds_pictures.SETS)
_FLAGS = (
    "size",
    "channels",
    "output",
    "test_fraction",
    "skip_unusable",
    "labels",
    "label",
    "num_classes",
    "processes",
)
_OF_FOLDERS = ("labels", "num_classes", "size", "output", "source")


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Wanted:
    """Pictures that the flags name.

    Attributes:
      target: folder that they will be in.
      size: height and width.
      open: opens where they come from.
      classes: their names, if those of one target may differ.
      may_be_there: whether what was prepared before is taken as it is.
    """

    target: pathlib.Path
    size: int
    open: Callable[[], picture_source.Source]
    classes: Sequence[str] | None = None
    may_be_there: bool = True


def define_flags(flag_values: flags.FlagValues) -> None:
    """Define the flags.

    Args:
      flag_values: where to define them.
    """
    flags.DEFINE_integer(
        "size",
        64,
        "folder, sample_photos: height and width of the pictures; the shorter "
        "side is scaled to it, and the centre of the longer one kept.",
        lower_bound=8,
        upper_bound=256,
        flag_values=flag_values,
    )
    flags.DEFINE_enum(
        "channels",
        "3",
        ["1", "3"],
        "Pictures: 3 for colours, 1 for grey.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "output",
        None,
        "folder: where to keep them; DATA_DIR/SOURCE_SIZE without.",
        flag_values=flag_values,
    )
    flags.DEFINE_float(
        "test_fraction",
        0.1,
        "Pictures: share that is held out for scores; of no effect where the "
        "source has test/ (or val/) beside train/.",
        lower_bound=0.0,
        upper_bound=0.9,
        flag_values=flag_values,
    )
    flags.DEFINE_bool(
        "skip_unusable",
        False,
        "Pictures: leave out files that cannot be used, instead of stopping.",
        flag_values=flag_values,
    )
    flags.DEFINE_bool(
        "labels",
        True,
        "folder: whether sub-folders are classes.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "label",
        "",
        "celeb_a: attribute that becomes the label, such as Male.",
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "num_classes",
        0,
        "folder of TFRecord or ArrayRecord files: how many classes their "
        "labels have; 0 to leave labels aside.",
        lower_bound=0,
        upper_bound=picture_sources.MAX_CLASSES,
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "processes",
        None,
        "Pictures: processes that decode them; one for each core without.",
        lower_bound=1,
        flag_values=flag_values,
    )


def require_no_flags(flag_values: flags.FlagValues) -> None:
    """Refuse flags that have no effect on data sets without pictures.

    Args:
      flag_values: the parsed flags.

    Raises:
      UserError: naming the flag.
    """
    require_absent(flag_values, _FLAGS, NAMES)


def prepare(flag_values: flags.FlagValues) -> str:
    """Prepare the pictures that the flags name, if they are not there.

    Args:
      flag_values: the parsed flags.

    Returns:
      The folder they are in.

    Raises:
      UserError: naming the file or flag that is not right.
    """
    if flag_values.dataset != "celeb_a":
        require_absent(flag_values, ("label",), ("celeb_a",))
    wanted = _wanted(flag_values)
    plan = picture_units.Plan(
        size=wanted.size,
        channels=int(flag_values.channels),
        test_fraction=flag_values.test_fraction,
        seed=flag_values.seed,
    )
    if wanted.may_be_there and wanted.target.exists():
        picture_store.require_same(
            wanted.target, plan=plan, classes=wanted.classes
        )
        return os.fspath(wanted.target)
    source = wanted.open()
    if source.test_part:
        plan = _with_own_parts(flag_values, source, plan)
    report = picture_store.build(
        source,
        wanted.target,
        plan,
        skip_unusable=flag_values.skip_unusable,
        num_processes=flag_values.processes,
    )
    _print(report)
    return os.fspath(wanted.target)


def _with_own_parts(flag_values, source, plan):
    """Return the plan for a source that has a test part already."""
    if flag_values["test_fraction"].present:
        raise errors.UserError(
            f"--test_fraction: has no effect, since {source.root} has "
            f"{source.test_part}, which is held out."
        )
    part = errors.printable(source.test_part)
    print(f"  {part} is held out for scores")
    return dataclasses.replace(plan, test_fraction=0.0)


def _wanted(flag_values: flags.FlagValues) -> _Wanted:
    if flag_values.dataset == FOLDER:
        return _of_folder(flag_values)
    if flag_values.dataset == SAMPLE_PHOTOS:
        return _of_sample_photos(flag_values)
    return _of_tfds(flag_values)


def _of_folder(flag_values: flags.FlagValues) -> _Wanted:
    if not flag_values.source:
        raise errors.UserError(
            "--dataset=folder: give --source=DIR, a folder of pictures or of "
            "TFRecord or ArrayRecord files."
        )
    target = flag_values.output
    if target is None:
        stem = pathlib.Path(flag_values.source).resolve().name
        target = _in_data_dir(flag_values, f"{stem}_{flag_values.size}")
    return _Wanted(
        target=pathlib.Path(target),
        size=flag_values.size,
        open=lambda: picture_sources.open_source(
            flag_values.source,
            num_classes=flag_values.num_classes,
            labelled=flag_values.labels,
        ),
        may_be_there=False,
    )


def _of_sample_photos(flag_values: flags.FlagValues) -> _Wanted:
    require_absent(flag_values, ("labels", "num_classes", "source"), (FOLDER,))
    name, size = flag_values.dataset, flag_values.size
    return _Wanted(
        target=_in_data_dir(flag_values, f"{name}_{size}"),
        size=size,
        open=lambda: picture_sources.open_source(
            sample_photos.write(_in_data_dir(flag_values, name))
        ),
    )


def _of_tfds(flag_values: flags.FlagValues) -> _Wanted:
    require_absent(flag_values, _OF_FOLDERS, (FOLDER,))
    name, attribute = flag_values.dataset, flag_values.label
    return _Wanted(
        target=_in_data_dir(flag_values, tfds_pictures.stored_name(name)),
        size=tfds_pictures.SETS[name].size,
        open=lambda: tfds_pictures.open_prepared(
            name, data_dir=flag_values.data_dir, attribute=attribute
        ),
        classes=tfds_pictures.classes_of(name, attribute),
    )


def _in_data_dir(flag_values: flags.FlagValues, name: str) -> pathlib.Path:
    return pathlib.Path(flag_values.data_dir) / name


def require_absent(
    flag_values: flags.FlagValues, names: Sequence[str], of: Sequence[str]
) -> None:
    """Refuse flags that have no effect on the data set.

    Args:
      flag_values: the parsed flags.
      names: of the flags.
      of: data sets that they are for.

    Raises:
      UserError: naming the flag.
    """
    for name in names:
        if flag_values[name].present:
            raise errors.UserError(
                f"--{name}: has no effect on --dataset={flag_values.dataset}; "
                f"it is for {', '.join(of)}."
            )


def _print(report: picture_store.Report) -> None:
    for change, number in sorted(report.changes.items()):
        print(f"  {number:,} pictures: {change}")
    if report.unusable:
        print(f"  left out: {len(report.unusable):,} files")
        for name, reason in list(report.unusable.items())[:10]:
            print(f"    {errors.printable(f'{name}: {reason}')}")
    if report.classes:
        names = ", ".join(report.classes[:20])
        print(f"  classes: {errors.printable(names)}")
