"""The folder that may be published: generator, samples, card and claim."""

import os
import shutil
from collections.abc import Callable, Sequence

import keras
import tensorflow as tf

from dpgan_tf import claim as claims
from dpgan_tf import claim_check
from dpgan_tf import errors
from dpgan_tf import export
from dpgan_tf import images
from dpgan_tf import model_card
from dpgan_tf import progress
from dpgan_tf import release_names
from dpgan_tf import run_files
from dpgan_tf import sample_files
from dpgan_tf import sampling
from dpgan_tf.data import datasets
from dpgan_tf.data import records
from dpgan_tf.evaluation import run_scores
from dpgan_tf.evaluation import score_table
from dpgan_tf.evaluation import table_run_scores
from dpgan_tf.privacy import durable
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy import ledger as ledgers

# Their records are published: scores made with them need no protection.
PUBLIC_BENCHMARKS = ("mnist", "fashion_mnist")

_NUM_SAMPLES = 100
_SAMPLE_SEED = 0


def write_generator(
    files: run_files.RunFiles,
    generator: keras.Model,
    *,
    latent_dim: int,
    num_classes: int,
    form: records.Form,
    columns: Sequence[str],
    guide: Callable[[tf.Tensor], tf.Tensor] | None = None,
) -> None:
    """Write the generator and a hundred examples of what it makes.

    Images come as a picture; rows as a table, with the names of its columns,
    which are public, in a file of their own.

    Args:
      files: of the run.
      generator: what is released.
      latent_dim: length of a latent vector.
      num_classes: whose labels it takes, 0 if none.
      form: what an example looks like.
      columns: names of the columns of a row; none for images.
      guide: as for `export.export_generator`.
    """
    _remove_leftovers(files)
    (files.release / claims.FILE_NAME).unlink(missing_ok=True)
    directory = sampling.generator_directory(files.release)
    export.export_generator(
        generator,
        directory,
        latent_dim=latent_dim,
        num_classes=num_classes,
        largest_count=form.largest,
        guide=guide,
    )
    made = sampling.load_generator(directory)
    if form.is_table:
        samples = made.all_samples(_NUM_SAMPLES, _SAMPLE_SEED)
        names = "\n".join(columns) + "\n"
        durable.create(files.release / sample_files.COLUMNS, names.encode())
        sample_files.write(
            [samples],
            files.release / "samples.csv",
            num_samples=_NUM_SAMPLES,
            columns=columns,
        )
    else:
        grid = sampling.grid(made, seed=_SAMPLE_SEED)
        images.save_grid(
            grid.images, files.release / "samples.png", columns=grid.columns
        )


def score(
    files: run_files.RunFiles,
    dataset: datasets.Dataset,
    *,
    data_dir: str | os.PathLike,
    num_samples: int,
) -> None:
    """Score the released generator; whatever fails, the release goes on.

    Args:
      files: of the run, whose generator is written.
      dataset: the real records.
      data_dir: where the scoring classifier is kept.
      num_samples: samples to score.
    """
    try:
        _score(files, dataset, data_dir=data_dir, num_samples=num_samples)
    except Exception as error:  # Of anybody's metric, of sklearn, of a disk.
        files.scores.unlink(missing_ok=True)
        progress.note(
            f"The release is without scores ({errors.first_line(error)}): "
            f"get them later with `evaluate --run_dir={files.root}`."
        )


def _score(files, dataset, *, data_dir, num_samples) -> None:
    if isinstance(dataset, datasets.TableDataset):
        table_run_scores.score_run(
            files.root, dataset=dataset, num_samples=num_samples
        )
        return
    run_scores.score_run(
        files.root,
        dataset=dataset,
        data_dir=data_dir,
        num_samples=num_samples,
    )


def write_claim(
    files: run_files.RunFiles,
    *,
    dataset: str,
    latent_dim: int,
    num_classes: int,
    form: records.Form,
    training_facts: Sequence[tuple[str, str]],
) -> None:
    """Write the model card, and the claim over all that is released.

    Scores go into the card only where the records are published anyway.

    Args:
      files: of the run, whose generator is written.
      dataset: name of the data set.
      latent_dim: length of a latent vector.
      num_classes: whose labels the generator takes, 0 if none.
      form: what an example looks like.
      training_facts: (name, value) of public settings to show.
    """
    scores = ()
    if dataset in PUBLIC_BENCHMARKS and files.scores.exists():
        scores = score_table.card_rows(run_files.read_json(files.scores))
    (files.release / claims.FILE_NAME).unlink(missing_ok=True)
    _require_nothing_else(files)
    card = model_card.model_card(
        claims.build_claim(files.ledger, release_dir=files.release),
        latent_dim=latent_dim,
        num_classes=num_classes,
        form=form,
        training_facts=training_facts,
        scores=scores,
    )
    durable.create(files.release / release_names.CARD, card.encode())
    claim = claims.build_claim(files.ledger, release_dir=files.release)
    claims.write_claim(claim, files.release)


def is_complete(files: run_files.RunFiles) -> bool:
    """Return whether the budget is spent and the release made from all of it.

    Args:
      files: of the run.
    """
    path = files.release / claims.FILE_NAME
    if not (path.is_file() and files.ledger.is_file()):
        return False
    entries = ledgers.read(files.ledger)
    return entries.charged_steps >= entries.header["max_steps"] and all(
        finding.ok for finding in claim_check.check_run(files.root)
    )


def _remove_leftovers(files: run_files.RunFiles) -> None:
    """Remove what a crash may have left of this module's own writing."""
    folders = (files.release, files.release / "generator")
    for folder in folders:
        for path in folder.glob(".*"):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


def _require_nothing_else(files: run_files.RunFiles) -> None:
    """Refuse to vouch for a file that this module did not write."""
    for name in claims.hash_files(files.release):
        if not release_names.is_part(name):
            raise privacy_errors.PrivacyError(
                f"{files.release / name}: is no part of a release, and no "
                "claim covers it; move it elsewhere."
            )
