import datetime

import numpy as np
import pytest

from dpgan_tf.data.tables import columns
from dpgan_tf.data.tables import cuts


def _days(text):
    return (datetime.datetime.fromisoformat(text) - columns.EPOCH).days


def _sizes(edges):
    column = columns.Integer(name="a", edges=edges)
    low, high = column.bounds
    return (high - low + 1).tolist()


@pytest.mark.parametrize("bins", [1, 3, 7, 20, 100])
def test_bins_of_whole_numbers_differ_by_one_at_most(bins):
    edges = cuts.of_whole_numbers(3, 102, bins=bins, spacing="linear")
    sizes = _sizes(edges)
    assert (len(sizes), sum(sizes)) == (bins, 100)
    assert max(sizes) - min(sizes) <= 1


def test_log_bins_of_whole_numbers_hold_every_number_once():
    edges = cuts.of_whole_numbers(1, 99_999, bins=20, spacing="log")
    sizes = _sizes(edges)
    assert sum(sizes) == 99_999
    assert min(sizes) >= 1
    assert 15 <= len(sizes) <= 20
    assert np.all(np.diff(sizes[5:]) > 0)


def test_numbers_are_cut_evenly_in_readable_digits():
    edges = cuts.of_numbers(0.0, 1.0, bins=10, spacing="linear")
    assert edges == (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1)
    edges = cuts.of_numbers(0.01, 100.0, bins=4, spacing="log")
    assert edges == (0.01, 0.1, 1, 10, 100)
    assert len(cuts.of_numbers(0.0, 1.0, bins=None, spacing="linear")) == 21


@pytest.mark.parametrize(
    ("resolution", "expected"),
    [
        ("year", ["1969-12-30", "1970-01-01", "1970-02-03"]),
        ("month", ["1969-12-30", "1970-01-01", "1970-02-01", "1970-02-03"]),
        (
            "week",
            ["1969-12-30", "1970-01-05", "1970-01-12", "1970-01-19"]
            + ["1970-01-26", "1970-02-02", "1970-02-03"],
        ),
    ],
)
def test_units_of_time_begin_where_the_calendar_says(resolution, expected):
    edges = cuts.of_times(
        _days("1969-12-30"),
        _days("1970-02-03"),
        resolution=resolution,
        tick="D",
        largest=100,
    )
    assert edges == tuple(map(_days, expected))


def test_the_last_day_has_a_bin_of_its_own_where_days_are_bins():
    edges = cuts.of_times(5, 7, resolution="day", tick="D", largest=9)
    assert edges == (5, 6, 7, 7)
    assert _sizes(edges) == [1, 1, 1]


def test_hours_are_3600_seconds():
    edges = cuts.of_times(0, 9_000, resolution="hour", tick="s", largest=9)
    assert edges == (0, 3_600, 7_200, 9_000)
    weeks = cuts.of_times(0, 86_400 * 5, resolution="week", tick="s", largest=9)
    assert weeks == (0, 86_400 * 4, 86_400 * 5)


def test_too_many_bins_are_refused_before_they_are_made():
    with pytest.raises(ValueError, match="choose a coarser one"):
        cuts.of_times(0, 10**10, resolution="hour", tick="s", largest=9)
