import pytest

from dpgan_tf.data.tables import column_text


def _read(kind, **fields):
    return column_text.read({"name": "a", "type": kind} | fields)


def test_bins_begin_after_a_point_at_their_least():
    column = _read("integer", least=0, most=20, bins=4, points=[0])
    assert column.edges == (1, 6, 11, 16, 20)
    assert column.cells == ("0", "1 to 5", "6 to 10", "11 to 15", "16 to 20")


def test_few_whole_numbers_have_a_bin_each():
    assert _read("integer", least=1, most=3).cells == ("1", "2", "3")
    assert _read("integer", least=3, most=3, points=[3]).cells == ("3", "3")


def test_points_may_stand_beside_given_edges():
    column = _read("integer", edges=[1, 5, 9], points=[0])
    assert (column.least, column.most) == (0, 9)
    assert _read("integer", edges=[1, 9], points=[0], least=0, most=9)


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        ("integer", {"least": 5, "most": 3}, "are the wrong way round"),
        ("integer", {"least": 5}, "has no most"),
        ("integer", {}, "has no least"),
        ("integer", {"least": 0, "most": 3, "bins": 5}, "there are 4 numbers"),
        ("integer", {"least": 0.5, "most": 3}, "least is 0.5"),
        ("integer", {"least": 0, "most": True}, "most is True"),
        ("integer", {"least": 0, "most": 2**60}, "expected at most 9007"),
        ("integer", {"least": 0, "most": 9, "points": [10]}, "points has 10"),
        ("integer", {"least": 0, "most": 9, "points": [2, 1]}, "not ascend"),
        ("integer", {"edges": [3, 2, 1]}, "edges does not ascend"),
        ("integer", {"edges": [1, 1, 2]}, "edges does not ascend"),
        ("integer", {"edges": [2, 1]}, "edges does not ascend"),
        ("integer", {"edges": [1]}, "edges has 1; expected two"),
        ("integer", {"edges": [1, 2], "bins": 3}, "edges and bins"),
        ("integer", {"edges": [1, 2], "spacing": "log"}, "edges and spacing"),
        ("integer", {"edges": [1, 2], "least": 0}, "least=0; its edges"),
        ("integer", {"edges": [1, 2], "most": 3}, "most=3; its edges"),
        ("integer", {"edges": list(range(65_538))}, "65,537 cells"),
        ("integer", {"least": 0, "most": 9, "spacing": "log"}, "above 0"),
        ("number", {"least": 0, "most": 1, "spacing": "odd"}, "linear or log"),
        ("number", {"least": 1, "most": 1}, "two different numbers"),
        ("number", {"least": 0, "most": 1e300}, "expected at most 1e"),
        ("number", {"edges": [0, 1, 1]}, "edges does not ascend"),
        ("date", {"least": "2020-01-01"}, "has no most"),
        ("date", {"least": "soon", "most": "later"}, "is no date"),
        (
            "date",
            {"least": "2020-01-02", "most": "2020-01-01"},
            "least=2020-01-02, most=2020-01-01; are the wrong way round",
        ),
        (
            "date",
            {"least": "2020-01-01", "most": "2021-01-01", "resolution": "hour"},
            "is for a column of datetime",
        ),
        (
            "date",
            {"least": "2020-01-01", "most": "2021-01-01", "resolution": "day"}
            | {"bins": 3},
            "bins and a resolution",
        ),
        (
            "datetime",
            {"least": "1000-01-01", "most": "2021-01-01", "resolution": "hour"},
            "choose a coarser one",
        ),
        (
            "date",
            {"least": "2020-01-01", "most": "2021-01-01", "resolution": "odd"},
            "resolution is 'odd'; expected one of year, month, week, day",
        ),
        (
            "date",
            {"least": "2020-01-01", "most": "2021-01-01", "format": "%d"},
            "format is '%d'",
        ),
    ],
)
def test_bounds_that_cannot_be_are_refused(kind, fields, said):
    with pytest.raises(ValueError, match=said):
        _read(kind, **fields)
