"""Computes a cell of Table 5 or 6: classifiers with few labels and samples."""

import dataclasses

from dpgan_tf import errors
from dpgan_tf.evaluation import semi_supervised
from dpgan_tf.papers import kept
from dpgan_tf.papers import schema
from dpgan_tf.papers import workshop as workshops
from dpgan_tf.run import data as run_data


def supervised(
    workshop: workshops.Workshop,
    row: schema.Row,
    *,
    num_labels: int,
    setting: semi_supervised.Setting,
    seed: int,
) -> dict:
    """Return the accuracy of C1 trained on public labels alone.

    Args:
      workshop: where cells are computed.
      row: row whose recipe gives the public records.
      num_labels: number of public labels.
      setting: training settings of C1.
      seed: seed of split, labels and weights.
    """

    def make():
        labelled, test = _labelled(
            workshop, row, num_labels=num_labels, seed=seed
        )
        accuracy = semi_supervised.supervised_accuracy(
            labelled, test, setting, seed=seed
        )
        return {"accuracy": accuracy}

    name = f"{row.recipe.data.source}_{num_labels}_seed_{seed}.json"
    path = workshop.runs_dir / "supervised" / name
    key = [num_labels, seed, dataclasses.asdict(setting)]
    return kept.keep(path, key, make, command=workshop.command)


def semi(
    workshop: workshops.Workshop,
    row: schema.Row,
    *,
    num_labels: int,
    setting: semi_supervised.Setting,
    seed: int,
) -> dict:
    """Return the accuracy of C1 trained on labels and samples (Algorithm 4).

    Args:
      workshop: where cells are computed.
      row: row whose generator makes the samples.
      num_labels: number of public labels.
      setting: training settings of C1 and C2.
      seed: seed of split, labels and weights.
    """
    recipe = workshop.recipe(row, seed)

    def make():
        labelled, test = _labelled(
            workshop, row, num_labels=num_labels, seed=seed
        )
        accuracy = semi_supervised.train(
            workshops.generator(workshop, row, seed=seed),
            labelled,
            test,
            setting,
            seed=seed,
        )
        return {"accuracy": accuracy}

    path = workshop.folder(row, seed) / f"semi_{num_labels}.json"
    key = [
        *(num_labels, dataclasses.asdict(setting)),
        workshops.identity(recipe),
    ]
    return kept.keep(path, key, make, command=workshop.command)


def _labelled(workshop, row, *, num_labels, seed):
    data = run_data.load(workshop.recipe(row, seed), data_dir=workshop.data_dir)
    labelled = semi_supervised.first_of_public(
        data.public, num_labels, seed=seed
    )
    if data.dataset.test_labels is None:
        raise errors.DatasetError(
            f"{data.dataset.name}: has no labelled test part, which accuracies "
            "are measured on; hold one out with prepare-data."
        )
    test = semi_supervised.Labelled(
        images=data.dataset.test_images, labels=data.dataset.test_labels
    )
    return labelled, test
