"""The last stage of a run: what is released of it."""

import contextlib
import os

import keras
import numpy as np

from dpgan_tf import errors
from dpgan_tf import interrupts
from dpgan_tf import progress
from dpgan_tf import run_files
from dpgan_tf.claim import about
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import datasets
from dpgan_tf.data import records
from dpgan_tf.evaluation import run_scores
from dpgan_tf.evaluation import score_text
from dpgan_tf.models import dpgan
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.privacy.ledger import lock
from dpgan_tf.release import release
from dpgan_tf.run import assembly
from dpgan_tf.run import budgets
from dpgan_tf.run import data as run_data
from dpgan_tf.run import gans
from dpgan_tf.run.callbacks import checkpointing
from dpgan_tf.run.stages import release_contents
from dpgan_tf.run.stages import release_process
from dpgan_tf.run.summary import private_summary
from dpgan_tf.run.summary import protocol


def write_generator(
    recipe: recipes.Recipe,
    files: run_files.RunFiles,
    model: dpgan.DPGAN,
    ledger: ledgers.Ledger,
) -> None:
    """Write the generator that may be published; its claim comes last.

    Args:
      recipe: of the run.
      files: of the run.
      model: that all private steps trained.
      ledger: of the run, which learns how many steps are in the model.

    Raises:
      PrivacyError: if no private step trained the model.
    """
    num_kept = int(model.steps.numpy())
    require_some_kept(files, ledger, num_kept=num_kept)
    taken = private_summary.read(recipe, files)
    ledger.record_release(num_kept)
    description = _description(files)
    contents = release_contents.Contents(
        recipe=recipe,
        form=run_data.form_of(description),
        columns=run_data.columns_of(description),
        classes=run_data.classes_of(recipe, description),
        weights=_weights(model, taken),
        guide=taken.guide,
        pixels=taken.pixels,
        class_shares=taken.class_shares,
    )
    with progress.waiting("release: a clean process writes it"):
        release_process.write_parts(files, contents)


def require_some_kept(
    files: run_files.RunFiles, ledger: ledgers.Ledger, *, num_kept: int
) -> None:
    """Refuse to release what has seen no private record, as if it had.

    Args:
      files: of the run.
      ledger: of the run.
      num_kept: private steps that trained the model.

    Raises:
      PrivacyError: if there are none.
    """
    if not num_kept:
        raise privacy_errors.PrivacyError(
            f"{files.root}: all {ledger.charged_steps} charged steps were lost "
            "in crashes, and none trained the generator; start a new run "
            "directory: their epsilons add up."
        )


def score(
    files: run_files.RunFiles,
    dataset: datasets.Dataset,
    *,
    data_dir: str | os.PathLike,
    num_samples: int,
    variety: float = 1.0,
    target: str = "",
) -> None:
    """Score the released generator; whatever fails, the release goes on.

    Args:
      files: of the run, whose generator is written.
      dataset: the real records.
      data_dir: where the scoring classifier is kept.
      num_samples: samples to score.
      variety: variety besides 1 at which they are scored.
      target: column that learners predict; empty for all.
    """
    try:
        with interrupts.heeded():
            run_scores.score_run(
                files.root,
                dataset,
                data_dir=data_dir,
                num_samples=num_samples,
                variety=variety,
                target=target,
            )
    except Exception as error:  # Of anybody's metric, of sklearn, of a disk.
        with contextlib.suppress(OSError):  # Of a folder of that name.
            files.scores.unlink()
        progress.note(
            f"The release is without scores ({errors.first_line(error)}): "
            f"get them later with `evaluate --run_dir={files.root}`."
        )


def write_claim(recipe: recipes.Recipe, files: run_files.RunFiles) -> None:
    """Write the model card and the claim.

    Scores go into the card only where the records are published anyway.

    Args:
      recipe: of the run.
      files: of the run, whose generator is written.
    """
    description = _description(files)
    form = run_data.form_of(description)
    release.write_claim(
        files,
        latent_dim=recipe.networks.latent_dim,
        num_classes=assembly.num_classes(recipe, form),
        first_label=recipe.data.first_label,
        has_class_names=bool(run_data.classes_of(recipe, description)),
        form=form,
        schema=release_contents.schema_of(recipe),
        training_facts=assembly.training_facts(recipe),
        scores=_scores_of(recipe, files),
        about=about.today(
            source=recipe.data.source,
            title=recipe.data.title,
            purpose=recipe.data.purpose,
            contact=recipe.data.contact,
            licence=recipe.data.licence,
        ),
    )


def _scores_of(
    recipe: recipes.Recipe, files: run_files.RunFiles
) -> list[tuple[str, str, str]]:
    public = recipe.data.source in score_text.PUBLIC_BENCHMARKS
    if not (public and files.scores.exists()):
        return []
    return score_text.card_rows(score_text.read(files))


def write_again(recipe: recipes.Recipe, files: run_files.RunFiles) -> None:
    """Write the release of a finished run anew, from its last checkpoint.

    Args:
      recipe: of the run.
      files: of the run.

    Raises:
      UserError: if the run is not finished.
    """
    assembly.prepare_arithmetic()
    with lock.lock(files.root):
        form = run_data.form_of(_description(files))
        budget = budgets.build_budget(recipe, form)
        ledger = ledgers.Ledger.open(files.ledger, config_hash=recipe.digest())
        _require_no_steps_left(recipe, files, budget, ledger)
        model = _restored(recipe, files, form, budget, ledger)
        write_generator(recipe, files, model, ledger)
        write_claim(recipe, files)


def _require_no_steps_left(
    recipe: recipes.Recipe,
    files: run_files.RunFiles,
    budget: budgets.Budget,
    ledger: ledgers.Ledger,
) -> None:
    steps_left = budget.max_steps - ledger.charged_steps
    if steps_left > 0:
        raise errors.UserError(
            f"{files.root}: {steps_left} steps of the run are left, and "
            "when to stop must not depend on private numbers; finish it "
            f"with `train --run_dir={files.root}`."
        )


def _restored(
    recipe: recipes.Recipe,
    files: run_files.RunFiles,
    form: records.Form,
    budget: budgets.Budget,
    ledger: ledgers.Ledger,
) -> dpgan.DPGAN:
    """Return the model as its last private step left it."""
    both = assembly.build_networks(recipe, form)
    model = gans.build_dpgan(recipe, form, *both, budget.mechanism)
    checkpoints = checkpointing.Checkpoints(
        files.checkpoints("private"),
        every=recipe.steps.checkpoint_every,
        ledger=ledger,
    )
    if not checkpoints.restore(model):
        raise errors.UserError(
            f"{files.checkpoints('private')}: no checkpoint to release; "
            "restore it from a backup or train a new run."
        )
    return model


def _description(files: run_files.RunFiles) -> dict:
    return run_files.read_json(files.data, run_data.DESCRIPTION)


def _weights(model: dpgan.DPGAN, taken: protocol.Summary) -> list[np.ndarray]:
    """Return what is released, post-processing of what is private already."""
    generator = keras.models.clone_model(model.averaged_generator)
    generator.set_weights(model.averaged_generator.get_weights())
    taken.calibrate(generator)
    return generator.get_weights()
