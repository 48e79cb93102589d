"""A run and its register: reserved before it spends, never twice or too low."""

import json
import os
import pathlib
import shutil
import signal

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.data import datasets
from dpgan_tf.privacy import errors as privacy_errors
from dpgan_tf.privacy.accounting import plans
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.privacy.register import register as registers
from dpgan_tf.run import reservation_memory
from dpgan_tf.run import reservations
from tests.faults import disk as disks
from tests.privacy import ledgers as headers
from tests.privacy.register import examples

_NOISE = {"noise_multiplier": 4.0, "effective_noise_multiplier": 2.0}
_HEADER = headers.header(**_NOISE)
_PLAN = plans.of_parameters(_HEADER, num_steps=_HEADER["max_steps"])


def dataset(*, seed=0, labels=None, size=28):
    images = np.random.default_rng(seed).integers(
        0, 256, (20, size, size, 1), np.uint8
    )
    return datasets.ImageDataset(
        name="made",
        train_images=images,
        train_labels=labels,
        num_classes=0 if labels is None else 2,
    )


@pytest.fixture
def register(tmp_path):
    registers.create(tmp_path / "made.budget", examples.policy())
    return tmp_path / "made.budget"


@pytest.fixture
def files(tmp_path):
    return new_run(tmp_path / "run")


def new_run(root):
    """Return a run's folder as it is before anything is spent."""
    files = run_files.enter(run_files.make_root(root), config_json="{}")
    salt = {"fingerprint_salt": os.urandom(32).hex()}
    run_files.write_json(files.data, salt)
    return files


def reserve(files, register=None, *, made=None, **changes):
    return reservations.reserve(
        files,
        made or dataset(),
        headers.header(**_NOISE | changes),
        register=register,
    )


def begin(files):
    return ledgers.Ledger.create(files.ledger, header=_HEADER)


def charged(register):
    return registers.read(register).charged


def test_without_a_register_nothing_is_written(files):
    assert reserve(files) is None
    assert not files.reservation.exists()


def test_a_run_reserves_its_whole_plan(files, register):
    assert reserve(files, register) == register
    assert charged(register) == [_PLAN]
    assert set(registers.read(register).runs) == {
        reservation_memory.identity(files)
    }


def test_a_resumed_run_finds_its_own_reservation(files, register):
    reserve(files, register)
    begin(files)
    before = register.read_bytes()
    for again in (None, register, str(register)):
        assert reserve(files, again) == register
    assert register.read_bytes() == before


def test_the_head_that_is_remembered_is_the_newest(files, register, tmp_path):
    reserve(files, register)
    reserve(new_run(tmp_path / "other"), register)
    reserve(files)
    kept = json.loads(files.reservation.read_text())
    assert kept["head"] == registers.read(register).head


def test_a_moved_run_is_the_same_run(files, register, tmp_path):
    reserve(files, register)
    begin(files)
    moved = tmp_path / "elsewhere"
    shutil.move(files.root, moved)
    reserve(run_files.RunFiles(moved))
    assert charged(register) == [_PLAN]


def test_two_runs_are_two_reservations(files, register, tmp_path):
    reserve(files, register)
    reserve(new_run(tmp_path / "other"), register)
    assert charged(register) == [_PLAN, _PLAN]


def test_a_moved_register_is_said_once(files, register, tmp_path):
    reserve(files, register)
    begin(files)
    moved = tmp_path / "safe" / "all.budget"
    moved.parent.mkdir()
    shutil.move(register, moved)
    with pytest.raises(privacy_errors.LedgerError, match="--budget=FILE"):
        reserve(files)
    assert reserve(files, moved) == reserve(files) == moved
    assert charged(moved) == [_PLAN]


def test_a_run_that_was_begun_without_is_not_put_under_one(files, register):
    begin(files)
    with pytest.raises(errors.UserError, match="--add="):
        reserve(files, register)
    with pytest.raises(errors.UserError, match="--add="):
        reservations.require_room(files, _PLAN, register=register)
    assert not charged(register)


def test_one_run_too_many_is_refused_and_nothing_is_written(
    files, register, tmp_path
):
    dear = {"max_steps": 40_000}
    before = register.read_bytes()
    with pytest.raises(privacy_errors.BudgetError):
        reserve(files, register, **dear)
    assert register.read_bytes() == before
    assert not files.reservation.exists() and not files.ledger.exists()
    nowhere = run_files.RunFiles(tmp_path / "none")
    plan = _PLAN.after(40_000)
    with pytest.raises(privacy_errors.BudgetError):
        reservations.require_room(nowhere, plan, register=register)
    reservations.require_room(nowhere, _PLAN, register=register)
    reservations.require_room(nowhere, plan, register=None)


def test_noise_of_a_seed_is_not_charged(files, register):
    with pytest.raises(errors.UserError, match="noise_seed"):
        reserve(files, register, noise_source="seed")
    assert not charged(register)


def test_other_records_are_refused_and_other_labels_are_not(
    files, register, tmp_path
):
    reserve(files, register)
    other = new_run(tmp_path / "other")
    for made in (dataset(seed=1), dataset(size=32)):
        with pytest.raises(privacy_errors.LedgerError, match="other records"):
            reserve(other, register, made=made)
    labelled = dataset(labels=np.arange(20) % 2)
    reserve(other, register, made=labelled)
    assert len(charged(register)) == 2


def test_a_fingerprint_is_salted():
    made = dataset()
    found = {
        reservations.fingerprint_of(made, salt=salt * 32)
        for salt in (b"a", b"b")
    }
    assert len(found) == 2


def test_rows_of_a_table_have_a_fingerprint_too(files, register):
    rows = np.arange(60, dtype=np.uint8).reshape(20, 3) % 2
    table = datasets.TableDataset(
        name="made",
        train_rows=rows,
        test_rows=rows[:4],
        columns=("a", "b", "c"),
        largest=1,
    )
    reserve(files, register, made=table)
    reserve(files, register, made=table)
    with pytest.raises(privacy_errors.LedgerError, match="other records"):
        reserve(files, register, made=dataset())
    assert charged(register) == [_PLAN]


def _roll_back(register):
    lines = register.read_bytes().splitlines(keepends=True)
    register.write_bytes(b"".join(lines[:-1]))


def _replace(register):
    register.unlink()
    registers.create(register, examples.policy())


def _tear(register):
    register.write_bytes(register.read_bytes()[:-2])


def _edit(register):
    text = register.read_text().replace('"num_steps":100', '"num_steps":10')
    register.write_text(text)


@pytest.mark.parametrize(
    "damage",
    [_roll_back, _replace, _tear, _edit, pathlib.Path.unlink],
    ids=lambda damage: damage.__name__,
)
@pytest.mark.parametrize("has_begun", [False, True])
def test_a_damaged_register_stops_the_run_in_one_line(
    files, register, damage, has_begun
):
    reserve(files, register)
    if has_begun:
        begin(files)
    damage(register)
    left = register.read_bytes() if register.exists() else None
    for again in (None, register):
        with pytest.raises(privacy_errors.LedgerError) as caught:
            reserve(files, again)
        assert "\n" not in str(caught.value)
        assert str(register) in str(caught.value)
    if damage is not _tear:  # An unfinished line is what a crash leaves.
        assert left == (register.read_bytes() if register.exists() else None)


def test_a_register_older_than_the_run_by_another_run_is_found(
    files, register, tmp_path
):
    reserve(files, register)
    reserve(new_run(tmp_path / "other"), register)
    reserve(files)
    _roll_back(register)
    with pytest.raises(privacy_errors.LedgerError, match="is older than"):
        reserve(files)


def test_what_another_run_remembers_is_refused(files, register, tmp_path):
    reserve(files, register)
    other = new_run(tmp_path / "other")
    shutil.copy(files.reservation, other.reservation)
    with pytest.raises(privacy_errors.LedgerError, match="another run's"):
        reserve(other)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"register":1,"run":"a","head":null}']
)
def test_a_damaged_memory_is_one_line(files, register, text):
    reserve(files, register)
    files.reservation.write_text(text)
    with pytest.raises(errors.UserError, match="reservation.json"):
        reserve(files)


def test_another_plan_than_the_reserved_one_is_refused(files, register):
    reserve(files, register)
    with pytest.raises(privacy_errors.LedgerError, match="another plan"):
        reserve(files, max_steps=200)
    assert charged(register) == [_PLAN]


def test_a_run_that_has_spent_is_not_reserved_late(files, register):
    """Its memory was edited, or its register was replaced before."""
    reserve(files, register)
    begin(files)
    kept = json.loads(files.reservation.read_text()) | {"head": None}
    files.reservation.write_text(json.dumps(kept))
    _replace(register)
    with pytest.raises(privacy_errors.LedgerError, match="has spent already"):
        reserve(files)
    assert not charged(register)


def take(ledger, num_steps):
    ledger.begin_attempt(os.urandom(32).hex())
    ledger.reserve(num_steps)


def test_a_run_that_ended_early_gives_back_and_does_not_go_on(files, register):
    reserve(files, register)
    take(begin(files), 30)
    reservations.settle(files)
    reservations.settle(files)
    assert charged(register) == [_PLAN.after(30)]
    with pytest.raises(privacy_errors.LedgerError, match="was settled"):
        reserve(files)


def test_a_run_that_ended_as_planned_may_be_opened_again(files, register):
    reserve(files, register)
    take(begin(files), 100)
    reservations.settle_if_possible(files)
    assert charged(register) == [_PLAN]
    assert (
        registers.read(register)
        .runs[reservation_memory.identity(files)]
        .settled
    )
    assert reserve(files) == register


def test_without_its_register_a_finished_run_says_so(files, register, capsys):
    reserve(files, register)
    take(begin(files), 100)
    register.unlink()
    reservations.settle_if_possible(files)
    assert "keeps the whole reservation" in capsys.readouterr().err


def test_a_run_without_a_register_has_nothing_to_settle(files, capsys):
    with pytest.raises(errors.UserError, match="charged to no register"):
        reservations.settle(files)
    reservations.settle_if_possible(files)
    assert capsys.readouterr().err == ""


def test_a_run_is_entered_late_once_and_even_if_it_is_too_much(files, register):
    begin(files)
    dear = headers.header(**_NOISE, max_steps=40_000)
    for _ in range(2):
        reservations.add(files, dataset(), dear, register=register)
    assert charged(register) == [_PLAN.after(40_000)]
    assert reserve(files, max_steps=40_000) == register


def _reserve_begin_and_settle(files, register):
    reserve(files, register)
    if files.ledger.exists():
        ledger = ledgers.Ledger.open(files.ledger, config_hash=headers.DIGEST)
    else:
        ledger = begin(files)
    if ledger.charged_steps == 0:
        take(ledger, 60)
    reservations.settle(files)


def _killed_at(root, number):
    """Use a register in a child that is killed before an operation.

    Returns:
      Whether it was killed; it had no operation of this number otherwise.
    """

    def before(operation):
        if operation.number == number:
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if not child:
        status = 1
        try:
            with disks.Disk(root, before=before):
                _reserve_begin_and_settle(
                    run_files.RunFiles(root / "run"), root / "made.budget"
                )
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def test_a_run_killed_at_any_operation_reserves_once_and_never_less(
    files, register, tmp_path
):
    examples.policy().spent([_PLAN])  # Priced before there are children.
    start = tmp_path / "start"
    start.mkdir()
    shutil.copytree(files.root, start / "run")
    shutil.copy(register, start / "made.budget")
    number = 0
    while True:
        root = tmp_path / f"killed-{number}"
        shutil.copytree(start, root)
        was_killed = _killed_at(root, number)
        again = run_files.RunFiles(root / "run")
        path = root / "made.budget"
        # Whoever is charged is continued with the register, flag or no flag.
        assert again.reservation.exists() or not charged(path)
        if again.ledger.exists():
            # What may have been drawn was reserved before.
            assert (
                charged(path)[0].num_steps
                >= ledgers.read(again.ledger).charged_steps
            )
        if was_killed:
            try:
                _reserve_begin_and_settle(again, path)
            except privacy_errors.LedgerError as error:
                assert "was settled" in str(error)
        assert charged(path) == [_PLAN.after(60)]
        shutil.rmtree(root)
        if not was_killed:
            break
        number += 1
    assert number > 20
