"""Computes one cell of a table: trains, scores, and keeps the result.

A finished cell is a file, and is not computed again; an unfinished one goes on
from the checkpoints of its run. The scores of a cell can be recorded beside the
table, too, so that a table of many hours goes on without the runs behind it.
"""

import dataclasses
import pathlib
from collections.abc import Callable

import numpy as np

from dpgan_tf import baselines
from dpgan_tf import config as configs
from dpgan_tf import run_data
from dpgan_tf import run_files
from dpgan_tf import sampling
from dpgan_tf import training
from dpgan_tf.data import records
from dpgan_tf.data import sources
from dpgan_tf.evaluation import image_set
from dpgan_tf.evaluation import marginals_baseline
from dpgan_tf.evaluation import metrics as metrics_lib
from dpgan_tf.evaluation import scorer as scorers
from dpgan_tf.evaluation import semi_supervised
from dpgan_tf.evaluation import table_scores
from dpgan_tf.tables import definitions
from dpgan_tf.tables import kept


@dataclasses.dataclass(frozen=True, kw_only=True)
class Workshop:
    """Where cells are made.

    Attributes:
      runs_dir: of the runs behind the cells.
      data_dir: where prepared data sets are.
      command: that is recorded with a cell.
      shrink: makes a configuration small, for a quick walk.
      baseline_steps: at most, of rows without privacy.
      few_labels: how the classifiers of Table 6 are trained.
      recorded: of scores that count as computed, as `record` wrote them; None
        to compute all.
    """

    runs_dir: pathlib.Path
    data_dir: pathlib.Path
    command: str
    shrink: Callable[[configs.Config], configs.Config] = lambda config: config
    baseline_steps: int = 10**9
    few_labels: semi_supervised.Setting = semi_supervised.Setting()
    recorded: pathlib.Path | None = None

    def config(self, row: definitions.Row, seed: int) -> configs.Config:
        """Return the configuration of a row and seed.

        Args:
          row: of a table.
          seed: of split and initial weights.
        """
        return self.shrink(dataclasses.replace(row.config, split_seed=seed))

    def folder(self, row: definitions.Row, seed: int) -> pathlib.Path:
        """Return where a row's run of one seed is.

        Args:
          row: of a table.
          seed: of the run.
        """
        return self.runs_dir / row.name / f"seed_{seed}"


def scores(workshop: Workshop, row: definitions.Row, *, seed: int) -> dict:
    """Return the scores of a row, by the default metrics.

    Args:
      workshop: where to make them.
      row: of a table.
      seed: of split and initial weights; the real row has one only.

    Returns:
      "values" by name, "seconds" that they took, and where they come from.
    """
    config = workshop.config(row, seed)

    def make():
        if row.kind in baselines.KINDS:
            report = baselines.score(
                config,
                train(workshop, row, seed=seed),
                kind=row.kind,
                data_dir=workshop.data_dir,
            )
            return report["scores"][row.kind]
        dataset = sources.load(config.dataset, data_dir=workshop.data_dir)
        if isinstance(dataset, records.TableDataset):
            return table_scores.score(
                rows(workshop, row, seed=seed), dataset, title=row.title
            )
        scorer = scorers.Scorer(dataset, data_dir=workshop.data_dir)
        if row.kind == definitions.PUBLIC_RECORDS:
            return _scores_of_public(workshop, config, scorer)
        metrics = metrics_lib.choose([])
        if row.kind == definitions.PRIVATE:
            samples = scorer.sample(
                generator(workshop, row, seed=seed),
                num=config.num_score_samples,
                title=row.title,
            )
            return scorer.score_samples(samples, metrics)
        real = scorer.score_real(metrics, num_images=config.num_score_samples)
        # Training images taught the classifier: test images count first.
        return real["real_train"] | real.get("real_test", {})

    recorded = _recorded_scores(workshop, row, seed)
    if recorded is not None:
        return recorded
    path, key = _place_of_scores(workshop, row, seed)
    return kept.keep(path, key, make, command=workshop.command)


def record(
    workshop: Workshop,
    row: definitions.Row,
    folder: pathlib.Path,
    *,
    seed: int,
) -> None:
    """Write the scores of a row where a table's record keeps them.

    Args:
      workshop: where to make them.
      row: of a table of scores.
      folder: of the record.
      seed: as for `scores`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    run_files.write_json(
        _recorded_file(folder, row, seed), scores(workshop, row, seed=seed)
    )


def is_recorded(workshop: Workshop, row: definitions.Row, *, seed: int) -> bool:
    """Return whether the record has the scores of this very cell.

    Args:
      workshop: where cells are made, and their record.
      row: of a table of scores.
      seed: as for `scores`.
    """
    return _recorded_scores(workshop, row, seed) is not None


def _recorded_scores(workshop, row, seed) -> dict | None:
    if workshop.recorded is None:
        return None
    _, key = _place_of_scores(workshop, row, seed)
    return kept.find(_recorded_file(workshop.recorded, row, seed), key)


def _recorded_file(folder, row, seed):
    return folder / f"{row.name}_seed_{seed}.json"


def is_finished(workshop: Workshop, row: definitions.Row, *, seed: int) -> bool:
    """Return whether nothing of a row is left to compute.

    Args:
      workshop: where cells are made.
      row: of a table of scores.
      seed: as for `scores`.
    """
    if is_recorded(workshop, row, seed=seed):
        return True
    files = run_files.RunFiles(workshop.folder(row, seed) / "run")
    return (
        row.kind in definitions.WITHOUT_GENERATOR
        or _directory_of_generator(row, files).exists()
    ) and kept.find(*_place_of_scores(workshop, row, seed)) is not None


def _place_of_scores(workshop, row, seed):
    """Return the file of a row's scores, and what they depend on."""
    identity = _identity(workshop.config(row, seed))
    key = [row.kind, row.num_generator_steps, identity]
    return workshop.folder(row, seed) / "scores.json", key


def _scores_of_public(workshop, config, scorer) -> dict:
    """Score the public records; classifiers see them as often as samples."""
    public = run_data.load(config, data_dir=workshop.data_dir).public
    once = image_set.ImageSet(
        title="public records",
        images=public.examples,
        labels=public.labels,
        classifier=scorer.classifier,
    )
    again = np.arange(config.num_score_samples) % len(public)
    often = dataclasses.replace(
        once, images=public.examples[again], labels=public.labels[again]
    )
    metrics = metrics_lib.choose([])
    downstream = [metric for metric in metrics if metric.name == "downstream"]
    others = [metric for metric in metrics if metric.name != "downstream"]
    return scorer.score_samples(often, downstream) | scorer.score_samples(
        once, others
    )


def supervised(workshop: Workshop, *, num_labels: int, seed: int) -> dict:
    """Return the accuracy of C1 with public labels alone (Table 6).

    Args:
      workshop: where to make it.
      num_labels: n.
      seed: of split, labels and weights.
    """
    row = definitions.TABLE_6_ROWS[0]
    setting = workshop.few_labels

    def make():
        labelled, test = _labelled(
            workshop, row, num_labels=num_labels, seed=seed
        )
        accuracy = semi_supervised.supervised_accuracy(
            labelled, test, setting, seed=seed
        )
        return {"accuracy": accuracy}

    path = workshop.runs_dir / "supervised" / f"{num_labels}_seed_{seed}.json"
    key = [num_labels, seed, dataclasses.asdict(setting)]
    return kept.keep(path, key, make, command=workshop.command)


def semi(
    workshop: Workshop, row: definitions.Row, *, num_labels: int, seed: int
) -> dict:
    """Return the accuracy of C1 with labels and samples (Algorithm 4).

    Args:
      workshop: where to make it.
      row: whose generator makes the samples.
      num_labels: n.
      seed: of split, labels and weights.
    """
    setting = workshop.few_labels
    config = workshop.config(row, seed)

    def make():
        labelled, test = _labelled(
            workshop, row, num_labels=num_labels, seed=seed
        )
        found = semi_supervised.train(
            generator(workshop, row, seed=seed),
            labelled,
            test,
            setting,
            seed=seed,
        )
        return {"accuracy": found["semi_accuracy"]}

    path = workshop.folder(row, seed) / f"semi_{num_labels}.json"
    key = [
        *(num_labels, dataclasses.asdict(setting)),
        _identity(config),
    ]
    return kept.keep(path, key, make, command=workshop.command)


def train(
    workshop: Workshop, row: definitions.Row, *, seed: int
) -> run_files.RunFiles:
    """Train the generator of a row, or go on with it.

    Args:
      workshop: where to train it.
      row: not the real one.
      seed: of split and initial weights.

    Returns:
      The files of its run.
    """
    config = workshop.config(row, seed)
    run_dir = workshop.folder(row, seed) / "run"
    if row.kind == definitions.PRIVATE:
        return training.train(
            config,
            run_dir=run_dir,
            data_dir=workshop.data_dir,
            with_scores=False,
        )
    return baselines.train(
        config,
        kind=row.kind,
        num_generator_steps=min(
            row.num_generator_steps, workshop.baseline_steps
        ),
        run_dir=run_dir,
        data_dir=workshop.data_dir,
    )


def rows(workshop: Workshop, row: definitions.Row, *, seed: int) -> np.ndarray:
    """Return as many rows as are scored: real ones, noise, or samples.

    Args:
      workshop: where they are made.
      row: of a table of rows.
      seed: of the run.

    Returns:
      uint8 [n, columns].
    """
    config = workshop.config(row, seed)
    num = config.num_score_samples
    if row.kind not in (definitions.REAL, definitions.MARGINALS):
        return table_scores.sample(
            generator(workshop, row, seed=seed), num=num, title=row.title
        )
    data = run_data.load(config, data_dir=workshop.data_dir)
    if row.kind == definitions.REAL:
        return data.private.examples[:num]
    return marginals_baseline.sample(
        data.private,
        target_epsilon=config.target_epsilon,
        target_delta=config.target_delta,
        accountant=config.accountant,
        row_clip_norm=config.summary_row_clip_norm,
        num=num,
        seed=seed,
    )


def generator(
    workshop: Workshop, row: definitions.Row, *, seed: int
) -> sampling.ExportedGenerator:
    """Return the generator of a row, trained if it is not yet.

    Args:
      workshop: where it is.
      row: not the real one.
      seed: of the run.
    """
    files = train(workshop, row, seed=seed)
    return sampling.load_generator(_directory_of_generator(row, files))


def _directory_of_generator(row, files):
    if row.kind == definitions.PRIVATE:
        return sampling.generator_directory(files.release)
    return files.warm_start_generator


def _identity(config: configs.Config) -> dict:
    """Return what sets a configuration apart, whatever settings are added."""
    return {
        field.name: getattr(config, field.name)
        for field in dataclasses.fields(config)
        if getattr(config, field.name) != field.default
    }


def _labelled(workshop, row, *, num_labels, seed):
    data = run_data.load(workshop.config(row, seed), data_dir=workshop.data_dir)
    labelled = semi_supervised.first_of_public(
        data.public, num_labels, seed=seed
    )
    test = semi_supervised.Labelled(
        images=data.dataset.test_images, labels=data.dataset.test_labels
    )
    return labelled, test
