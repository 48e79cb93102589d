import dataclasses
import json

import pytest

from dpgan_tf.audit import audit
from dpgan_tf.audit import broken
from dpgan_tf.audit import self_test
from tests.audit import reports


def row(**changes):
    fields = {
        "name": "sound",
        "what": "nothing",
        "must_convict": False,
        "epsilon": 4.0,
        "epsilon_at_least": 3.5,
        "p_value": 0.3,
        "is_convicted": False,
    }
    return self_test.Row(**(fields | changes))


def test_everything_broken_has_a_row_and_so_has_what_is_not(monkeypatch):
    monkeypatch.setattr(audit, "make", lambda case, **_: reports.made())
    rows = list(self_test.rows(num_canaries=5, seed=0))
    names = [each.name for each in broken.every()]
    assert [each.name for each in rows] == ["sound", *names]
    assert [each.must_convict for each in rows] == [False, *[True] * len(names)]
    assert [each.is_right for each in rows] == [True, *[False] * len(names)]


@pytest.mark.parametrize(
    "p_value, convicted", [(0.0009, [True, True]), (0.01, [False, True])]
)
def test_chance_fails_one_self_test_in_a_thousand(
    monkeypatch, p_value, convicted
):
    made = reports.made()
    made = dataclasses.replace(
        made, found=dataclasses.replace(made.found, p_value=p_value)
    )
    monkeypatch.setattr(audit, "make", lambda case, **_: made)
    rows = list(self_test.rows(num_canaries=5, seed=0))
    assert [each.is_convicted for each in rows[:2]] == convicted


@pytest.mark.parametrize(
    "must, is_convicted, said",
    [
        (True, True, "convicted |"),
        (True, False, "not refuted (WRONG) |"),
        (False, True, "convicted (WRONG) |"),
        (False, False, "not refuted |"),
    ],
)
def test_a_wrong_verdict_is_marked(must, is_convicted, said):
    table = self_test.table([row(must_convict=must, is_convicted=is_convicted)])
    assert table.endswith(said)
    assert "| nothing | 4 | 3.5 | 0.3 |" in table


def test_rows_are_written(tmp_path):
    self_test.write(tmp_path, [row()], origin={"command": "x"})
    written = json.loads((tmp_path / self_test.FILE_NAME).read_text())
    assert written["format"] == "dpgan-audit-self-test-1"
    assert written["rows"][0]["p_value"] == 0.3
    table = (tmp_path / self_test.TABLE_NAME).read_text()
    assert table == self_test.table([row()]) + "\n"
