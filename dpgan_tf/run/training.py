"""From a recipe to a release: the stages of a run, each resumable."""

import dataclasses
import os
import pathlib
import secrets

import keras
import numpy as np

from dpgan_tf import progress
from dpgan_tf import run_files
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import records
from dpgan_tf.data import split as splits
from dpgan_tf.evaluation import typed_rows
from dpgan_tf.models import dpgan
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.privacy.ledger import lock
from dpgan_tf.release import release
from dpgan_tf.run import assembly
from dpgan_tf.run import budgets
from dpgan_tf.run import data as run_data
from dpgan_tf.run import gans
from dpgan_tf.run import outlook
from dpgan_tf.run import own_network_checks
from dpgan_tf.run import own_networks
from dpgan_tf.run import places as run_places
from dpgan_tf.run import precision
from dpgan_tf.run import preview
from dpgan_tf.run import public_records
from dpgan_tf.run import reservations
from dpgan_tf.run import team as teams
from dpgan_tf.run.stages import private_training
from dpgan_tf.run.stages import release as run_release
from dpgan_tf.run.stages import run_ledger
from dpgan_tf.run.stages import warm_start
from dpgan_tf.run.summary import private_summary
from dpgan_tf.run.summary import protocol


def train(
    recipe: recipes.Recipe,
    *,
    run_dir: str | os.PathLike,
    data_dir: str | os.PathLike,
    team: teams.Team = teams.ALONE,
    with_scores: bool = True,
    dataset_path: str | None = None,
    critic: own_networks.Network | None = None,
    generator: own_networks.Network | None = None,
    register: str | os.PathLike | None = None,
) -> run_files.RunFiles:
    """Warm-start, train privately, release and score; or go on with that.

    Args:
      recipe: what to train.
      run_dir: the run's folder, made if it is missing.
      data_dir: the folder of prepared data sets.
      team: the devices of the private steps, this machine as their chief; one
        device does all else.
      with_scores: whether to score the warm start and the release. Pass False
        if you score the release yourself: its model card has no scores then,
        and `evaluate` gives the run its scores later.
      dataset_path: the data set's place, if not the recipe's.
      critic: critic of one's own, or a function that builds it; by default the
        recipe's (see `own_networks.put_into`).
      generator: generator of one's own, likewise. Both begin with new weights.
      register: register of one budget for many runs; a run that was begun with
        one is continued with it.

    Returns:
      The files of the finished run.

    Raises:
      UserError: for settings or files that cannot be used.
      PrivacyError: if no privacy claim could be made.
    """
    assembly.prepare_arithmetic()
    recipe = own_networks.put_into(recipe, critic=critic, generator=generator)
    recipe = precision.as_begun(recipe, run_dir)
    run_files.require_same(run_dir, config_json=recipe.to_json())
    places = run_places.Places(
        dataset_path or recipe.data.source, str(data_dir)
    )
    public_path = run_places.find_public(
        run_files.RunFiles(pathlib.Path(run_dir)), recipe.data.public_source
    )
    with progress.waiting("reading the records"):
        data = run_data.load(
            recipe,
            data_dir=data_dir,
            dataset_path=dataset_path,
            public_path=public_path,
        )
    form = data.dataset.form
    own_network_checks.require_fit(recipe, form)
    typed_rows.require_target(data.dataset.schema, recipe.scoring.target)
    with progress.waiting("noise and steps that the budget allows"):
        budget = budgets.build_budget(recipe, form)
    outlook.require(recipe, form, budget)
    reservations.require_room(
        run_files.RunFiles(pathlib.Path(run_dir)),
        budget.plan,
        register=register,
    )
    recipe = precision.settled(recipe, form, team=team)
    with lock.lock(run_files.make_root(run_dir)):
        files = run_files.enter(run_dir, config_json=recipe.to_json())
        _describe_data(files, data)
        run_places.remember(files, places, public=public_path)
        is_complete = release.is_complete(files)
        _greet(recipe, data, team, is_complete=is_complete)
        if is_complete:
            reservations.settle_if_possible(files)
            return files
        release.require_no_other_files(files, form)
        for line in preview.lines(recipe, data, budget, run_dir=files.root):
            progress.note(line)
        reservations.reserve(
            files,
            data.dataset,
            budgets.ledger_header(recipe, budget),
            register=register,
        )
        ledger = run_ledger.open_or_begin(recipe, files, budget, data.private)
        budget = run_ledger.with_sampler(budget, team, ledger)
        model = _learn(
            recipe, files, budget, data, ledger, data_dir=data_dir, team=team
        )
        run_release.write_generator(recipe, files, model, ledger)
        if with_scores:
            run_release.score(
                files,
                data.dataset,
                data_dir=data_dir,
                num_samples=recipe.scoring.num_samples,
                variety=recipe.scoring.variety,
                target=recipe.scoring.target,
            )
        run_release.write_claim(recipe, files)
        reservations.settle_if_possible(files)
    return files


def follow(
    recipe: recipes.Recipe,
    *,
    data_dir: str | os.PathLike,
    team: teams.Team,
    critic: own_networks.Network | None = None,
    generator: own_networks.Network | None = None,
) -> None:
    """Take part in the private steps of a run that another machine leads.

    Args:
      recipe: the chief's recipe.
      data_dir: the folder of prepared data sets, the chief's among them.
      team: the machines of the private steps, another one as their chief.
      critic: the chief's own critic, as in `train`.
      generator: the chief's own generator.

    Raises:
      UserError: for settings or files that cannot be used.
    """
    assembly.prepare_arithmetic()
    recipe = own_networks.put_into(recipe, critic=critic, generator=generator)
    data = run_data.load(recipe, data_dir=data_dir)
    form = data.dataset.form
    own_network_checks.require_fit(recipe, form)
    recipe = precision.settled(recipe, form, team=team)
    budget = budgets.build_budget(recipe, form)
    if _greet(recipe, data, team):
        return
    budget = run_ledger.with_sampler(budget, team, None)
    data, taken = _with_summary(recipe, data, team, None)
    networks = assembly.build_networks(recipe, form)
    model = _build(recipe, form, budget, team, taken, *networks)
    private_training.follow(recipe, budget, data, model, team=team)


def _learn(
    recipe: recipes.Recipe,
    files: run_files.RunFiles,
    budget: budgets.Budget,
    data: run_data.RunData,
    ledger: ledgers.Ledger,
    *,
    data_dir: str | os.PathLike,
    team: teams.Team,
) -> dpgan.DPGAN:
    """Return the private GAN that all records have taught: summary, then steps.

    All that is drawn here is charged to the ledger before.
    """
    taken = private_summary.take(
        recipe, files, budget, data.private, data.public, ledger
    )
    data, taken = _with_summary(recipe, data, team, taken)
    networks = _warm_started(recipe, files, data, ledger)
    taken.fit(files, networks[1])
    model = _build(recipe, data.dataset.form, budget, team, taken, *networks)
    private_training.train(
        recipe,
        files,
        budget,
        data,
        model,
        ledger,
        data_dir=data_dir,
        team=team,
    )
    return model


def _with_summary(
    recipe: recipes.Recipe,
    data: run_data.RunData,
    team: teams.Team,
    taken: protocol.Summary | None,
) -> tuple[run_data.RunData, protocol.Summary]:
    """Return the chief's summary, and the data as it has them seen.

    Its surrogates are the public records. Only the chief has taken one;
    elsewhere it is None.
    """
    taken = private_summary.shared(recipe, taken, team)
    data = data.seen_in(taken.pixels)
    drawn = taken.surrogates(data.dataset.form, team)
    if drawn is not None:
        data = dataclasses.replace(data, public=drawn)
    return data, taken


def _warm_started(
    recipe: recipes.Recipe,
    files: run_files.RunFiles,
    data: run_data.RunData,
    ledger: ledgers.Ledger,
) -> tuple[keras.Model, keras.Model]:
    """Return critic and generator as records that need no protection do."""
    keras.utils.set_random_seed(assembly.initial_seed(recipe))
    form = data.dataset.form
    critic, generator = assembly.build_networks(recipe, form)
    warm_start.train(
        recipe,
        files,
        form,
        data.public,
        critic,
        generator,
        num_generator_steps=recipe.warm_start.num_steps,
        pixels=data.pixels,
        ledger=ledger,
    )
    return critic, generator


def _greet(
    recipe: recipes.Recipe,
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
    team.require_same("settings", recipe.digest())
    team.require_same(
        "records", splits.fingerprint(data.private, salt=salt.tobytes())
    )
    return bool(is_complete)


def _build(
    recipe: recipes.Recipe,
    form: records.Form,
    budget: budgets.Budget,
    team: teams.Team,
    taken: protocol.Summary,
    *networks: keras.Model,
) -> dpgan.DPGAN:
    """Return the private model, with weights of its own on every replica."""
    with team.scope():
        if team.strategy is not None:
            copies = assembly.build_networks(recipe, form)
            for copy, network in zip(copies, networks, strict=True):
                copy.set_weights(network.get_weights())
            networks = copies
        return gans.build_dpgan(
            recipe,
            form,
            *networks,
            budget.mechanism,
            beside=taken.loss(),
        )


def _describe_data(files: run_files.RunFiles, data: run_data.RunData) -> None:
    """Record the split, and draw the salt that hides the records' hash."""
    if not files.data.exists():
        salt = {"fingerprint_salt": secrets.token_hex(32)}
        run_files.write_json(files.data, data.description | salt)
    public_records.require_same(files, data.description)
