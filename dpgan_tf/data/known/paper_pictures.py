"""Pictures of CelebA and LSUN, from copies that TensorFlow Datasets prepared.

Table 1 of dp-GAN uses CelebA in 48 x 48 pixels, and LSUN-U (bedrooms) and
LSUN-L (500,000 of each of five scenes) in 64 x 64 pixels.
"""

import contextlib
import dataclasses
import json
import os
import pathlib
from collections.abc import Iterator
from typing import Any

import tensorflow_datasets as tfds
from absl import flags

from dpgan_tf import errors
from dpgan_tf import paths
from dpgan_tf.data import registry
from dpgan_tf.data import tfds_files
from dpgan_tf.data.pictures import preparation
from dpgan_tf.data.pictures import source as picture_source

_UNIT_SIZE = 10_000
_SCENES = ("bedroom", "kitchen", "bridge", "living_room", "tower")


@dataclasses.dataclass(frozen=True, kw_only=True)
class PictureSet:
    """A data set of the paper.

    Attributes:
      builders: names of the TFDS builders.
      size: height and width in the paper.
      largest: most records of each builder; None for all.
      is_labelled: whether the builders are classes.
      num_records: nine tenths of the published number of pictures, rounded:
        the others are held out.
    """

    builders: tuple[str, ...]
    size: int
    largest: int | None = None
    is_labelled: bool = False
    num_records: int


SETS = {
    "celeb_a": PictureSet(builders=("celeb_a",), size=48, num_records=146_500),
    "lsun_u": PictureSet(
        builders=("lsun/bedroom",), size=64, num_records=2_730_000
    ),
    "lsun_l": PictureSet(
        builders=tuple(f"lsun/{scene}" for scene in _SCENES),
        size=64,
        largest=500_000,
        is_labelled=True,
        num_records=2_250_000,
    ),
}


def stored_name(name: str) -> str:
    """Return the name of a data set with its size.

    Args:
      name: a name in `SETS`.
    """
    return f"{name}_{SETS[name].size}"


def classes_of(name: str, attribute: str = "") -> tuple[str, ...]:
    """Return the classes' names; empty if there are no labels.

    Args:
      name: a name in `SETS`.
      attribute: attribute of CelebA that is the label.
    """
    if attribute:
        return (f"not_{attribute}", attribute)
    wanted = SETS[name]
    if not wanted.is_labelled:
        return ()
    return tuple(builder.split("/")[1] for builder in wanted.builders)


def open_prepared(
    name: str, *, data_dir: str | os.PathLike, attribute: str = ""
) -> picture_source.Source:
    """Open the copies of a data set that TFDS prepared.

    Args:
      name: a name in `SETS`.
      data_dir: folder of prepared data sets.
      attribute: attribute of CelebA that is the label, such as "Male".

    Raises:
      DatasetError: if a copy is missing, or has no such attribute.
    """
    wanted = SETS[name]
    ranges: list[tuple[str, int | None, int, int]] = []
    for number, builder_name in enumerate(wanted.builders):
        total = _num_examples(name, builder_name, data_dir, attribute)
        total = min(total, wanted.largest or total)
        label = number if wanted.is_labelled else None
        ranges += [
            (builder_name, label, first, min(first + _UNIT_SIZE, total))
            for first in range(0, total, _UNIT_SIZE)
        ]
    return picture_source.Source(
        root=pathlib.Path(data_dir),
        classes=classes_of(name, attribute),
        sizes=[end - first for _, _, first, end in ranges],
        identity=json.dumps([list(item) for item in ranges]),
        pictures_of=lambda unit: _pictures(
            *ranges[unit], root=pathlib.Path(data_dir), attribute=attribute
        ),
    )


def _pictures(
    builder_name: str,
    label: int | None,
    first: int,
    end: int,
    *,
    root: pathlib.Path,
    attribute: str,
) -> Iterator[picture_source.Picture]:
    """Read some of a builder's records; their pictures stay encoded."""
    with _opened(builder_name, root) as builder:
        examples = tfds.as_numpy(
            builder.as_dataset(
                split=f"train[{first}:{end}]",
                decoders={"image": tfds.decode.SkipDecoding()},
                shuffle_files=False,
            )
        )
        for number, example in enumerate(examples, first):
            if attribute:
                label = int(example["attributes"][attribute])
            shown = root / f"{builder_name}, record {number}"
            yield picture_source.Picture(
                picture_source.show(shown), example["image"], label
            )


def _require_there(name, builder_name, data_dir):
    if pathlib.Path(data_dir).is_dir():
        with paths.literal(data_dir) as plain:
            builder = tfds.builder(builder_name, data_dir=plain)
            if (pathlib.Path(builder.data_dir) / tfds_files.INFO).is_file():
                return
    raise errors.DatasetError(
        f"{data_dir}: no copy of {builder_name} there. Prepare one "
        f"where there is a network, with `tfds build {builder_name} "
        f"--data_dir={data_dir}`, or give a folder of its pictures: "
        "prepare-data --dataset=folder --source=DIR "
        f"--size={SETS[name].size} --output={data_dir}/{stored_name(name)}"
    )


@contextlib.contextmanager
def _opened(builder_name, data_dir):
    """Yield a prepared copy's builder; errors name damaged files."""
    with paths.literal(data_dir) as plain:
        builder = tfds.builder(builder_name, data_dir=plain)
        folder = os.path.relpath(builder.data_dir, plain)
        with tfds_files.damage_named(
            pathlib.Path(data_dir, folder),
            remedy="remove that folder and prepare it again",
        ):
            yield builder


def _num_examples(name, builder_name, data_dir, attribute):
    _require_there(name, builder_name, data_dir)
    with _opened(builder_name, data_dir) as builder:
        info = builder.info
        if attribute:
            _require_attribute(info, attribute)
        return info.splits["train"].num_examples


def _require_attribute(info, attribute):
    features = info.features
    known = features["attributes"] if "attributes" in features else {}
    if attribute not in known:
        raise errors.DatasetError(
            f"--label={attribute}: {info.name} has no such attribute; it has "
            f"{', '.join(sorted(known)) or 'none'}."
        )


def _prepare(
    name: str, *, data_dir: str | os.PathLike, label: str = "", **how: Any
) -> registry.Prepared:
    return preparation.prepare(
        pathlib.Path(data_dir) / stored_name(name),
        lambda: open_prepared(name, data_dir=data_dir, attribute=label),
        size=SETS[name].size,
        classes=classes_of(name, label),
        **how,
    )


_LABEL = registry.Option(
    "label",
    flags.DEFINE_string,
    "",
    "attribute that becomes the label, such as Male.",
)
_OPTIONS = {"celeb_a": (_LABEL,)}

SOURCES = tuple(
    registry.Source(
        name=name,
        names={stored_name(name): ""},
        prepare=_prepare,
        options=(*_OPTIONS.get(name, ()), *preparation.OPTIONS),
        num_records={stored_name(name): SETS[name].num_records},
    )
    for name in SETS
)
