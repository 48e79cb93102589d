"""Families of runs: every preset and recipe, and every kind of private step."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from dpgan_tf.config import recipe as recipes
from dpgan_tf.config import wanted as asked
from dpgan_tf.data.tables import schema_text
from dpgan_tf.papers import paper_recipes
from dpgan_tf.run import front_door
from tests import tiny_run
from tests.replay import data_sets

_SMALL = tiny_run.SETTINGS | {
    "data.num_private_examples": data_sets.NUM_PRIVATE - 1,
    "data.public_fraction": 0.0,
    "budget.target_epsilon": 2.0,
    "networks.ema_decay": 0.5,
    "steps.num_steps": 6,
    "steps.checkpoint_every": 4,
    "clipping.update_every": 2,
    "summary.side": 7,
    "summary.num_surrogates": 300,
    "summary.imitation_steps": 2,
    "summary.guide_steps": 6,
    "summary.feature_directions": 24,
    "summary.num_pairs": 4,
    "summary.fit_steps": 2,
    "summary.fit_batch_size": 20,
}
_PUBLIC = 0.05


@dataclasses.dataclass(frozen=True, kw_only=True)
class Family:
    """Runs that have everything but their records in common.

    Attributes:
      records: makes the records.
      write: writes them under the working folder.
      recipe: makes the recipe there.
      is_poisoned: whether records with NaN get past the loader.
      with_scores: whether the run is scored at its end.
      num_replicas: number of devices that take the steps.
      has_own_networks: whether critic and generator are the user's own.
    """

    records: Callable[[], data_sets.Records]
    write: Callable[[data_sets.Records], None]
    recipe: Callable[[], recipes.Recipe]
    is_poisoned: bool = False
    with_scores: bool = False
    num_replicas: int = 1
    has_own_networks: bool = False


def _preset(name: str, source: str, **changes: Any) -> recipes.Recipe:
    """Return a preset made small, with changes; __ stands for a dot."""
    changes = {key.replace("__", "."): v for key, v in changes.items()}
    changes = {"data.source": source} | changes
    return _small(paper_recipes.get(name), changes)


def _small(base: recipes.Recipe, changes: Mapping[str, Any]) -> recipes.Recipe:
    """Return a recipe with few steps of each kind that it has."""
    settings = _SMALL
    if not base.warm_start.num_steps:
        settings = settings | {"warm_start.num_steps": 0}
    return tiny_run.small(base, changes, settings)


def _of_images(name: str, *, labels: bool = False, **changes: Any) -> Family:
    """Return a family of images, with labels for networks that see them."""
    fraction = changes.get("data__public_fraction", 0.0)
    traits = {
        key: changes.pop(key)
        for key in list(changes)
        if key in {field.name for field in dataclasses.fields(Family)}
    }
    is_poisoned = traits.get("is_poisoned", False)
    return Family(
        records=lambda: data_sets.images(
            fraction=fraction, labelled=labels, poisoned=is_poisoned
        ),
        write=data_sets.write_labelled if labels else data_sets.write_images,
        recipe=lambda: _preset(
            name,
            data_sets.FILE,
            **{"networks__conditional": labels} | changes,
        ),
        **traits,
    )


def _of_rows(name: str, **changes: Any) -> Family:
    return Family(
        records=data_sets.rows,
        write=data_sets.write_table,
        recipe=lambda: _preset(name, data_sets.FOLDER, **changes),
    )


def _of_pictures(name: str, **changes: Any) -> Family:
    settings = {
        "data__public_fraction": 0.2,
        "data__num_private_examples": data_sets.NUM_PICTURES - 1,
        "budget__target_epsilon": 10.0,
        "grouping__num_groups": 3,
    }
    return Family(
        records=lambda: data_sets.pictures(fraction=0.2),
        write=data_sets.write_pictures,
        recipe=lambda: _preset(name, data_sets.FOLDER, **settings | changes),
    )


def _of_door(
    name: str,
    records: Callable[[], data_sets.Records],
    write: Callable[[data_sets.Records], None],
    data: str,
    **given: Any,
) -> Family:
    """Return a family by the front door, with the recipe that it chooses."""

    def recipe():
        wanted = asked.Wanted(
            data=data,
            recipe=name,
            epsilon=2.0,
            delta=1e-3,
            num_records=data_sets.NUM_PRIVATE - 1,
            **given,
        )
        chosen = front_door.read(wanted, data_dir="data")
        precision = chosen.networks.precision
        if precision == "auto":  # Two processes could measure differently.
            precision = "bfloat16"
        return _small(
            chosen,
            {
                "data.public_fraction": chosen.data.public_fraction,
                "networks.precision": precision,
            },
        )

    return Family(records=records, write=write, recipe=recipe)


_WITH_PUBLIC = {"data__public_fraction": _PUBLIC}
# So few records show their range of pixels only to such an epsilon.
_STRETCHED = {"budget__target_epsilon": 200.0}
_FIXED = {"clipping": "fixed", "warm_start__num_steps": 0}

ALL: Mapping[str, Family] = {
    # Images without labels.
    "mnist_quick": _of_images("mnist_quick", **_WITH_PUBLIC),
    "mnist": _of_images("mnist", grouping="clustered", **_WITH_PUBLIC),
    "dpgan_mnist": _of_images(
        "dpgan_mnist",
        grouping="weight_bias",
        loss__draws_per_record=2,
        **_WITH_PUBLIC,
    ),
    "vectorized": _of_images(
        "mnist_quick", steps__engine="vectorized", **_WITH_PUBLIC
    ),
    "mnist_basic": _of_images("mnist_basic", grouping="weight_bias"),
    "basic_bce": _of_images(
        "mnist_basic", loss__objective="bce", steps__engine="vectorized"
    ),
    "ppgan": _of_images("ppgan"),
    "weight_box": _of_images(
        "ppgan", loss="weight_box", optimizer="rmsprop", steps__engine="ghost"
    ),
    "poisoned": _of_images("mnist_basic", is_poisoned=True),
    "two_replicas": _of_images("mnist_quick", num_replicas=2, **_WITH_PUBLIC),
    "own_networks": _of_images(
        "mnist_quick",
        has_own_networks=True,
        grouping__num_groups=3,
        **_WITH_PUBLIC,
    ),
    "moments": _of_images("mnist_surrogate", summary="class_moments"),
    # Images with labels.
    "labels": _of_images("mnist_quick", labels=True, **_WITH_PUBLIC),
    "mnist_decoupled": _of_images(
        "mnist_decoupled", labels=True, **_WITH_PUBLIC
    ),
    "decoupled_alone": _of_images(
        "mnist_decoupled",
        labels=True,
        loss__objective="bce",
        grouping="weight_bias",
        **_FIXED,
    ),
    "mnist_surrogate": _of_images("mnist_surrogate", labels=True),
    "mnist_features": _of_images("mnist_features", labels=True, **_WITH_PUBLIC),
    "poisoned_summary": _of_images(
        "mnist_surrogate", labels=True, is_poisoned=True
    ),
    "stretched": _of_images("mnist_surrogate", labels=True, **_STRETCHED),
    "poisoned_stretched": _of_images(
        "mnist_surrogate", labels=True, is_poisoned=True, **_STRETCHED
    ),
    "scored": _of_images(
        "mnist_decoupled",
        labels=True,
        with_scores=True,
        scoring__every=2,
        **_WITH_PUBLIC,
    ),
    # Pictures on the disk, in colour.
    "photos_48": _of_pictures("photos_48"),
    "celeba": _of_pictures("celeba"),
    "lsun_l": _of_pictures("lsun_l", networks__conditional=True),
    # Rows.
    "dpgan_ehr": _of_rows("dpgan_ehr"),
    "marginals": _of_rows("dpgan_ehr", summary="marginals"),
    "ppgan_ehr": _of_rows("ppgan_ehr", summary="none"),
    # The front door.
    "auto_images": _of_door(
        "auto", data_sets.images, data_sets.write_labelled, data_sets.FILE
    ),
    "quick_images": _of_door(
        "quick", data_sets.images, data_sets.write_images, data_sets.FILE
    ),
    "quick_public": _of_door(
        "quick",
        lambda: data_sets.images(fraction=_PUBLIC),
        data_sets.write_labelled,
        data_sets.FILE,
        public_fraction=_PUBLIC,
    ),
    "auto_table": _of_door(
        "auto",
        data_sets.file_rows,
        data_sets.write_csv,
        data_sets.CSV,
        largest_count=data_sets.LARGEST_COUNT,
    ),
    "auto_typed": _of_door(
        "auto",
        data_sets.typed_rows,
        data_sets.write_typed,
        data_sets.CSV,
        schema=schema_text.to_text(data_sets.SCHEMA),
    ),
    "quick_table": _of_door(
        "quick", data_sets.rows, data_sets.write_table, data_sets.FOLDER
    ),
}
"""All families, by name."""
