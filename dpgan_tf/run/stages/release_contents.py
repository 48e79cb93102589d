"""What the process that writes a release is given, and nothing else.

Configuration, form and names of columns are public; weights and guide are
private already. No record, no count of records and no statistic is among them.
"""

import dataclasses
import io
import json
from collections.abc import Sequence

import numpy as np

from dpgan_tf.config import recipe as recipes
from dpgan_tf.config import text as config_text
from dpgan_tf.data import records
from dpgan_tf.privacy.summary import classifier

_DESCRIPTION = "description"
_WEIGHT = "weight_{}"
_GUIDE = "guide_"


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Contents:
    """Everything that the files of a release follow from.

    Attributes:
      recipe: of the run.
      form: what an example looks like.
      columns: names of the columns of a row; none for images.
      weights: of the generator, in Keras's order.
      guide: what the labels of samples are told by, if anything.
    """

    recipe: recipes.Recipe
    form: records.Form
    columns: tuple[str, ...]
    weights: Sequence[np.ndarray]
    guide: classifier.Linear | None = None


def to_bytes(contents: Contents) -> bytes:
    """Return contents as an .npz file.

    Args:
      contents: of a release.
    """
    description = {
        "config": contents.recipe.to_json(),
        "form": dataclasses.asdict(contents.form),
        "columns": contents.columns,
    }
    arrays = {_DESCRIPTION: np.array(json.dumps(description))}
    for i, weight in enumerate(contents.weights):
        arrays[_WEIGHT.format(i)] = weight
    if contents.guide is not None:
        for name, value in vars(contents.guide).items():
            arrays[f"{_GUIDE}{name}"] = value
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def from_bytes(content: bytes) -> Contents:
    """Return what `to_bytes` was given.

    Args:
      content: an .npz file of this module's.
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
    return Contents(
        recipe=config_text.from_json(description["config"]),
        form=records.Form(**form | {"shape": tuple(form["shape"])}),
        columns=tuple(description["columns"]),
        weights=[arrays[_WEIGHT.format(i)] for i in range(len(arrays))],
        guide=classifier.Linear(**guide) if guide else None,
    )
