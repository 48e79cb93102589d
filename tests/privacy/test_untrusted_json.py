import os
import threading

import pytest

from dpgan_tf.privacy import errors
from dpgan_tf.privacy import plain_files
from dpgan_tf.privacy import untrusted_json as untrusted
from tests.privacy import odd_files


@pytest.mark.parametrize(
    "text, word",
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        ("[1] 2", "no JSON"),
        ("\ufeff{}", "a byte order mark"),
        (b"\xff\xfe{\x00}\x00", "UTF-8"),
        (b'"\xed\xa0\x80"', "UTF-8"),
        ('"\\ud800"', "half a character"),
        ('{"\\udfff": 1}', "half a character"),
        ('["a", {"b": "\\ud83d"}]', "half a character"),
        ("NaN", "no number"),
        ('{"a": [-Infinity]}', "no number"),
        ("1e999", "too large"),
        ("-1e400", "too large"),
        ("1" * 5_000, "64 bits"),
        (str(2**64), "64 bits"),
        ("[" * 40 + "]" * 40, "levels deep"),
        ("[" * 200_000, "levels deep"),
        ('{"a":' * 40 + "1" + "}" * 40, "levels deep"),
        ('{"a":' * 200_000, "levels deep"),
        ('{"a": 1, "a": 1}', "'a' twice"),
        ('[{"b": {"a": 1, "c": 2, "\\u0061": 3}}]', "'a' twice"),
    ],
)
def test_a_text_that_is_not_exactly_one_json_value_is_refused(text, word):
    with pytest.raises(untrusted.JsonError, match=word) as caught:
        untrusted.parse(text)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 200


def test_everyday_values_are_read_as_they_are():
    text = '{"a": [1, -2.5, true, null, "ü😀", {}], "b": 18446744073709551615}'
    assert untrusted.parse(text.encode()) == {
        "a": [1, -2.5, True, None, "ü😀", {}],
        "b": 2**64 - 1,
    }


KIND = untrusted.record(
    {
        "name": untrusted.TEXT,
        "sizes": untrusted.list_of(untrusted.COUNT),
        "by_split": untrusted.map_of(untrusted.DIGEST),
    },
    optional={"limit": untrusted.either(untrusted.NUMBER, untrusted.NULL)},
)


GOOD = {"name": "a", "sizes": [1, 2], "by_split": {"train": "0" * 64}}


@pytest.mark.parametrize(
    "value, word",
    [
        ([], "expected an object"),
        (None, "expected an object"),
        ({}, "has no name"),
        (GOOD | {"name": 5}, "name is 5; expected text"),
        (GOOD | {"sizes": {}}, "sizes is {}; expected a list"),
        (GOOD | {"sizes": [1, True]}, "sizes item 2 is True; expected an int"),
        (GOOD | {"sizes": [-1]}, "expected an integer >= 0"),
        (GOOD | {"by_split": {"train": "x"}}, "by_split train is 'x'"),
        (GOOD | {"limit": "x"}, "limit is 'x'; expected a number or null"),
        (GOOD | {"more": 1}, "unknown key 'more'"),
    ],
)
def test_a_value_of_another_kind_is_named(value, word):
    assert not KIND.problem_of(GOOD | {"limit": None})
    assert word in KIND.problem_of(value)


def test_messages_stay_short_whatever_a_value_is():
    value = GOOD | {"name": ["x" * 10_000] * 10_000}
    assert len(KIND.problem_of(value)) < 200


def _read(path, **options):
    return untrusted.read(
        path, error=errors.LedgerError, remedy="copy it again", **options
    )


def test_a_file_is_named_with_reason_and_remedy(tmp_path):
    path = tmp_path / "a.json"
    path.write_text('{"a": 1, "a": 2}')
    with pytest.raises(errors.LedgerError) as caught:
        _read(path)
    text = f"{path}: cannot be used (has the key 'a' twice): copy it again."
    assert str(caught.value) == text
    with pytest.raises(errors.LedgerError, match="a.json: is odd .has the"):
        _read(path, what="is odd")
    path.write_text("[5]")
    with pytest.raises(errors.LedgerError, match="expected an object"):
        _read(path)
    with pytest.raises(errors.LedgerError, match="No such file"):
        _read(tmp_path / "missing")
    path.write_text('{"a": [1]}')
    assert _read(path) == {"a": [1]}


@pytest.mark.parametrize(
    "make, word",
    [
        (odd_files.pipe, "a named pipe"),
        (odd_files.socket, "a socket"),
        (odd_files.device, "a device"),
        (os.mkdir, "a folder"),
    ],
)
def test_what_is_no_plain_file_is_refused_at_once(tmp_path, make, word):
    path = tmp_path / "a"
    make(path)
    caught = []

    def read():
        with pytest.raises(errors.LedgerError, match=word) as found:
            _read(path)
        caught.append(found)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    thread.join(10)
    assert caught


def test_a_link_is_a_plain_file_only_where_that_is_allowed(tmp_path):
    (tmp_path / "a").write_text("{}")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert _read(tmp_path / "b") == {}
    with pytest.raises(errors.LedgerError, match="is a link"):
        _read(tmp_path / "b", follow_links=False)


def test_a_file_beyond_its_limit_is_not_read(tmp_path):
    path = tmp_path / "a"
    with open(path, "wb") as file:
        file.truncate(2**42)  # It takes no place on the disk.
    with pytest.raises(errors.LedgerError, match="expected at most 67,108,864"):
        _read(path)
    with pytest.raises(plain_files.NotPlainError):
        plain_files.read(path, largest=10)
    path.write_bytes(b"[1,2,3,4,56]")
    assert plain_files.read(path, largest=12) == path.read_bytes()
    with pytest.raises(plain_files.NotPlainError, match="has 12 bytes"):
        plain_files.read(path, largest=11)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff{}",
        "{}".encode("utf-8-sig"),
        "{}".encode("utf-16"),
        b"\xfe\xff\0{\0}",
    ],
)
def test_a_byte_order_mark_is_named(text):
    with pytest.raises(untrusted.JsonError, match="a byte order mark"):
        untrusted.parse(text)
