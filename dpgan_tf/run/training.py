"""From a configuration to a release: the stages of a run, each resumable."""

import dataclasses
import os
import secrets

import keras
import numpy as np

from dpgan_tf import errors
from dpgan_tf import progress
from dpgan_tf import run_files
from dpgan_tf.config import settings as configs
from dpgan_tf.data import records
from dpgan_tf.data import split as splits
from dpgan_tf.models import dpgan
from dpgan_tf.models import guide as guides
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.privacy.ledger import lock
from dpgan_tf.privacy.summary import row_moments
from dpgan_tf.release import release
from dpgan_tf.run import assembly
from dpgan_tf.run import budgets
from dpgan_tf.run import data as run_data
from dpgan_tf.run import outlook
from dpgan_tf.run import places as run_places
from dpgan_tf.run import team as teams
from dpgan_tf.run.stages import private_training
from dpgan_tf.run.stages import release as run_release
from dpgan_tf.run.stages import warm_start
from dpgan_tf.run.summary import class_summary
from dpgan_tf.run.summary import fit as summary_fit
from dpgan_tf.run.summary import private_summary
from dpgan_tf.run.summary import surrogates


def train(
    config: configs.Config,
    *,
    run_dir: str | os.PathLike,
    data_dir: str | os.PathLike,
    team: teams.Team = teams.ALONE,
    with_scores: bool = True,
    dataset_path: str | None = None,
) -> run_files.RunFiles:
    """Warm-start, train privately, release and score; or go on with that.

    Args:
      config: what to train.
      run_dir: where the run is, or will be.
      data_dir: where prepared data sets are.
      team: of which this is the chief, for the private steps; all else is
        done by one device.
      with_scores: whether generators are scored, of the warm start and of the
        release; whoever scores the release anyhow saves the time. A model card
        without scores stays so, and `evaluate` gives a run its scores later.
      dataset_path: where the data set is, if not where the configuration says.

    Returns:
      The files of the finished run.

    Raises:
      UserError: for settings or files that cannot be used.
      PrivacyError: if no privacy claim could be made.
    """
    assembly.prepare_arithmetic()
    _require_one_device_to_wait(config, team)
    places = run_places.Places(dataset_path or config.dataset, str(data_dir))
    data = run_data.load(config, data_dir=data_dir, dataset_path=dataset_path)
    form = data.dataset.form
    progress.note("noise and steps that the budget allows")
    budget = budgets.build_budget(config, form)
    outlook.require(config, form, budget)
    with lock.lock(run_files.make_root(run_dir)):
        files = run_files.enter(run_dir, config_json=config.to_json())
        _describe_data(files, data)
        run_places.remember(files, places)
        is_complete = release.is_complete(files)
        _greet(config, data, team, is_complete=is_complete)
        if is_complete:
            return files
        release.require_no_other_files(files, form)
        ledger = private_training.open_ledger(
            config, files, budget, data.private
        )
        taken = private_summary.take(
            config, files, budget, data.private, data.public, ledger
        )
        if isinstance(taken, class_summary.ClassSummary):
            data, taken = _with_surrogates(config, data, team, taken)
        networks = _before_private_steps(config, files, data, taken, ledger)
        model = _build(config, form, budget, team, taken, *networks)
        private_training.train(
            config,
            files,
            budget,
            data,
            model,
            ledger,
            data_dir=data_dir,
            team=team,
        )
        run_release.write_generator(config, files, model, ledger)
        if with_scores:
            run_release.score(
                files,
                data.dataset,
                data_dir=data_dir,
                num_samples=config.num_score_samples,
            )
        run_release.write_claim(config, files)
    return files


def follow(
    config: configs.Config,
    *,
    data_dir: str | os.PathLike,
    team: teams.Team,
) -> None:
    """Take part in the private steps of a run that another machine leads.

    Args:
      config: the chief's.
      data_dir: where prepared data sets are, the chief's among them.
      team: of which this is not the chief.

    Raises:
      UserError: for settings or files that cannot be used.
    """
    assembly.prepare_arithmetic()
    _require_one_device_to_wait(config, team)
    data = run_data.load(config, data_dir=data_dir)
    form = data.dataset.form
    budget = budgets.build_budget(config, form)
    if _greet(config, data, team):
        return
    taken = None
    if config.summarizes_classes:
        data, taken = _with_surrogates(
            config, data, team, class_summary.blank(config, form, data.public)
        )
    networks = assembly.build_networks(config, form)
    model = _build(config, form, budget, team, taken, *networks)
    private_training.follow(config, budget, data, model, team=team)


def _require_one_device_to_wait(
    config: configs.Config, team: teams.Team
) -> None:
    """Refuse replicas that could round to different decisions."""
    if config.critic_accuracy and team.strategy is not None:
        raise errors.UserError(
            f"critic_accuracy={config.critic_accuracy}; expected 0 with "
            "--strategy: replicas cannot wait for an accuracy."
        )


def _before_private_steps(
    config: configs.Config,
    files: run_files.RunFiles,
    data: run_data.RunData,
    taken: private_summary.Summary | None,
    ledger: ledgers.Ledger,
) -> tuple[keras.Model, keras.Model]:
    """Return critic and generator as public records and summary make them."""
    keras.utils.set_random_seed(assembly.initial_seed(config))
    form = data.dataset.form
    critic, generator = assembly.build_networks(config, form)
    warm_start.train(
        config,
        files,
        form,
        data.public,
        critic,
        generator,
        num_generator_steps=config.warm_start_steps,
        ledger=ledger if config.has_surrogates else None,
    )
    if isinstance(taken, row_moments.Moments):
        summary_fit.fit(config, files, generator, taken)
    elif taken is not None and taken.features is not None:
        summary_fit.fit_features(config, files, generator, taken)
    return critic, generator


def _with_surrogates(
    config: configs.Config,
    data: run_data.RunData,
    team: teams.Team,
    taken: class_summary.ClassSummary,
) -> tuple[run_data.RunData, class_summary.ClassSummary]:
    """Let records drawn from the chief's summary stand for public ones.

    Returns:
      The data, and the chief's summary.
    """
    taken = class_summary.shared(taken, team.from_chief)
    if taken.moments is None:
        return data, taken
    drawn = surrogates.draw(
        taken.moments,
        form=data.dataset.form,
        num=config.num_surrogates,
        seed=assembly.initial_seed(config),
    )
    if taken.guide is not None:
        guide = guides.Guide(taken.guide)
        (classes,) = team.from_chief([guide.classes(drawn.examples)])
        needed = max(config.public_batch_size, config.warm_start_batch_size)
        drawn = surrogates.keep(drawn, classes, least=needed)
    return dataclasses.replace(data, public=drawn), taken


def _greet(
    config: configs.Config,
    data: run_data.RunData,
    team: teams.Team,
    *,
    is_complete: bool = False,
) -> bool:
    """Return whether the chief's run is complete, if all have the same.

    Records are compared by a hash under a salt of this moment.
    """
    if team.size == 1:
        return is_complete
    salt = np.frombuffer(secrets.token_bytes(32), np.int64)
    is_complete, salt = team.from_chief([int(is_complete), salt])
    team.require_same("settings", config.digest())
    team.require_same(
        "records", splits.fingerprint(data.private, salt=salt.tobytes())
    )
    return bool(is_complete)


def _build(
    config: configs.Config,
    form: records.Form,
    budget: budgets.Budget,
    team: teams.Team,
    taken: private_summary.Summary | None,
    *networks: keras.Model,
) -> dpgan.DPGAN:
    """Return the private model, with weights of its own on every replica."""
    with team.scope():
        if team.strategy is not None:
            copies = assembly.build_networks(config, form)
            for copy, network in zip(copies, networks, strict=True):
                copy.set_weights(network.get_weights())
            networks = copies
        return assembly.build_dpgan(
            config,
            form,
            *networks,
            budget.mechanism,
            beside=summary_fit.loss_of(
                taken,
                guide_weight=config.guide_weight,
                feature_weight=config.feature_weight,
            ),
            num_steps=budget.max_steps,
        )


def _describe_data(files: run_files.RunFiles, data: run_data.RunData) -> None:
    """Record the split, and draw the salt that hides the records' hash."""
    if not files.data.exists():
        salt = {"fingerprint_salt": secrets.token_hex(32)}
        run_files.write_json(files.data, data.description | salt)
