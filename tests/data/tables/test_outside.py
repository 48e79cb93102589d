import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.config.parts import learning
from dpgan_tf.data.tables import column_text
from dpgan_tf.data.tables import outside as policies

State = policies.State
AGE = column_text.read(
    {"name": "age", "type": "integer", "least": 0, "most": 110}
)
SEX = column_text.read(
    {"name": "sex", "type": "category", "values": ["F", "M"]}
)


def _add(tally, column, states, places, texts, num_before=0):
    tally.add(
        column,
        np.array(states, np.uint8),
        np.array(places),
        texts,
        num_before=num_before,
    )


def test_the_settings_know_the_policies():
    assert policies.POLICIES == learning.OUTSIDE


def test_the_first_row_is_named_and_all_are_counted():
    tally = policies.Tally()
    states = [State.FINE, State.OUTSIDE]
    _add(tally, AGE, states, [0, 0, 1, 1], ["7", "130"], 100)
    _add(tally, AGE, states, [1], ["7", "140"], 104)
    _add(tally, SEX, states, [0, 1, 0, 0], ["F", "Z"], 100)
    with pytest.raises(errors.DatasetError) as caught:
        tally.require_none_refused(source="t.csv")
    assert str(caught.value).startswith(
        "t.csv: row 102, column sex: 'Z' is none of its 2 values (1 rows of "
        "this column; also age (3 rows)): declare what is publicly known"
    )
    assert "130" not in str(caught.value)


@pytest.mark.parametrize(
    ("column", "state", "text", "said"),
    [
        (AGE, State.OUTSIDE, "130", "'130' is outside 0 to 110"),
        (AGE, State.UNREAD, "x", "'x' is no whole number"),
        (AGE, State.MISSING, "", 'has no value, .*"missing": true'),
        (AGE, State.UNREAD, "1\n2", "has a line break; is a quote missing"),
        (
            column_text.read(
                {"name": "died", "type": "boolean", "words": ["no", "yes"]}
            ),
            State.UNREAD,
            "maybe",
            "'maybe' is neither no nor yes",
        ),
        (
            column_text.read({"name": "c", "type": "codes", "codes": ["a"]}),
            State.OUTSIDE,
            "b",
            "'b' has a code that is not declared",
        ),
    ],
)
def test_the_reason_is_in_words(column, state, text, said):
    tally = policies.Tally()
    _add(tally, column, [state], [0], [text])
    with pytest.raises(errors.DatasetError, match=said) as caught:
        tally.require_none_refused(source="t.csv")
    assert "\n" not in str(caught.value)


def test_a_long_value_is_cut_and_made_printable():
    tally = policies.Tally()
    _add(tally, SEX, [State.OUTSIDE], [0], ["\x1b" + 500 * "z"])
    with pytest.raises(errors.DatasetError) as caught:
        tally.require_none_refused(source="t.csv")
    assert len(str(caught.value)) < 400
    assert "\x1b" not in str(caught.value)


def test_what_is_placed_is_counted_and_is_no_error():
    tally = policies.Tally()
    _add(tally, AGE, [State.PLACED], [0, 0], ["130"])
    _add(tally, SEX, [State.FINE], [0], ["F"])
    tally.require_none_refused(source="t.csv")
    assert tally.note(source="t.csv").startswith("t.csv: values outside")
    assert "age 2 rows" in tally.note(source="t.csv")
    assert policies.Tally().note(source="t.csv") == ""
