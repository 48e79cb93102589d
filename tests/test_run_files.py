import json
import math

import pytest

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.privacy import untrusted_json


def test_what_is_written_is_read(tmp_path):
    value = {"a": [1, 2.5, None, "ü"], "b": {"c": True}}
    run_files.write_json(tmp_path / "a.json", value)
    assert run_files.read_json(tmp_path / "a.json") == value


def test_what_json_has_no_number_for_becomes_null(tmp_path):
    """A score that is undefined must not make its file unreadable."""
    path = tmp_path / "a.json"
    value = {"a": math.nan, "b": [math.inf, (1.5, -math.inf)], "c": 1}
    run_files.write_json(path, value)
    expected = {"a": None, "b": [None, [1.5, None]], "c": 1}
    assert run_files.read_json(path) == json.loads(path.read_text()) == expected


@pytest.mark.parametrize(
    "content, word",
    [
        (None, "No such file"),
        (b"{", "no JSON"),
        (b"[]", "expected an object"),
        (b"{}", "has no name"),
        (b'{"name": 5}', "name is 5; expected text"),
        (b'{"name": "a", "name": "b"}', "twice"),
    ],
)
def test_a_file_that_is_not_what_was_written_is_named(tmp_path, content, word):
    path = tmp_path / "a.json"
    if content is not None:
        path.write_bytes(content)
    kind = untrusted_json.record({"name": untrusted_json.TEXT})
    with pytest.raises(errors.UserError, match=word) as caught:
        run_files.read_json(path, kind)
    assert str(caught.value).startswith(f"{path}: cannot be used (")
    assert "restore it from a backup" in str(caught.value)
