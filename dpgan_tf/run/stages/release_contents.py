"""The only input of the process that writes a release.

Configuration and schema, form and names of columns and classes are public;
weights, guide and range of pixels are already private. There is no record, no
count of records and no other statistic among them.
"""

import dataclasses
import functools
import io
import json
from collections.abc import Sequence

import numpy as np

from dpgan_tf.config import recipe as recipes
from dpgan_tf.config import text as config_text
from dpgan_tf.data import records
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.data.tables import schema_text
from dpgan_tf.privacy.summary import classifier
from dpgan_tf.privacy.summary import pixel_range

_DESCRIPTION = "description"
_WEIGHT = "weight_{}"
_GUIDE = "guide_"
_SHARES = "class_shares"
_PIXELS = "pixels"


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Contents:
    """Everything that the files of a release follow from.

    Attributes:
      recipe: the run's recipe.
      form: form of an example.
      columns: names of a row's columns; empty for images.
      classes: names of the generator's classes; empty if they have none.
      weights: the generator's weights, in Keras's order.
      guide: classifier that labels samples, if there is one.
      class_shares: float64 [k], shares of the classes in samples; None for
        equal ones.
      pixels: range of pixels of samples; all of them for rows.
    """

    recipe: recipes.Recipe
    form: records.Form
    columns: tuple[str, ...]
    weights: Sequence[np.ndarray]
    guide: classifier.Linear | None = None
    classes: tuple[str, ...] = ()
    class_shares: np.ndarray | None = None
    pixels: pixel_range.PixelRange = pixel_range.WHOLE

    @functools.cached_property
    def schema(self) -> schemas.Schema | None:
        """The schema of a row's columns; None where they are counts."""
        return schema_of(self.recipe)


def schema_of(recipe: recipes.Recipe) -> schemas.Schema | None:
    """Return the schema of a run's rows; None for images and counts.

    Args:
      recipe: the run's recipe.
    """
    text = recipe.data.schema
    return schema_text.parse(text, source="data.schema") if text else None


def to_bytes(contents: Contents) -> bytes:
    """Return contents as an .npz file.

    Args:
      contents: contents of a release.
    """
    description = {
        "config": contents.recipe.to_json(),
        "form": dataclasses.asdict(contents.form),
        "columns": contents.columns,
        "classes": contents.classes,
    }
    arrays = {
        _DESCRIPTION: np.array(json.dumps(description)),
        _PIXELS: contents.pixels.ends,
    }
    for i, weight in enumerate(contents.weights):
        arrays[_WEIGHT.format(i)] = weight
    if contents.class_shares is not None:
        arrays[_SHARES] = contents.class_shares
    if contents.guide is not None:
        for name, value in vars(contents.guide).items():
            arrays[f"{_GUIDE}{name}"] = value
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def from_bytes(content: bytes) -> Contents:
    """Return the contents that `to_bytes` was given.

    Args:
      content: an .npz file from `to_bytes`.
    """
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        arrays = dict(file)
    description = json.loads(str(arrays.pop(_DESCRIPTION)))
    guide = {
        name.removeprefix(_GUIDE): arrays.pop(name)
        for name in list(arrays)
        if name.startswith(_GUIDE)
    }
    form = description["form"]
    shares = arrays.pop(_SHARES, None)
    pixels = pixel_range.PixelRange(ends=arrays.pop(_PIXELS))
    return Contents(
        recipe=config_text.from_json(description["config"]),
        form=records.Form(
            **form
            | {"shape": tuple(form["shape"]), "blocks": tuple(form["blocks"])}
        ),
        columns=tuple(description["columns"]),
        classes=tuple(description["classes"]),
        weights=[arrays[_WEIGHT.format(i)] for i in range(len(arrays))],
        guide=classifier.Linear(**guide) if guide else None,
        class_shares=shares,
        pixels=pixels,
    )
