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
from dpgan_tf.data.pictures import preparation
from dpgan_tf.data.pictures import sources as picture_sources


def _prepare(
    name: str,
    *,
    data_dir: str | os.PathLike,
    source: str | None,
    size: int,
    output: str | None,
    labels: bool,
    num_classes: int,
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
        lambda: picture_sources.open_source(
            source, num_classes=num_classes, labelled=labels
        ),
        size=size,
        may_be_there=False,
        **how,
    )


def _hint(path: pathlib.Path, names: Sequence[str]) -> str:
    if names or not picture_sources.is_record_file(os.fsencode(path)):
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
                "where to keep the pictures; DATA_DIR/SOURCE_SIZE without.",
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
                "how many classes the labels of TFRecord or ArrayRecord files "
                "have; 0 to leave labels aside.",
                {"lower_bound": 0, "upper_bound": checks.MAX_CLASSES},
            ),
            *preparation.OPTIONS,
        ),
        hint=_hint,
    ),
)
