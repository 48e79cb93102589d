"""From a configuration to a release: the stages of a run, each resumable."""

import contextlib
import dataclasses
import json
import os
import secrets
import signal
from collections.abc import Iterator, Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf

from dpgan_tf import assembly
from dpgan_tf import callbacks
from dpgan_tf import config as configs
from dpgan_tf import errors
from dpgan_tf import export
from dpgan_tf import release
from dpgan_tf import run_files
from dpgan_tf.data import pipelines
from dpgan_tf.data import records
from dpgan_tf.data import split as splits
from dpgan_tf.models import dpgan
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy import keys
from dpgan_tf.privacy import ledger as ledgers
from dpgan_tf.privacy import lock

_LOG_EVERY = 10
_PICTURE_EVERY = 100


def train(
    config: configs.Config,
    *,
    run_dir: str | os.PathLike,
    data_dir: str | os.PathLike,
) -> run_files.RunFiles:
    """Warm-start, train privately, release and score; or go on with that.

    Args:
      config: what to train.
      run_dir: where the run is, or will be.
      data_dir: where prepared data sets are.

    Returns:
      The files of the finished run.

    Raises:
      UserError: for settings or files that cannot be used.
      PrivacyError: if no privacy claim could be made.
    """
    # Ten-bit products would round away the slack of the clipping bound.
    tf.config.experimental.enable_tensor_float_32_execution(False)
    budget = assembly.build_budget(config)
    data = assembly.load_data(config, data_dir=data_dir)
    with lock.lock(run_files.make_root(run_dir)):
        files = run_files.enter(run_dir, config_json=config.to_json())
        if release.is_complete(files):
            return files
        _describe_data(files, data)
        keras.utils.set_random_seed(assembly.initial_seed(config))
        critic, generator = assembly.build_networks(
            config, data.private.images.shape[1:]
        )
        warm_start(config, files, data.public, critic, generator)
        ledger = open_ledger(config, files, budget, data.private)
        model = assembly.build_dpgan(
            config, critic, generator, budget.mechanism
        )
        train_privately(config, files, budget, data, model, ledger)
        _release(config, files, model, data, data_dir=data_dir)
    return files


def _release(
    config: configs.Config,
    files: run_files.RunFiles,
    model: dpgan.DPGAN,
    data: assembly.RunData,
    *,
    data_dir: str | os.PathLike,
) -> None:
    """Write what may be published; the claim comes last."""
    release.write_generator(
        files, model.averaged_generator, latent_dim=config.latent_dim
    )
    release.score(
        files,
        data.dataset,
        data_dir=data_dir,
        num_samples=config.num_score_samples,
    )
    release.write_claim(
        files,
        dataset=config.dataset,
        latent_dim=config.latent_dim,
        training_facts=assembly.training_facts(config),
    )


def release_again(config: configs.Config, files: run_files.RunFiles) -> None:
    """Write the release of a finished run anew, from its last checkpoint.

    Args:
      config: of the run.
      files: of the run.

    Raises:
      UserError: if the run is not finished.
    """
    with lock.lock(files.root):
        budget = assembly.build_budget(config)
        ledger = ledgers.Ledger.open(files.ledger, config_hash=config.digest())
        steps_left = budget.max_steps - ledger.charged_steps
        if steps_left > 0:
            raise errors.UserError(
                f"{files.root}: {steps_left} steps of the run are left, and "
                "when to stop must not depend on private numbers; finish it "
                f"with `train --preset={config.preset} "
                f"--run_dir={files.root}`."
            )
        description = json.loads(files.data.read_text(encoding="utf-8"))
        networks = assembly.build_networks(config, description["image_shape"])
        model = assembly.build_dpgan(config, *networks, budget.mechanism)
        restored = callbacks.Checkpoints(
            files.checkpoints("private"),
            every=config.checkpoint_every,
            ledger=ledger,
        ).restore(model)
        if not restored:
            raise errors.UserError(
                f"{files.checkpoints('private')}: no checkpoint to release; "
                "restore it from a backup or train a new run."
            )
        release.write_generator(
            files, model.averaged_generator, latent_dim=config.latent_dim
        )
        release.write_claim(
            files,
            dataset=config.dataset,
            latent_dim=config.latent_dim,
            training_facts=assembly.training_facts(config),
        )


def _describe_data(files: run_files.RunFiles, data: assembly.RunData) -> None:
    """Record the split, and draw the salt that hides the records' hash."""
    if not files.data.exists():
        salt = {"fingerprint_salt": secrets.token_hex(32)}
        run_files.write_json(files.data, data.description | salt)


def warm_start(
    config: configs.Config,
    files: run_files.RunFiles,
    public: records.PublicRecords | None,
    critic: keras.Model,
    generator: keras.Model,
) -> None:
    """Train both networks on public records (Algorithm 3, line 1).

    Args:
      config: how long and how.
      files: of the run.
      public: D_pub, which may be missing if there is no warm start.
      critic: D, changed in place.
      generator: G, changed in place to its average.
    """
    model = assembly.build_warm_start(config, critic, generator)
    num_steps = config.warm_start_steps * config.num_critic_steps
    checkpoints = callbacks.Checkpoints(
        files.checkpoints("warm_start"),
        every=config.checkpoint_every * config.num_critic_steps,
    )
    first = checkpoints.restore(model)
    if public is not None and first < num_steps:
        batches = pipelines.public_batches(
            public,
            batch_size=config.warm_start_batch_size,
            seed=assembly.initial_seed(config),
        )
        progress = callbacks.ProgressBar(
            title="warm start", first_step=first, num_steps=num_steps
        )
        logs = callbacks.TensorBoardLogs(
            files.logs / "warm_start",
            every=_LOG_EVERY,
            picture_every=_PICTURE_EVERY,
        )
        _fit(model, batches, num_steps - first, [checkpoints, progress, logs])
    generator.set_weights(model.averaged_generator.get_weights())
    if not files.warm_start_generator.exists():
        export.export_generator(
            generator, files.warm_start_generator, latent_dim=config.latent_dim
        )


def open_ledger(
    config: configs.Config,
    files: run_files.RunFiles,
    budget: assembly.Budget,
    private: records.PrivateRecords,
) -> ledgers.Ledger:
    """Begin the run's ledger, or open it if it belongs to this run.

    Args:
      config: whose hash the ledger holds.
      files: of the run.
      budget: what may be spent.
      private: whose salted fingerprint the ledger holds.

    Returns:
      The ledger.

    Raises:
      LedgerError: if it is missing beside a checkpoint, altered, or of
        another configuration or data set.
    """
    description = json.loads(files.data.read_text(encoding="utf-8"))
    fingerprint = splits.fingerprint(
        private, salt=bytes.fromhex(description["fingerprint_salt"])
    )
    header = assembly.ledger_header(config, budget) | {
        "data_fingerprint": fingerprint
    }
    if not (files.ledger.exists() or files.checkpoints("private").exists()):
        return ledgers.Ledger.create(files.ledger, header=header)
    ledger = ledgers.Ledger.open(
        files.ledger,
        config_hash=config.digest(),
        data_fingerprint=fingerprint,
    )
    _require_same_mechanism(files, ledger, header)
    return ledger


def _require_same_mechanism(
    files: run_files.RunFiles,
    ledger: ledgers.Ledger,
    header: Mapping[str, object],
) -> None:
    """Refuse to draw by other numbers than those that are charged."""
    for name, value in header.items():
        if ledger.header.get(name) != value:
            raise privacy_errors.LedgerError(
                f"{files.ledger}: was begun with {name}="
                f"{ledger.header.get(name)}, and this version makes it "
                f"{value}; go on with the version that began the run."
            )


def train_privately(
    config: configs.Config,
    files: run_files.RunFiles,
    budget: assembly.Budget,
    data: assembly.RunData,
    model: dpgan.DPGAN,
    ledger: ledgers.Ledger,
) -> None:
    """Spend the budget on private critic steps, or what is left of it.

    Args:
      config: how the records are sampled.
      files: of the run.
      budget: what may be spent.
      data: the records.
      model: changed in place.
      ledger: charged before every draw.
    """
    checkpoints = callbacks.Checkpoints(
        files.checkpoints("private"),
        every=config.checkpoint_every,
        ledger=ledger,
    )
    first = max(checkpoints.restore(model), ledger.charged_steps)
    num_left = budget.max_steps - first
    if num_left < 1:
        return
    guard = callbacks.LedgerGuard(
        ledger,
        key=_key(config, ledger, "noise"),
        num_steps=num_left,
        reserve_every=config.checkpoint_every,
    )
    progress = callbacks.ProgressBar(
        title="private training",
        first_step=first,
        num_steps=budget.max_steps,
        curve=budget.curve,
        ledger=ledger,
    )
    logs = callbacks.TensorBoardLogs(
        files.logs / "private",
        every=_LOG_EVERY,
        picture_every=_PICTURE_EVERY,
        curve=budget.curve,
        ledger=ledger,
        target_epsilon=config.target_epsilon,
        hparams=dataclasses.asdict(config),
    )
    batches = _private_batches(config, budget, data, ledger)
    _fit(model, batches, num_left, [guard, checkpoints, progress, logs])


def _private_batches(
    config: configs.Config,
    budget: assembly.Budget,
    data: assembly.RunData,
    ledger: ledgers.Ledger,
) -> tf.data.Dataset:
    """Return what a step needs: a Poisson sample, and public records."""
    private = pipelines.poisson_batches(
        data.private,
        sampling_probability=budget.mechanism.sampling_probability,
        chunk_size=config.chunk_size,
        key=np.array(_key(config, ledger, "sampling").as_integers()),
    )
    if config.clipping == "fixed":
        return private
    public = pipelines.public_batches(
        data.public,
        batch_size=config.public_batch_size,
        seed=assembly.initial_seed(config),
    )
    return tf.data.Dataset.zip(private, public)


def _key(
    config: configs.Config, ledger: ledgers.Ledger, purpose: str
) -> keys.NoiseKey:
    """Return a key that no attempt before this one has used."""
    if config.noise_seed is None:
        return keys.from_entropy()
    return keys.from_seed(
        config.noise_seed, attempt=ledger.num_attempts, purpose=purpose
    )


def _fit(
    model: keras.Model,
    batches: tf.data.Dataset,
    num_steps: int,
    beside: Sequence[callbacks.Closing],
) -> None:
    """Take some steps; close what runs beside them however they end."""
    is_clean = False
    with contextlib.ExitStack() as stack:
        for callback in reversed(beside):
            stack.callback(lambda c=callback: c.close(is_clean=is_clean))
        stack.enter_context(_sigterm_stops_cleanly())
        try:
            model.fit(
                batches, steps_per_epoch=num_steps, verbose=0, callbacks=beside
            )
            is_clean = True
        except KeyboardInterrupt:
            is_clean = True
            raise


@contextlib.contextmanager
def _sigterm_stops_cleanly() -> Iterator[None]:
    """Turn SIGTERM into KeyboardInterrupt: a clean stop, not a crash."""

    def interrupt(signum, frame):
        raise KeyboardInterrupt

    previous = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)
