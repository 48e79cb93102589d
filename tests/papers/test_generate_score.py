"""Equation 22 of PPGAN, by hand."""

import pytest

from dpgan_tf import errors
from dpgan_tf.papers import generate_score


def test_it_is_the_distance_from_the_mean_as_a_share_of_the_range():
    found = generate_score.generate_scores({"a": 9.0, "b": 6.0, "c": 3.0})
    assert found == {"a": 0.5, "b": 0.0, "c": 0.5}
    found = generate_score.generate_scores({"a": 9.0, "b": 8.0, "c": 1.0})
    assert found == pytest.approx({"a": 3 / 8, "b": 2 / 8, "c": 5 / 8})


@pytest.mark.parametrize("population", [{}, {"a": 3.0}, {"a": 3.0, "b": 3.0}])
def test_a_population_without_a_range_is_refused(population):
    with pytest.raises(errors.UserError, match="at least two"):
        generate_score.generate_scores(population)
