"""Names that a recipe may have are those that the code knows."""

import pytest

from dpgan_tf.config.parts import kinds
from dpgan_tf.config.parts import learning
from dpgan_tf.models import losses
from dpgan_tf.privacy import engines
from dpgan_tf.privacy import grouping
from dpgan_tf.privacy.accounting import plans
from tests.models import tiny


def test_objectives_are_those_of_the_losses():
    assert set(learning.OBJECTIVES) == set(losses.OBJECTIVES)


def test_accountants_are_those_that_price():
    budget = dict(kinds.settings())["budget.accountant"]
    holds = budget.metadata["range"].holds
    assert all(holds(name) for name in plans.ACCOUNTANTS)
    assert not holds("moments")


@pytest.mark.parametrize("name", kinds.KINDS["grouping"])
def test_every_grouping_can_be_built(name):
    shapes = [(3, 3, 1, 4), (4,), (4, 1), (1,)]
    groups, number = grouping.build(name, shapes, num_groups=2)
    assert callable(groups) and number >= 1


@pytest.mark.parametrize("name", learning.ENGINES)
def test_every_engine_can_be_chosen(name):
    critic = tiny.parts()[0]
    assert engines.choose(name, critic).name in ("ghost", "vectorized")
