"""Bins between wide limits follow from noisy shares of rows alone."""

import json

import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf.data.tables import schema_text
from dpgan_tf.data.tables import wide_limits
from tests.data.tables import examples

WIDE = {"bounds": "private"}
AGE = {"name": "age", "type": "integer", "least": 0, "most": 5_000} | WIDE
SEX = {"name": "sex", "type": "category", "values": ["F", "M"]}
COLUMNS = (
    SEX,
    AGE | {"points": [0, 7], "missing": True},
    AGE | {"name": "few", "most": 30, "bins": 4, "points": [7, 30]},
    {"name": "x", "type": "number", "least": -1, "most": 1, "decimals": 1}
    | WIDE,
    {"name": "cost", "type": "number", "least": 0.01, "most": 1e6, "bins": 12}
    | WIDE
    | {"spacing": "log"},
    {"name": "n", "type": "integer", "least": 0, "most": 10**9, "points": [0]}
    | WIDE
    | {"spacing": "log"},
    {"name": "on", "type": "date", "least": "1900-01-01", "most": "2100-01-01"}
    | WIDE
    | {"format": "%d.%m.%Y", "bins": 10},
    {
        "name": "at",
        "type": "datetime",
        "least": "1990-01-01T00:00:00",
        "most": "2050-01-01T00:00:00",
    }
    | WIDE,
)


def _read(tmp_path, *columns, **more):
    path = tmp_path / "limits.json"
    path.write_text(examples.text(*columns, **more))
    return wide_limits.read(path)


def test_grids_are_fine_and_lie_between_the_limits(tmp_path):
    limits = _read(tmp_path, *COLUMNS)
    assert limits.bins == {1: 20, 2: 4, 3: 20, 4: 12, 5: 20, 6: 10, 7: 20}
    assert limits.fine.columns[0].values == ("F", "M")
    sizes = [stop - start for start, stop in limits.grids]
    assert sizes[0] == sizes[3] == sizes[5] == sizes[6] == 1_024
    assert sizes[1:3] == [28, 20] and 500 < sizes[4] < 1_024
    for (start, stop), number in zip(limits.grids, limits.bins, strict=True):
        column = limits.fine.columns[number]
        names = limits.fine.cells[start:stop]
        assert names[0].startswith(f"{column.name}=")
        assert len(set(names)) == len(names) == len(column.edges) - 1
        assert limits.fine.cells[stop - 1].endswith(column.cells[-1]) or (
            column.missing
        )
    days = limits.fine.columns[6]
    assert days.text(days.least), days.text(days.most) == (
        "01.01.1900",
        "01.01.2100",
    )


def test_whatever_the_noise_the_learnt_schema_is_one(tmp_path):
    limits = _read(tmp_path, *COLUMNS)
    rng = np.random.default_rng(0)
    for scale in (0, 1e-3, 1, 1e9):
        for _ in range(8):
            shares = [
                np.cumsum(rng.normal(0.1, 1, stop - start)) * scale
                for start, stop in limits.grids
            ]
            schema = limits.learnt(shares, deviation=0.01, noise_multiplier=3.5)
            text = schema_text.to_text(schema)
            assert schema_text.parse(text, source="s") == schema
            for number, bins in limits.bins.items():
                assert len(schema.columns[number].edges) == bins + 1
                fine = limits.fine.columns[number]
                assert schema.columns[number].least >= fine.least
                assert schema.columns[number].most <= fine.most


def test_bins_hold_about_equally_many_rows():
    density = np.zeros(100)
    density[40:56] = 1 / 16
    found = wide_limits.ends(np.cumsum(density), num_bins=3, tail=0.125)
    assert found.tolist() == [42, 46, 50, 54]
    assert wide_limits.ends(
        np.cumsum(density), num_bins=1, tail=0.01
    ).tolist() == [40, 56]


def test_a_cell_of_many_rows_is_a_bin_and_others_are_a_cell_at_least():
    density = np.zeros(10)
    density[3] = 1
    found = wide_limits.ends(np.cumsum(density), num_bins=3, tail=0.1)
    assert found.tolist() == [3, 4, 5, 6]
    density = np.zeros(10)
    density[9] = 1
    found = wide_limits.ends(np.cumsum(density), num_bins=3, tail=0.1)
    assert found.tolist() == [7, 8, 9, 10]


def test_more_noise_leaves_more_beyond_the_bins(tmp_path):
    limits = _read(tmp_path, AGE | {"bins": 2})
    shares = [np.linspace(0, 1, 1_024)]
    for deviation, least in ((0.0, 620), (0.1, 1_490)):
        schema = limits.learnt(
            shares, deviation=deviation, noise_multiplier=1.0
        )
        assert schema.columns[0].least == pytest.approx(least, abs=20)
        assert schema.columns[0].most == pytest.approx(5_000 - least, abs=20)


def test_a_whole_number_is_in_the_last_bin_with_its_end(tmp_path):
    limits = _read(tmp_path, AGE | {"most": 9, "bins": 2})
    density = np.array([0, 0, 1, 1, 1, 1, 0, 0, 0, 0]) / 4
    schema = limits.learnt(
        [np.cumsum(density)], deviation=0, noise_multiplier=1.0
    )
    assert schema.cells == ("age=2 to 3", "age=4 to 5")


def test_what_was_learnt_before_is_kept(tmp_path):
    before = json.loads('{"noise_multiplier": 4.5}')
    limits = _read(tmp_path, AGE, SEX, learnt=before)
    assert limits.fine.learnt_noise_multiplier == 4.5


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ([SEX], "no column has bounds to learn"),
        ([AGE | {"edges": [0, 1]}], "column 1: has edges and bounds=private"),
        ([COLUMNS[6] | {"resolution": "day"}], "has resolution and bounds"),
        ([AGE | {"bins": 1_025}], "bins=1025; at most 1,024"),
        ([SEX, AGE | {"bounds": "odd"}], r'\(age\): bounds is .*"private"'),
        ([SEX | WIDE], "unknown key 'bounds'"),
        ([{"name": "a", "type": "integer"} | WIDE], "has no least"),
    ],
)
def test_what_cannot_be_learnt_is_said(tmp_path, columns, said):
    with pytest.raises(errors.DatasetError, match=said):
        _read(tmp_path, *columns)


def test_a_schema_that_is_still_to_be_learnt_is_not_trained_on(tmp_path):
    with pytest.raises(errors.DatasetError, match="are not learnt yet"):
        schema_text.parse(examples.text(AGE), source="s")
