"""An audit that was made of simulated scores, for tests of its report."""

import functools

import numpy as np
import pytest

from dpgan_tf.audit import audit
from dpgan_tf.audit import canaries
from dpgan_tf.audit import findings
from dpgan_tf.audit.bounds import family
from tests.audit import tiny


@functools.cache
def made(*, shift=0.5):
    """Return an audit of Gaussian scores; a large shift refutes the claim."""
    case = tiny.case(q=1.0, sigma=2.0, num_steps=1)
    rng = np.random.default_rng(0)
    tossed = canaries.toss(600, num_spoiled=40, generator=rng)
    there = tossed.is_in & ~tossed.is_spoiled
    z = rng.normal(size=640) + shift * there
    scores = z / 2 - 1 / 8
    with pytest.MonkeyPatch.context() as patch:
        without_search(patch, factor=1.1)
        found = findings.of_scores(case, tossed, scores)
    return audit.Audit(case=case, canaries=tossed, scores=scores, found=found)


def without_search(patch, *, factor):
    """Leave out the search for the family's bound, which takes seconds."""
    patch.setattr(family, "largest_factor", lambda *_, **__: factor)
