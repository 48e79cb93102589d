import errno
import json
import os
import random
import subprocess
import sys
import textwrap

import pytest

from dpgan_tf.privacy import errors
from dpgan_tf.privacy import hash_chain
from dpgan_tf.privacy.ledger import chain
from dpgan_tf.privacy.ledger import keys
from dpgan_tf.privacy.ledger import ledger as ledgers
from tests.claim import releases
from tests.privacy import ledgers as examples


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ledger.jsonl"


def key(number=0):
    return keys.NoiseKey(number.to_bytes(32, "little")).commitment


def reopen(path):
    return ledgers.Ledger.open(path, config_hash=examples.DIGEST)


def written(path, *, num_reservations=3):
    ledger = ledgers.Ledger.create(path, header=examples.header())
    ledger.begin_attempt(key())
    for _ in range(num_reservations):
        ledger.reserve(10)
    return ledger


def test_reserved_steps_are_charged_and_numbered(path):
    ledger = ledgers.Ledger.create(path, header=examples.header())
    ledger.begin_attempt(key())
    assert ledger.reserve(10) == range(0, 10)
    assert ledger.reserve(5) == range(10, 15)
    assert ledger.charged_steps == 15
    assert ledger.num_attempts == 1
    assert ledger.header == examples.header()


def test_what_was_written_is_read_again(path):
    ledger = written(path)
    again = reopen(path)
    for name in (
        "charged_steps",
        "head",
        "num_attempts",
        "header",
    ):
        assert getattr(again, name) == getattr(ledger, name)
    assert ledgers.read(path).head == ledger.head


def test_a_reservation_is_durable_before_it_returns(path, monkeypatch):
    ledger = written(path, num_reservations=0)
    synced = []

    def record(descriptor):
        synced.append(os.pread(descriptor, 10**6, 0))

    monkeypatch.setattr(os, "fsync", record)
    ledger.reserve(10)
    assert json.loads(synced[-1].splitlines()[-1])["num_steps"] == 10


def test_creation_syncs_the_file_and_its_folder(path, monkeypatch):
    synced = []
    monkeypatch.setattr(
        os,
        "fsync",
        lambda fd: synced.append(os.readlink(f"/proc/self/fd/{fd}")),
    )
    ledgers.Ledger.create(path, header=examples.header())
    assert synced == [
        str(path.with_name(".ledger.jsonl.new")),
        str(path.parent),
    ]


def test_a_clean_stop_gives_back_what_was_not_drawn(path):
    ledger = written(path)
    ledger.settle(4)
    assert ledger.charged_steps == 24
    again = reopen(path)
    assert again.charged_steps == 24
    again.begin_attempt(key(1))
    assert again.reserve(6) == range(24, 30)


def test_a_crash_gives_nothing_back(path):
    written(path)
    assert reopen(path).charged_steps == 30


def test_an_attempt_without_reservations_settles_at_zero(path):
    ledger = written(path, num_reservations=0)
    ledger.settle(0)
    assert ledger.charged_steps == 0


@pytest.mark.parametrize("num_drawn", [-1, 11])
def test_settling_what_was_not_reserved_is_refused(path, num_drawn):
    ledger = written(path)
    with pytest.raises(errors.LedgerError, match="num_drawn"):
        ledger.settle(num_drawn)
    assert ledger.charged_steps == 30


def test_a_settled_or_reopened_ledger_needs_a_new_attempt(path):
    ledger = written(path)
    ledger.settle(10)
    for closed in (ledger, reopen(path)):
        with pytest.raises(errors.LedgerError, match="outside an attempt"):
            closed.settle(0)
        with pytest.raises(errors.LedgerError, match="outside an attempt"):
            closed.reserve(1)


def test_a_crashed_attempt_is_neither_gone_on_with_nor_given_back(path):
    written(path)
    with pytest.raises(errors.LedgerError, match="outside an attempt"):
        reopen(path).reserve(1)
    with pytest.raises(errors.LedgerError, match="outside an attempt"):
        reopen(path).settle(0)
    assert reopen(path).charged_steps == 30


def test_a_new_attempt_gives_nothing_of_a_crashed_one_back(path):
    written(path)
    again = reopen(path)
    again.begin_attempt(key(1))
    again.settle(0)
    assert again.charged_steps == reopen(path).charged_steps == 30


def test_no_noise_key_is_used_twice(path):
    ledger = written(path)
    with pytest.raises(errors.LedgerError, match="second time"):
        ledger.begin_attempt(key())
    ledger.settle(0)
    with pytest.raises(errors.LedgerError, match="second time"):
        reopen(path).begin_attempt(key())


def with_summary(path):
    header = examples.header(summary_noise_multiplier=6.0)
    return ledgers.Ledger.create(path, header=header)


def test_a_summary_is_entered_once_and_before_it_is_drawn(path):
    ledger = with_summary(path)
    assert not ledger.has_summary
    ledger.begin_summary(key(7))
    assert ledger.has_summary and reopen(path).has_summary
    assert ledger.charged_steps == ledger.num_attempts == 0
    for again in (ledger, reopen(path)):
        with pytest.raises(errors.LedgerError, match="second summary"):
            again.begin_summary(key(8))
    ledger.begin_attempt(key(1))
    assert ledger.reserve(10) == range(0, 10)
    assert reopen(path).num_attempts == 1


def test_a_summary_that_nobody_charged_for_is_refused(path):
    ledger = ledgers.Ledger.create(path, header=examples.header())
    with pytest.raises(errors.LedgerError, match="does not charge"):
        ledger.begin_summary(key())


def test_a_summary_does_not_use_the_key_of_an_attempt(path):
    ledger = with_summary(path)
    ledger.begin_attempt(key(3))
    with pytest.raises(errors.LedgerError, match="second time"):
        ledger.begin_summary(key(3))
    with pytest.raises(errors.LedgerError, match="key commitment"):
        ledger.begin_summary("")
    ledger.begin_summary(key(4))


def test_a_summary_has_a_key_of_its_own(path):
    ledger = with_summary(path)
    ledger.begin_summary(key(3))
    with pytest.raises(errors.LedgerError, match="second time"):
        ledger.begin_attempt(key(3))
    with pytest.raises(errors.LedgerError, match="key commitment"):
        ledger.begin_attempt("")


def test_the_budget_is_refused_before_it_is_exceeded(path):
    ledger = written(path, num_reservations=9)
    with pytest.raises(errors.BudgetError, match="max_steps=100"):
        ledger.reserve(11)
    assert ledger.reserve(10) == range(90, 100)
    with pytest.raises(errors.BudgetError, match="max_steps=100"):
        ledger.reserve(1)
    assert reopen(path).charged_steps == 100


@pytest.mark.parametrize("num_steps", [0, -5])
def test_reserving_nothing_is_refused(path, num_steps):
    ledger = written(path)
    with pytest.raises(errors.LedgerError, match="num_steps"):
        ledger.reserve(num_steps)


def test_a_hundred_crashes_never_exceed_the_budget(path):
    generator = random.Random(6)
    ledgers.Ledger.create(path, header=examples.header())
    drawn = 0
    for attempt in range(100):
        ledger = reopen(path)
        ledger.begin_attempt(key(attempt))
        try:
            for _ in range(generator.randint(0, 3)):
                granted = len(ledger.reserve(generator.randint(1, 5)))
                used = generator.randint(0, granted)
                drawn += used
                if used < granted:
                    break
            if generator.random() < 0.3:
                torn = b'{"index":' + bytes(
                    generator.randbytes(9).hex(), "ascii"
                )
                path.write_bytes(path.read_bytes() + torn)
        except errors.BudgetError:
            break
        assert drawn <= ledgers.read(path).charged_steps <= 100
    assert drawn <= ledgers.read(path).charged_steps <= 100


def test_an_existing_ledger_is_not_replaced(path):
    written(path)
    before = path.read_bytes()
    with pytest.raises(errors.LedgerError, match="a ledger exists"):
        ledgers.Ledger.create(path, header=examples.header())
    assert path.read_bytes() == before


def test_a_missing_ledger_is_refused(path):
    with pytest.raises(errors.LedgerError, match="no ledger"):
        reopen(path)


def test_two_runs_of_the_same_parameters_have_other_heads(tmp_path):
    # A secret nonce: nobody can test a guess of the data by its hash.
    heads = {
        ledgers.Ledger.create(tmp_path / name, header=examples.header()).head
        for name in ("one", "two")
    }
    assert len(heads) == 2


def test_another_configuration_or_data_set_is_refused(path):
    written(path)
    with pytest.raises(errors.LedgerError, match="another configuration"):
        ledgers.Ledger.open(path, config_hash="e" * 64)
    with pytest.raises(errors.LedgerError, match="another data set"):
        ledgers.Ledger.open(
            path, config_hash=examples.DIGEST, data_fingerprint="e" * 64
        )
    ledgers.Ledger.open(
        path,
        config_hash=examples.DIGEST,
        data_fingerprint=examples.FINGERPRINT,
    )


def _lines(path):
    return path.read_bytes().splitlines(keepends=True)


@pytest.mark.parametrize("length", [1, 20, -1])
def test_a_torn_last_line_is_dropped(path, length):
    ledger = written(path)
    whole = path.read_bytes()
    ledger.reserve(10)
    line = path.read_bytes()[len(whole) :]
    path.write_bytes(whole + line[:length])
    assert ledgers.read(path).charged_steps == 30
    assert path.read_bytes() == whole + line[:length]
    again = reopen(path)
    assert again.charged_steps == 30
    assert path.read_bytes() == whole
    again.begin_attempt(key(1))
    assert reopen(path).num_attempts == 2


@pytest.mark.parametrize("content", [b"", b'{"config_hash"', b"\n"])
def test_a_ledger_without_a_header_is_refused(path, content):
    path.write_bytes(content)
    with pytest.raises(errors.LedgerError):
        reopen(path)


def test_a_ledger_that_changes_while_in_use_is_refused(path):
    first = written(path)
    second = reopen(path)
    second.begin_attempt(key(1))
    with pytest.raises(errors.LedgerError, match="changed while in use"):
        first.reserve(10)
    assert second.reserve(10) == range(30, 40)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("function", ["write", "fsync"])
def test_a_failing_disk_charges_and_grants_nothing(
    path, monkeypatch, function, code
):
    ledger = written(path)
    before = path.read_bytes()
    genuine_write = os.write
    failures = iter([True])

    def fail(descriptor, *arguments):
        if next(failures, False):
            if function == "write":
                genuine_write(descriptor, arguments[0][:7])
            raise OSError(code, os.strerror(code))
        return None

    with monkeypatch.context() as patch:
        patch.setattr(os, function, fail)
        with pytest.raises(OSError, match=os.strerror(code)):
            ledger.reserve(10)
    assert ledger.charged_steps == 30
    assert path.read_bytes() == before
    assert ledger.reserve(10) == range(30, 40)


def test_a_write_that_cannot_be_undone_closes_the_ledger(path, monkeypatch):
    ledger = written(path)

    def fail(*_):
        raise OSError(errno.EIO, "broken")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(OSError, match="broken"):
            ledger.reserve(10)
    with pytest.raises(errors.LedgerError, match="earlier write was cut short"):
        ledger.reserve(10)


@pytest.mark.parametrize("function", ["write", "fsync", "append"])
def test_nothing_is_written_after_an_interrupted_write(
    path, monkeypatch, function
):
    """A second entry of the same number would make the ledger unreadable."""
    ledger = written(path)
    genuine_write = os.write

    def interrupt(*arguments):
        if function == "write":
            genuine_write(arguments[0], arguments[1][:7])
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        where = ledger._chain if function == "append" else os
        patch.setattr(where, function, interrupt)
        with pytest.raises(KeyboardInterrupt):
            ledger.reserve(10)
    with pytest.raises(errors.LedgerError, match="cut short"):
        ledger.settle(0)
    charged = 30 if function == "write" else 40
    assert (
        ledgers.Ledger.open(
            path, config_hash=examples.header()["config_hash"]
        ).charged_steps
        == charged
    )


def test_a_full_disk_at_creation_leaves_nothing(path, monkeypatch):
    def fail(*_):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "write", fail)
    with pytest.raises(OSError, match="full"):
        ledgers.Ledger.create(path, header=examples.header())
    assert not list(path.parent.iterdir())


def test_a_real_file_size_limit_stops_before_the_draw(path):
    written(path, num_reservations=1)
    size = path.stat().st_size
    code = f"""
        import resource, sys
        from dpgan_tf.privacy.ledger import ledger
        limit = {size} + 50
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        book = ledger.Ledger.open({str(path)!r}, config_hash={"c" * 64!r})
        try:
            book.begin_attempt("a" * 64)
        except OSError as error:
            sys.exit(0 if book.num_attempts == 1 else 3)
        sys.exit(4)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True)
    assert path.stat().st_size == size
    assert reopen(path).charged_steps == 10


def test_a_key_does_not_show_in_the_ledger(path):
    secret = bytes(range(16, 48))
    ledger = ledgers.Ledger.create(path, header=examples.header())
    ledger.begin_attempt(keys.NoiseKey(secret).commitment)
    content = path.read_bytes()
    assert secret not in content and secret.hex().encode() not in content


def test_the_ledger_is_readable_by_its_owner_only(path):
    written(path)
    assert path.stat().st_mode & 0o077 == 0


def test_a_release_says_how_many_steps_it_kept(path):
    ledger = written(path)
    assert ledger.num_kept is None
    ledger.record_release(20)
    size = path.stat().st_size
    ledger.record_release(20)
    assert path.stat().st_size == size
    assert reopen(path).num_kept == ledger.num_kept == 20
    ledger.record_release(19)
    assert reopen(path).num_kept == 19


@pytest.mark.parametrize("kept", [0, -1, 31])
def test_a_release_keeps_some_of_the_charged_steps(path, kept):
    ledger = written(path)
    with pytest.raises(errors.LedgerError, match="from 1 to 30"):
        ledger.record_release(kept)
    assert reopen(path).num_kept is None


def test_nothing_is_drawn_after_a_release_but_in_a_new_attempt(path):
    ledger = written(path)
    ledger.record_release(30)
    with pytest.raises(errors.LedgerError, match="outside an attempt"):
        ledger.reserve(1)
    ledger.begin_attempt(key(5))
    assert ledger.num_kept is None
    ledger.reserve(1)


def test_a_ledger_of_noise_without_a_tail_is_refused(tmp_path, monkeypatch):
    """Nothing may be drawn on it, and no claim be made of it."""
    header = examples.header(config_hash=releases.CONFIG_HASH)
    del header["noise_sampler"]
    path = tmp_path / "ledger.jsonl"
    with pytest.raises(errors.LedgerError, match="begin a new run"):
        ledgers.Ledger.create(path, header=header)
    with monkeypatch.context() as patched:
        patched.setattr(chain.Chain, "_check", lambda *args: None)
        entry = chain.Chain("before").seal(
            "header", format=chain.FORMAT, nonce="0" * 64, parameters=header
        )
    path.write_text(hash_chain.canonical_json(entry) + "\n")
    with pytest.raises(errors.LedgerError, match="5.68") as caught:
        ledgers.read(path)
    assert "backup" not in str(caught.value)
