"""A file that runs are charged to: never less than they may spend."""

import json
import os
import subprocess
import sys
import threading

import pytest

from dpgan_tf.privacy import errors
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.privacy.register import policy as policies
from dpgan_tf.privacy.register import register as registers
from tests.privacy import ledgers as headers
from tests.privacy.accounting import gaussians
from tests.privacy.register import examples


@pytest.fixture
def path(tmp_path):
    return examples.create(tmp_path / "records.budget")


def runs(path):
    return registers.read(path).runs


def test_runs_are_charged_together_and_one_too_many_is_refused(path):
    """In closed form: noise s k times is noise s / sqrt(k)."""
    os.remove(path)
    usual = policies.Policy(epsilon=2.0, delta=1e-5)
    examples.create(path, usual)
    fitting = 0
    while gaussians.exact_delta(2.0, 8.0 / (fitting + 1) ** 0.5) <= 1e-5:
        fitting += 1
    assert fitting > 3
    for number in range(fitting):
        examples.reserve(path, number, examples.gaussian(8.0))
    before = path.read_bytes()
    with pytest.raises(errors.BudgetError, match="the policy allows 2"):
        examples.reserve(path, fitting, examples.gaussian(8.0))
    assert path.read_bytes() == before
    assert len(runs(path)) == fitting


def test_the_price_is_that_of_all_runs_and_not_of_the_last(path):
    large = examples.plan(150, q=0.05)
    examples.reserve(path, 1, large)
    alone = examples.policy().spent([large])
    assert alone < 2.0 < examples.policy().spent([large] * 4)
    with pytest.raises(errors.BudgetError):
        for number in range(2, 9):
            examples.reserve(path, number, large)
    charged = registers.read(path).charged
    assert examples.policy().spent(charged) <= 2.0


def test_a_summary_counts(path):
    with pytest.raises(errors.BudgetError):
        examples.reserve(path, 1, examples.plan(1, summary=1.0))
    examples.reserve(path, 1, examples.plan(1))


def test_what_has_no_price_is_refused(path):
    with pytest.raises(errors.BudgetError, match="cost epsilon inf"):
        examples.reserve(path, 1, examples.plan(1, s=1e-6))


def test_a_register_is_made_once_and_read_as_it_is(tmp_path):
    path = tmp_path / "a.budget"
    registers.create(path, examples.policy())
    with pytest.raises(errors.LedgerError, match="exists"):
        registers.create(path, examples.policy(epsilon=9.0))
    chain = registers.read(path)
    assert chain.policy == examples.policy()
    assert len(chain.salt) == 32 and not chain.runs
    assert path.stat().st_mode & 0o777 == 0o600


def test_two_registers_have_two_salts(tmp_path):
    salts = {
        registers.create(tmp_path / name, examples.policy()).salt
        for name in "ab"
    }
    assert len(salts) == 2


def test_a_missing_register_is_one_line_and_makes_no_file(tmp_path):
    path = tmp_path / "none" / "a.budget"
    for use in (
        registers.read,
        lambda path: registers.opened(path).__enter__(),
    ):
        with pytest.raises(errors.LedgerError, match="no register"):
            use(path)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "edit",
    [
        lambda lines: [lines[0].replace(b"2.0", b"9.0"), *lines[1:]],
        lambda lines: [*lines[:2], *lines[3:]],
        lambda lines: [*lines[:2], lines[2].replace(b":100,", b":10,")],
        lambda lines: [lines[1], lines[0], *lines[2:]],
        lambda lines: lines[1:],
        lambda lines: [],
    ],
)
def test_an_edited_register_is_refused_and_left_as_it_is(path, edit):
    for number in (1, 2):
        examples.reserve(path, number, examples.plan())
    content = b"".join(edit(path.read_bytes().splitlines(keepends=True)))
    path.write_bytes(content)
    with pytest.raises(errors.LedgerError) as caught:
        examples.reserve(path, 3, examples.plan())
    assert "\n" not in str(caught.value) and str(path) in str(caught.value)
    assert path.read_bytes() == content


def test_a_line_that_a_crash_cut_is_removed_before_the_next(path):
    examples.reserve(path, 1, examples.plan())
    whole = path.read_bytes()
    for cut in (1, 20, 150):
        path.write_bytes(whole + whole.splitlines(keepends=True)[-1][:cut])
        assert list(runs(path)) == [examples.name(1)]
        with registers.opened(path):
            pass
        assert path.read_bytes() == whole


def test_a_second_reservation_of_a_run_is_refused(path):
    examples.reserve(path, 1, examples.plan())
    with pytest.raises(errors.LedgerError, match="a second time"):
        examples.reserve(path, 1, examples.plan(1))


def test_other_records_and_other_units_are_refused(path):
    with registers.opened(path) as book:
        book.require_records(examples.RECORDS, per_unit=1)
        with pytest.raises(errors.LedgerError, match="other records"):
            book.require_records("e" * 64, per_unit=1)
        with pytest.raises(errors.LedgerError, match="at most 1 record"):
            book.require_records(examples.RECORDS, per_unit=3)
        book.add_records("e" * 64)
        book.require_records("e" * 64, per_unit=1)
        before = book.entries.num_entries
        book.add_records("e" * 64)
        assert book.entries.num_entries == before


def ledger(folder, **changes):
    header = {
        "sampling_probability": 0.01,
        "expected_batch_size": 10,
        "noise_multiplier": 4.0,
        "effective_noise_multiplier": 2.0,
    }
    made = ledgers.Ledger.create(
        folder / "ledger.jsonl", header=headers.header(**header | changes)
    )
    return made, folder / "ledger.jsonl"


def test_only_what_the_runs_own_ledger_did_not_charge_is_given_back(
    path, tmp_path
):
    examples.reserve(path, 1, examples.plan(summary=5.0))
    made, file = ledger(tmp_path, summary_noise_multiplier=5.0)
    made.begin_summary("a" * 64)
    made.begin_attempt("b" * 64)
    made.reserve(30)
    made.reserve(30)
    made.settle(10)
    with registers.opened(path) as book:
        book.settle(examples.name(1), file)
    (run,) = runs(path).values()
    assert run.charged == examples.plan(40, summary=5.0)


def test_a_crashed_attempt_stays_charged(path, tmp_path):
    examples.reserve(path, 1, examples.plan())
    made, file = ledger(tmp_path)
    made.begin_attempt("b" * 64)
    made.reserve(70)
    with registers.opened(path) as book:
        book.settle(examples.name(1), file)
    (run,) = runs(path).values()
    assert run.charged == examples.plan(70)


@pytest.mark.parametrize(
    "other",
    [
        {"max_steps": 99},
        {"noise_multiplier": 8.0, "effective_noise_multiplier": 4.0},
        {"summary_noise_multiplier": 5.0},
    ],
)
def test_another_runs_ledger_gives_nothing_back(path, tmp_path, other):
    examples.reserve(path, 1, examples.plan())
    _, file = ledger(tmp_path, **other)
    with registers.opened(path) as book:
        with pytest.raises(errors.LedgerError, match="another plan"):
            book.settle(examples.name(1), file)
    (run,) = runs(path).values()
    assert run.charged == examples.plan()


def test_an_altered_ledger_gives_nothing_back(path, tmp_path):
    examples.reserve(path, 1, examples.plan())
    made, file = ledger(tmp_path)
    made.begin_attempt("b" * 64)
    made.reserve(70)
    text = file.read_text().replace('"num_steps":70', '"num_steps":7')
    file.write_text(text)
    with registers.opened(path) as book:
        with pytest.raises(errors.LedgerError, match="altered"):
            book.settle(examples.name(1), file)
    assert runs(path)[examples.name(1)].settled is None


def test_a_locked_register_is_waited_for_and_then_one_line(path, monkeypatch):
    monkeypatch.setattr(registers, "_PATIENCE", 0.1)
    with registers.opened(path):
        with pytest.raises(errors.LedgerError, match="another process uses"):
            examples.reserve(path, 1, examples.plan())
    assert not runs(path)


def test_whoever_waits_long_enough_comes_next(path):
    with registers.opened(path) as book:
        waiting = threading.Thread(
            target=examples.reserve, args=(path, 2, examples.plan())
        )
        waiting.start()
        book.reserve(examples.name(1), examples.plan())
    waiting.join()
    assert list(runs(path)) == [examples.name(1), examples.name(2)]


def test_a_link_to_a_register_has_the_same_lock(path, tmp_path, monkeypatch):
    monkeypatch.setattr(registers, "_PATIENCE", 0.1)
    link = tmp_path / "elsewhere" / "link"
    link.parent.mkdir()
    link.symlink_to(path)
    with registers.opened(path):
        with pytest.raises(errors.LedgerError, match="another process uses"):
            examples.reserve(link, 1, examples.plan())
    examples.reserve(link, 1, examples.plan())
    assert len(runs(path)) == 1


_MANY = """
import sys
from dpgan_tf.privacy import errors
from tests.privacy.register import examples
path, first = sys.argv[1], int(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
for number in range(first, first + 40):
    try:
        examples.reserve(path, number, examples.plan(60, q=0.05))
    except errors.BudgetError:
        pass
    else:
        print(number, flush=True)
"""


def test_processes_that_begin_at_once_never_exceed_the_policy(path):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _MANY, str(path), str(first)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for first in (0, 1000)
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate()[0].split() for process in processes]
    assert all(process.returncode == 0 for process in processes)
    chain = registers.read(path)
    begun = {examples.name(int(number)) for part in said for number in part}
    assert set(chain.runs) == begun
    policy = examples.policy()
    assert policy.spent(chain.charged) <= 2.0
    one_more = [*chain.charged, examples.plan(60, q=0.05)]
    assert policy.spent(one_more) > 2.0


def test_the_file_is_lines_of_json_with_a_date_for_each_run(path):
    examples.reserve(path, 1, examples.plan())
    entries = [json.loads(line) for line in path.read_text().splitlines()]
    kinds = [entry["kind"] for entry in entries]
    assert kinds == ["header", "data", "reserve"]
    assert entries[-1]["date"].startswith("20")
