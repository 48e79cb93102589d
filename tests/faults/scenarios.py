"""Commands that meet faults, and what must hold when they were run again."""

import contextlib
import csv
import dataclasses
import io
import os
import pathlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from unittest import mock

import numpy as np
import tensorflow as tf
from PIL import Image

from dpgan_tf import __main__ as main
from dpgan_tf import run_files
from dpgan_tf.claim import check as claim_check
from dpgan_tf.data import datasets
from dpgan_tf.data import sources
from dpgan_tf.data.known import own_pictures
from dpgan_tf.data.pictures import units as picture_units
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.privacy.ledger import lock
from dpgan_tf.privacy.register import register as registers
from dpgan_tf.release import export
from dpgan_tf.run import checkpoint_files
from dpgan_tf.run import reservations
from tests import tiny_generator
from tests import tiny_run
from tests.faults import draws
from tests.privacy import ledgers as headers
from tests.privacy.register import examples as register_examples

_MAX_STEPS = 6


@dataclasses.dataclass(frozen=True, kw_only=True)
class Scenario:
    """A command, in a folder of its own.

    Attributes:
      prepare: makes the folder as it is before the command.
      run: runs the command there, and returns its exit status.
      check: returns what is wrong after the command has succeeded.
      done: what a second run may say instead of success, once all is there.
    """

    prepare: Callable[[pathlib.Path], None]
    run: Callable[[pathlib.Path], int]
    check: Callable[[pathlib.Path], list[str]]
    done: str = ""


def leftovers(root: pathlib.Path) -> list[str]:
    """Return temporary files that nobody will remove.

    Args:
      root: where a command has succeeded.
    """
    return [
        f"left over: {os.path.relpath(os.path.join(at, name), root)}"
        for at, folders, files in os.walk(root)
        for name in (*folders, *files)
        if name.startswith(".dpgan-") or name.endswith((".new", ".partial"))
    ]


# Steps without networks: the ledger, checkpoints and files of a run.


def _take_steps(root: pathlib.Path) -> None:
    run = run_files.make_root(root / "run")
    with lock.lock(run):
        files = run_files.enter(run, config_json="{}")
        if not files.data.exists():
            run_files.write_json(files.data, {"salt": 1})
        run_files.read_json(files.data)
        ledger = _open_ledger(files)
        state = {"steps": tf.Variable(0), "head": tf.Variable("")}
        folder = files.checkpoints("private")
        if checkpoint_files.restore(state, folder) is not None:
            if not ledger.contains(state["head"].numpy().decode()):
                raise privacy_errors.LedgerError("newer than the ledger")
        _spend(ledger, state, folder)
        if kept := int(state["steps"]):
            ledger.record_release(kept)
        run_files.write_json(root / "run" / "finished.json", {"done": 1})


def _open_ledger(files):
    if files.ledger.exists() or files.has_checkpoints:
        return ledgers.Ledger.open(files.ledger, config_hash=headers.DIGEST)
    header = headers.header(max_steps=_MAX_STEPS)
    return ledgers.Ledger.create(files.ledger, header=header)


def _spend(ledger, state, folder):
    first = max(int(state["steps"]), ledger.charged_steps)
    if first >= _MAX_STEPS:
        return
    key = os.urandom(32).hex()
    ledger.begin_attempt(key)
    for step in range(first, _MAX_STEPS, 2):
        ledger.reserve(2)
        draws.SEEN.add(key, 2)
        state["steps"].assign_add(2)
        state["head"].assign(ledger.head)
        checkpoint_files.save(state, folder, number=step + 2, keep=2)
    ledger.settle(2)


def _check_steps(root: pathlib.Path) -> list[str]:
    return _check_ledger(root / "run" / "private" / "ledger.jsonl", _MAX_STEPS)


def _check_ledger(path: pathlib.Path, max_steps: int) -> list[str]:
    chain = ledgers.read(path)
    problems = []
    if chain.charged_steps < draws.SEEN.total:
        problems.append(
            f"{draws.SEEN.total} steps drawn, {chain.charged_steps} charged"
        )
    if chain.charged_steps != max_steps:
        problems.append(f"{chain.charged_steps} charged at the end")
    return problems


# Two runs of one budget, again without networks.


def _prepare_register(root: pathlib.Path) -> None:
    root.mkdir(parents=True)
    policy = register_examples.policy(epsilon=8.0)
    registers.create(root / "all.budget", policy)
    register_examples.policy().spent([_reserved()])


def _reserved() -> plans.NoisePlan:
    header = headers.header(max_steps=_MAX_STEPS)
    return plans.of_parameters(header, num_steps=_MAX_STEPS)


def _take_charged_steps(root: pathlib.Path) -> None:
    run = run_files.make_root(root / "run")
    with lock.lock(run):
        files = run_files.enter(run, config_json="{}")
        if not files.data.exists():
            salt = {"fingerprint_salt": "ab" * 32}
            run_files.write_json(files.data, salt)
        reservations.reserve(
            files,
            datasets.ImageDataset(
                name="made", train_images=np.zeros([9, 28, 28, 1], np.uint8)
            ),
            headers.header(max_steps=_MAX_STEPS),
            register=root / "all.budget",
        )
        ledger = _open_ledger(files)
        if ledger.charged_steps < _MAX_STEPS:
            key = os.urandom(32).hex()
            ledger.begin_attempt(key)
            rest = _MAX_STEPS - ledger.charged_steps
            ledger.reserve(rest)
            draws.SEEN.add(key, rest)
            ledger.settle(rest)
        reservations.settle(files)


def _check_register(root: pathlib.Path) -> list[str]:
    charged = registers.read(root / "all.budget").charged
    problems = [] if charged == [_reserved()] else [f"charged {charged}"]
    return problems + _check_steps(root)


def _as_command(function) -> Callable[[pathlib.Path], int]:
    def run(root):
        with mock.patch.object(main, "_dispatch", lambda _: function(root)):
            return main.main([]) or 0

    return run


def _command(*arguments: str) -> Callable[[pathlib.Path], int]:
    """Return a command line, with the folder in place of {}."""

    def run(root):
        return main.main([text.replace("{}", str(root)) for text in arguments])

    return run


# Samples in shards, and as pictures.


def _prepare_release(root: pathlib.Path) -> None:
    export.export_generator(
        tiny_generator.build(),
        root / "release" / "generator" / "1",
        latent_dim=tiny_generator.LATENT_DIM,
    )


def _check_shards(root: pathlib.Path) -> list[str]:
    found = []
    for i in range(2):
        path = root / "out" / f"many-{i:05}-of-00002.npz"
        with np.load(path) as arrays:
            found.append(arrays["images"])
    images = np.concatenate(found)
    whole = root.parent / "whole.npz"
    if not whole.exists():
        np.savez(whole, images=images)
    with np.load(whole) as arrays:
        same = np.array_equal(arrays["images"], images)
    return [] if same else ["other samples than without a fault"]


def _check_pictures_of_samples(root: pathlib.Path) -> list[str]:
    names = sorted(os.listdir(root / "out"))
    for name in names:
        Image.open(root / "out" / name).load()
    return [] if len(names) == 4 else [f"{len(names)} pictures"]


# Data sets.

_ADMISSIONS = ("ROW_ID", "SUBJECT_ID", "HADM_ID")
_DIAGNOSES = ("ROW_ID", "SUBJECT_ID", "HADM_ID", "SEQ_NUM", "ICD9_CODE")


def _prepare_tables(root: pathlib.Path) -> None:
    source = root / "source"
    source.mkdir(parents=True)
    patients = range(1, 31)
    _write_csv(
        source / "ADMISSIONS.csv", _ADMISSIONS, [[i, i, i] for i in patients]
    )
    _write_csv(
        source / "DIAGNOSES_ICD.csv",
        _DIAGNOSES,
        [[i, i, i, 1, "4019" if i % 2 else "25000"] for i in patients],
    )


def _write_csv(path, header, rows):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
        writer.writerows([header, *rows])


def _check_table(root: pathlib.Path) -> list[str]:
    dataset = sources.load("mimic3", data_dir=root / "data")
    num = len(dataset.train_rows) + len(dataset.test_rows)
    return [] if num == 30 else [f"{num} patients"]


def _prepare_pictures(root: pathlib.Path) -> None:
    for i in range(6):
        path = root / "source" / ("cats", "dogs")[i % 2] / f"{i}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (9, 9), (40 * i, 9, 9)).save(path)


class _HerePool:
    """Decodes in this process, so that a run is quick."""

    def __init__(self, *args, **settings):
        del args, settings

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        return None

    def submit(self, function, *args):
        made = function(*args)
        return mock.Mock(result=lambda: made)


def _run_pictures(root: pathlib.Path) -> int:
    with (
        mock.patch.object(
            picture_units.concurrent.futures, "ProcessPoolExecutor", _HerePool
        ),
        mock.patch.object(own_pictures, "_MIN_UNIT", 3),
    ):
        return _command(
            "prepare-data",
            "--dataset=folder",
            "--source={}/source",
            "--size=8",
            "--data_dir={}/data",
            "--test_fraction=0.4",
        )(root)


def _check_pictures(root: pathlib.Path) -> list[str]:
    dataset = sources.load("source_8", data_dir=root / "data")
    images = np.concatenate([dataset.train_images[:], dataset.test_images[:]])
    colours = sorted(int(image[0, 0, 0]) for image in images)
    wanted = [40 * i for i in range(6)]
    return [] if colours == wanted else [f"pictures of {colours}"]


# Whole runs.

_RUN = {
    "steps.num_steps": 4,
    "steps.checkpoint_every": 2,
    "scoring.num_samples": 40,
}


def _prepare_run(root: pathlib.Path) -> None:
    root.mkdir(parents=True)
    tiny_run.write_records(root)


def _train(root: pathlib.Path) -> int:
    tf.keras.backend.clear_session()
    arguments = tiny_run.command(root, **_RUN)[3:]
    with draws.witnessed():
        return main.main(arguments)


def _check_run(root: pathlib.Path) -> list[str]:
    run = root / "run"
    problems = _check_ledger(run / "private" / "ledger.jsonl", 4)
    findings = claim_check.check_run(run)
    return problems + [str(f) for f in findings if not f.ok]


def _prepare_finished_run(root: pathlib.Path) -> None:
    _prepare_run(root)
    with _silence():
        _train(root)
    shutil.rmtree(root / "run" / "release")
    draws.SEEN.by_key.clear()


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    with (
        contextlib.redirect_stderr(io.StringIO()),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        yield


_SHARDS: Sequence[str] = (
    "generate",
    "--release_dir={}/release",
    "--num_samples=256",
    "--seed=3",
)

QUICK = {
    "steps": Scenario(
        prepare=lambda root: root.mkdir(parents=True),
        run=_as_command(_take_steps),
        check=_check_steps,
    ),
    "register": Scenario(
        prepare=_prepare_register,
        run=_as_command(_take_charged_steps),
        check=_check_register,
    ),
    "shards": Scenario(
        prepare=_prepare_release,
        run=_command(*_SHARDS, "--output={}/out/many.npz", "--shards=2"),
        check=_check_shards,
        done="all 2 shards are there",
    ),
    "table": Scenario(
        prepare=_prepare_tables,
        run=_command(
            "prepare-data",
            "--dataset=mimic3",
            "--source={}/source",
            "--data_dir={}/data",
        ),
        check=_check_table,
    ),
    "pictures": Scenario(
        prepare=_prepare_pictures,
        run=_run_pictures,
        check=_check_pictures,
        done="is there already",
    ),
}
"""Those whose every run takes a fraction of a second."""

ALL = QUICK | {
    "samples": Scenario(
        prepare=_prepare_release,
        run=_command(
            *(*_SHARDS[:2], "--num_samples=4", "--seed=3"),
            *("--output={}/out", "--overwrite"),
        ),
        check=_check_pictures_of_samples,
    ),
    "export": Scenario(
        prepare=_prepare_finished_run,
        run=_command("export", "--run_dir={}/run"),
        check=_check_run,
    ),
    "train": Scenario(prepare=_prepare_run, run=_train, check=_check_run),
}
