import numpy as np
import pyarrow
import pytest

from dpgan_tf.data.tables import cells
from dpgan_tf.data.tables import column_text
from dpgan_tf.data.tables import outside as policies

State = policies.State


def _column(kind, **fields):
    return column_text.read({"name": "a", "type": kind} | fields)


def _cell(column, text, *, outside="refuse", decimal=""):
    """Return the name of a text's cell, or its state if it is refused."""
    texts = pyarrow.array([text, text], pyarrow.string())
    found = cells.of(column, texts, outside=outside, decimal=decimal)
    np.testing.assert_array_equal(found.chosen[0], found.chosen[1])
    chosen = [
        name
        for name, is_in in zip(column.cells, found.chosen[0], strict=True)
        if is_in
    ]
    state = State(found.states[0])
    if state > State.PLACED:
        assert not chosen
        return state
    return (state, *chosen)


SEX = _column("category", values=["F", "M", "NA"], other="M")
AGE = _column("integer", edges=[1, 10, 20], points=[-1, 0], missing=True)
LEVEL = _column("number", edges=[0, 1, 2.5])


def test_a_category_is_found_by_its_word():
    assert _cell(SEX, "F") == (State.FINE, "F")
    assert _cell(SEX, "NA") == (State.FINE, "NA")
    assert _cell(SEX, "f") == State.OUTSIDE
    assert _cell(SEX, "f", outside="clip") == State.OUTSIDE
    assert _cell(SEX, "f", outside="other") == (State.PLACED, "M")
    assert _cell(SEX, "") == State.MISSING
    assert _cell(SEX, "", outside="other") == (State.PLACED, "M")


def test_a_category_that_may_be_missing_has_a_cell_for_that():
    column = _column("category", values=["F", "M"], other="M", missing=True)
    for policy in policies.POLICIES:
        assert _cell(column, "n/a", outside=policy) == (State.FINE, "missing")
    assert _cell(column, "x", outside="other") == (State.PLACED, "M")
    plain = _column("category", values=["F", "M"])
    assert _cell(plain, "x", outside="other") == State.OUTSIDE


@pytest.mark.parametrize(
    "word", ["", "NA", "N/A", "NaN", "null", "None"] + ["."]
)
def test_words_for_no_value_are_missing(word):
    assert _cell(AGE, word) == (State.FINE, "missing")
    assert _cell(LEVEL, word) == State.MISSING
    assert _cell(LEVEL, word, outside="clip") == State.MISSING


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("-1", "-1"),
        ("0", "0"),
        ("1", "1 to 9"),
        ("9.0", "1 to 9"),
        ("10", "10 to 20"),
        ("20", "10 to 20"),
    ],
)
def test_whole_numbers_are_in_their_bins_and_points(text, cell):
    assert _cell(AGE, text) == (State.FINE, cell)


@pytest.mark.parametrize(
    ("text", "cell"), [("-5", "-1"), ("21", "10 to 20"), ("1e30", "10 to 20")]
)
def test_numbers_outside_go_to_the_nearest_bound_if_that_is_asked(text, cell):
    assert _cell(AGE, text) == State.OUTSIDE
    for policy in ("clip", "other"):
        assert _cell(AGE, text, outside=policy) == (State.PLACED, cell)


def test_numbers_between_a_point_and_the_bins_go_to_the_bins():
    column = _column("number", edges=[1, 2], points=[0])
    assert _cell(column, "0.5") == State.OUTSIDE
    assert _cell(column, "0.5", outside="clip") == (State.PLACED, "1.0 to 2.0")


@pytest.mark.parametrize("text", ["1.5", "abc", "1,234"])
def test_what_is_no_whole_number_is_refused_always(text):
    for policy in policies.POLICIES:
        assert _cell(AGE, text, outside=policy) == State.UNREAD


def test_numbers_are_in_the_bin_that_begins_with_them():
    for text, cell in (
        ("0", "0.0 to 1.0"),
        ("0.999", "0.0 to 1.0"),
        ("1", "1.0 to 2.5"),
        ("2.5", "1.0 to 2.5"),
    ):
        assert _cell(LEVEL, text) == (State.FINE, cell)
    assert _cell(LEVEL, "2.50001") == State.OUTSIDE
    assert _cell(LEVEL, "1,234", decimal=",") == (State.FINE, "1.0 to 2.5")


def test_the_last_bin_may_be_one_number():
    column = _column("integer", least=1, most=3)
    assert [_cell(column, text) for text in "123"] == [
        (State.FINE, text) for text in "123"
    ]
    assert _cell(column, "4") == State.OUTSIDE


@pytest.mark.parametrize(
    ("word", "cell"),
    [("no", "no"), ("YES", "yes"), ("0", "no"), ("True", "yes"), ("n", "no")],
)
def test_a_boolean_is_read_in_everyday_words(word, cell):
    column = _column("boolean", words=["no", "yes"])
    assert _cell(column, word) == (State.FINE, cell)
    assert _cell(column, "maybe", outside="other") == State.UNREAD


def test_declared_words_that_contradict_everyday_ones_are_the_only_ones():
    column = _column("boolean", words=["1", "2"])
    assert _cell(column, "1") == (State.FINE, "1")
    assert _cell(column, "2") == (State.FINE, "2")
    for word in ("0", "yes", "false"):
        assert _cell(column, word) == State.UNREAD
    german = _column("boolean", words=["nein", "ja"])
    assert _cell(german, "Ja") == (State.FINE, "ja")
    assert _cell(german, "no") == (State.FINE, "nein")


def test_codes_are_a_set():
    column = _column("codes", codes=["I10", "J44", "NA"])
    assert _cell(column, "J44; I10") == (State.FINE, "I10", "J44")
    assert _cell(column, "I10;;I10;") == (State.FINE, "I10")
    assert _cell(column, "") == (State.FINE,)
    assert _cell(column, "none") == (State.FINE,)
    assert _cell(column, "NA") == (State.FINE, "NA")


def test_a_code_that_is_not_declared_is_left_out_if_that_is_asked():
    column = _column("codes", codes=["I10"])
    texts = pyarrow.array(["I10;X", "X", "I10"])
    for policy in ("refuse", "clip"):
        found = cells.of(column, texts, outside=policy, decimal="")
        assert found.states.tolist() == [State.OUTSIDE, State.OUTSIDE, 0]
    found = cells.of(column, texts, outside="other", decimal="")
    assert found.states.tolist() == [State.PLACED, State.PLACED, State.FINE]
    assert found.chosen.tolist() == [[1], [0], [1]]


def test_a_value_of_several_lines_is_refused_always():
    column = _column("codes", codes=["I10"])
    for each in (SEX, column):
        texts = pyarrow.array(["F\n1,M"])
        found = cells.of(each, texts, outside="other", decimal="")
        assert found.states.tolist() == [State.UNREAD]


def test_dates_are_clipped_too():
    column = _column(
        "date", least="2019-01-15", most="2019-12-31", resolution="month"
    )
    assert _cell(column, "2019-01-15")[1] == "2019-01-15 to 2019-01-31"
    assert _cell(column, "2019-12-31")[1] == "2019-12-01 to 2019-12-31"
    assert _cell(column, "2018-01-01") == State.OUTSIDE
    placed = _cell(column, "2020-01-01", outside="clip")
    assert placed == (State.PLACED, "2019-12-01 to 2019-12-31")
    assert _cell(column, "15.01.2019", outside="clip") == State.UNREAD
