"""A picture of pairs of columns."""

import numpy as np

from dpgan_tf.evaluation import association_picture
from tests.evaluation.column_metrics import toy


def test_matrices_have_each_pair_of_both_sets(tmp_path):
    made = toy.typed(toy.rows(2_000, seed=5, dependent=False))
    found, real = association_picture.matrices(made, toy.typed(toy.TEST))
    for matrix in (found, real):
        assert matrix.shape == (5, 5)
        np.testing.assert_array_equal(matrix, matrix.T)
        assert np.isnan(matrix.diagonal()).all()
    # Age and death go together in real rows alone.
    assert real[1, 2] > 0.5 and found[1, 2] < 0.1
    association_picture.draw(
        toy.typed(toy.TEST), made, path=tmp_path / "picture.png"
    )
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")
