"""Entries that were altered, dropped, moved or made up are found."""

import hashlib
import json
import random

import pytest

from dpgan_tf.privacy import errors
from dpgan_tf.privacy import hash_chain
from dpgan_tf.privacy.ledger import chain
from dpgan_tf.privacy.ledger import keys
from dpgan_tf.privacy.ledger import ledger as ledgers
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


@pytest.mark.parametrize("commitment", ["", "0" * 63, "G" * 64, None])
def test_what_is_no_key_commitment_is_refused(path, commitment):
    ledger = ledgers.Ledger.create(path, header=examples.header())
    with pytest.raises(errors.LedgerError, match="key commitment"):
        ledger.begin_attempt(commitment)


def test_every_single_flipped_byte_is_found(path):
    written(path, num_reservations=1)
    original = path.read_bytes()
    generator = random.Random(7)
    for position in range(len(original) - 1):
        altered = bytearray(original)
        altered[position] ^= 1 << generator.randrange(8)
        path.write_bytes(altered)
        with pytest.raises(errors.LedgerError):
            ledgers.read(path)


def _lines(path):
    return path.read_bytes().splitlines(keepends=True)


@pytest.mark.parametrize("number", range(4))
def test_a_deleted_line_is_found(path, number):
    written(path)
    lines = _lines(path)
    del lines[number]
    path.write_bytes(b"".join(lines))
    with pytest.raises(errors.LedgerError):
        ledgers.read(path)


@pytest.mark.parametrize("number", range(4))
def test_swapped_lines_are_found(path, number):
    written(path)
    lines = _lines(path)
    lines[number], lines[number + 1] = lines[number + 1], lines[number]
    path.write_bytes(b"".join(lines))
    with pytest.raises(errors.LedgerError):
        ledgers.read(path)


@pytest.mark.parametrize("number", range(5))
def test_a_repeated_line_is_found(path, number):
    written(path)
    lines = _lines(path)
    path.write_bytes(b"".join([*lines[: number + 1], *lines[number:]]))
    with pytest.raises(errors.LedgerError):
        ledgers.read(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.replace(b":", b": ", 1),
        lambda line: line.replace(b"\n", b"\r\n"),
        lambda line: b" " + line,
        lambda line: line + b"\n",
        lambda line: line[:-2] + b"\n",
        lambda line: line.replace(b'{"', b'{"hash":"0","', 1),
        lambda line: b"[]\n",
        lambda line: b"NaN\n",
        lambda line: b"\xff\n",
        lambda line: b"[" * 100_000 + b"\n",
    ],
)
def test_a_line_in_another_form_is_found(path, change):
    written(path)
    lines = _lines(path)
    lines[2] = change(lines[2])
    path.write_bytes(b"".join(lines))
    with pytest.raises(errors.LedgerError) as caught:
        ledgers.read(path)
    assert "\n" not in str(caught.value) and str(path) in str(caught.value)


def _reseal(entries):
    """Rebuild a chain of altered entries with correct hashes, as a forger."""
    previous, lines = "0" * 64, []
    for entry in entries:
        entry = {k: v for k, v in entry.items() if k != "hash"}
        entry["previous_hash"] = previous
        previous = entry["hash"] = hash_chain.hash_of(entry)
        lines.append(hash_chain.canonical_json(entry) + "\n")
    return "".join(lines)


def test_an_entry_that_was_changed_and_hashed_again_is_found(path):
    """The head stays what was published; only the link to it is broken."""
    written(path)
    entries = [json.loads(line) for line in _lines(path)]
    entries[0]["parameters"] |= {
        "noise_multiplier": 4.0,
        "effective_noise_multiplier": 2.0,
    }
    del entries[0]["hash"]
    entries[0]["hash"] = hash_chain.hash_of(entries[0])
    path.write_text(
        "".join(hash_chain.canonical_json(e) + "\n" for e in entries)
    )
    with pytest.raises(errors.LedgerError, match="does not follow"):
        ledgers.read(path)


def test_an_entry_of_another_chain_is_refused():
    """Its number is the next and its hash is right."""
    ours, theirs = chain.Chain("ours"), chain.Chain("theirs")
    for one in (ours, theirs):
        fields = {"format": chain.FORMAT, "parameters": examples.header()}
        nonce = ("1" if one is ours else "2") * 64
        one.append(one.seal("header", nonce=nonce, **fields))
    entry = theirs.seal("attempt", key_commitment=key())
    with pytest.raises(errors.LedgerError, match="does not follow"):
        ours.append(entry)
    theirs.append(entry)


def test_a_second_header_is_found(path):
    """It could raise the budget, and leave all before it as it is."""
    written(path)
    entries = [json.loads(line) for line in _lines(path)]
    second = {
        "index": len(entries),
        "parameters": examples.header(max_steps=10**6),
    }
    path.write_text(_reseal([*entries, entries[0] | second]))
    with pytest.raises(errors.LedgerError, match="header in the wrong place"):
        ledgers.read(path)


def test_a_rewritten_chain_does_not_hold_the_published_head(path):
    head = written(path).head
    entries = [json.loads(line) for line in _lines(path)]
    entries[3]["num_steps"] = 5
    entries[4]["first_step"] = 15
    path.write_text(_reseal(entries))
    forged = ledgers.read(path)
    assert forged.charged_steps == 25
    assert not forged.contains(head)


@pytest.mark.parametrize(
    "number, field, value",
    [
        (2, "num_steps", -10),
        (2, "num_steps", True),
        (2, "num_steps", 10.0),
        (2, "num_steps", 101),
        (3, "first_step", 0),
        (3, "index", 7),
        (1, "kind", "header"),
        (1, "kind", "unknown"),
        (1, "kind", ["attempt"]),
        (0, "nonce", "00"),
        (0, "format", "other"),
        (0, "parameters", []),
    ],
)
def test_a_resealed_chain_must_still_make_sense(path, number, field, value):
    written(path)
    entries = [json.loads(line) for line in _lines(path)]
    entries[number][field] = value
    path.write_text(_reseal(entries))
    with pytest.raises(errors.LedgerError):
        ledgers.read(path)


@pytest.mark.parametrize("returned", [20, 10, 7, 5, 0])
def test_a_resealed_settlement_cannot_give_back_more(path, returned):
    """Of ten reserved steps four were drawn, and six come back."""
    written(path).settle(4)
    entries = [json.loads(line) for line in _lines(path)]
    entries[-1]["num_returned"] = returned
    path.write_text(_reseal(entries))
    with pytest.raises(errors.LedgerError, match="not drawn"):
        ledgers.read(path)


def test_a_ledger_older_than_a_checkpoint_is_recognised(path):
    ledger = written(path)
    older = ledger.head
    ledger.reserve(10)
    newer = ledger.head
    path.write_bytes(b"".join(_lines(path)[:-1]))
    rolled_back = reopen(path)
    assert rolled_back.contains(older)
    assert not rolled_back.contains(newer)


def test_a_fork_is_recognised_by_its_head(path):
    ledger = written(path)
    common = path.read_bytes()
    ledger.reserve(10)
    one = ledger.head
    path.write_bytes(common)
    fork = reopen(path)
    fork.begin_attempt(key(1))
    assert not fork.contains(one)


def test_an_empty_chain_begins_with_a_header_of_zeros():
    empty = chain.Chain("a")
    assert (empty.num_entries, empty.head) == (0, "0" * 64)
    with pytest.raises(errors.LedgerError, match="a: entry 1 is a header in"):
        empty.seal("attempt", key_commitment="a" * 64)


def test_the_hash_of_an_entry_is_sha_256_of_what_else_it_holds():
    """By hand: sorted keys, no spaces, without the hash itself."""
    entry = begun().seal("attempt", key_commitment="a" * 64)
    rest = {key: value for key, value in entry.items() if key != "hash"}
    text = json.dumps(rest, sort_keys=True).replace(", ", ",")
    text = text.replace('": ', '":')
    assert entry["hash"] == hashlib.sha256(text.encode()).hexdigest()


def begun():
    """A chain with a header."""
    made = chain.Chain("a")
    made.append(
        made.seal(
            "header",
            format=chain.FORMAT,
            nonce="0" * 64,
            parameters=examples.header(),
        )
    )
    return made


def test_to_seal_an_entry_does_not_add_it():
    made = begun()
    head = made.head
    entry = made.seal("attempt", key_commitment="a" * 64)
    assert (made.num_entries, made.head, made.num_attempts) == (1, head, 0)
    made.append(entry)
    assert (made.num_entries, made.num_attempts) == (2, 1)
    assert made.head == entry["hash"] and made.contains(head)


@pytest.mark.parametrize("kind", ["unknown", "reserve"])
def test_an_entry_with_other_fields_than_its_kind_has_is_refused(kind):
    with pytest.raises(errors.LedgerError, match="unknown or missing fields"):
        begun().seal(kind, key_commitment="a" * 64)


def test_an_entry_of_another_format_is_refused():
    with pytest.raises(errors.LedgerError, match="is not of dpgan-ledger-1"):
        chain.Chain("a").seal(
            "header",
            format="dpgan-ledger-2",
            nonce="0" * 64,
            parameters=examples.header(),
        )


def test_the_header_that_is_asked_for_is_a_copy():
    made = begun()
    made.header["max_steps"] = 10**9
    assert made.header["max_steps"] == 100


def test_what_is_parsed_ends_with_the_last_whole_line():
    made = begun()
    entry = made.seal("attempt", key_commitment="a" * 64)
    header = {"kind": "header", "format": chain.FORMAT, "nonce": "0" * 64}
    first = chain.Chain("a").seal(**header, parameters=examples.header())
    whole = "".join(hash_chain.canonical_json(e) + "\n" for e in (first, entry))
    for torn in ("", "{", hash_chain.canonical_json(entry)[:-1]):
        found, size = chain.parse((whole + torn).encode(), name="a")
        assert (found.num_attempts, size) == (1, len(whole))


def test_a_line_that_was_altered_is_named_by_its_number():
    made = begun()
    first = chain.Chain("a").seal(
        "header",
        format=chain.FORMAT,
        nonce="0" * 64,
        parameters=made.header,
    )
    text = hash_chain.canonical_json(first) + "\n{}x\n"
    with pytest.raises(errors.LedgerError, match="^a: line 2 was altered;"):
        chain.parse(text.encode(), name="a")
