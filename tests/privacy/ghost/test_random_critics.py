"""Random critics: the ghost engine against one record at a time."""

import collections

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import HealthCheck
from hypothesis import Phase
from hypothesis import given
from hypothesis import settings

from dpgan_tf.privacy import engines
from dpgan_tf.privacy import vectorized
from dpgan_tf.privacy.ghost import engine as ghost
from dpgan_tf.privacy.ghost import layers
from tests.privacy.ghost import critics
from tests.privacy.ghost import reference

BREADTH = pytest.mark.parametrize(
    "num_critics", [1, pytest.param(6, marks=pytest.mark.slow)]
)


def each_of(num, kind):
    """Run a test on so many random critics, the same ones every time."""

    def decorate(check):
        count = []

        @settings(
            max_examples=num,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(critics.cases(kind))
        def counted(case):
            check(case)
            count.append(case)

        counted()
        assert len(count) >= num
        return count

    return decorate


@BREADTH
@pytest.mark.parametrize("kind", critics.KINDS)
def test_random_critics_have_the_reference_gradients_in_every_form(
    kind, num_critics, monkeypatch
):
    """Critics of 13 kinds, each in four forms."""
    forms = collections.Counter()

    @each_of(num_critics, kind)
    def cases(case):
        expected = reference.one_at_a_time(
            case.loss_fn, case.critic, case.records
        )
        assert layers.unsupported(case.critic) == []
        if kind != "subclass":
            assert engines.choose("auto", case.critic).name == "ghost"
        for form in reference.FORMS:
            with reference.forced(monkeypatch, form):
                values, gradients = ghost.differentiate_unjudged(
                    case.loss_fn, case.critic, case.records
                )
                reference.assert_gradients_equal(gradients, expected.gradients)
            forms.update(gradients._forms)
        np.testing.assert_allclose(
            values, expected.losses, rtol=1e-4, atol=1e-5
        )

    for form in ("explicit", "gram"):
        assert forms[form] >= num_critics
    if kind in (*critics.BLOCKS, "frozen"):
        assert all(case.parts[kind] for case in cases)


@pytest.mark.parametrize(
    ("kind", "num_critics"),
    [
        ("conv", 1),
        *(
            pytest.param(kind, 2, marks=pytest.mark.slow)
            for kind in ("conv", "nested", "conditional", "subclass")
        ),
    ],
)
def test_random_critics_agree_in_a_graph_of_any_number_of_records(
    kind, num_critics
):
    """It is traced for each of them, in both engines."""

    @each_of(num_critics, kind)
    def _(case):
        expected = reference.one_at_a_time(
            case.loss_fn, case.critic, case.records
        )
        alone = reference.norms_of(expected.gradients)
        anyhow = [
            tf.TensorSpec([None, *part.shape[1:]], part.dtype)
            for part in case.records
        ]
        for differentiate in (
            ghost.differentiate_unjudged,
            vectorized.differentiate_unjudged,
        ):

            @tf.function(input_signature=anyhow)
            def squares(*records, differentiate=differentiate):
                return differentiate(case.loss_fn, case.critic, records)[
                    1
                ].squared_norms()

            for num in (critics.NUM_RECORDS, 1):
                found = squares(*[part[:num] for part in case.records])
                reference.assert_norms_equal(found, alone[:num])
