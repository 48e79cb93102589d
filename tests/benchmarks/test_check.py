"""What a peer computes is compared with ours."""

import numpy as np
import pytest

from benchmarks import check
from dpgan_tf import errors


def test_a_sum_that_differs_is_no_comparison():
    ours = [np.ones(3), np.full(2, 4.0)]
    assert check._difference(ours, ours, name="x") == 0
    near = [ours[0] * (1 + 1e-5), ours[1]]
    assert check._difference(ours, near, name="x") == pytest.approx(2.5e-6)
    for factors in ([1, 1.001], [np.nan, 1], [1, np.nan]):
        other = [a * b for a, b in zip(ours, factors, strict=True)]
        with pytest.raises(errors.UserError, match="peer x: .*differs"):
            check._difference(ours, other, name="x")
