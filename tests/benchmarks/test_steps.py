"""All forms of a step compute what they are compared for."""

import time

import numpy as np
import pytest
import tensorflow as tf

from benchmarks import cases
from benchmarks import critics
from benchmarks import forms
from benchmarks import inputs
from benchmarks import plain_steps
from benchmarks import private_steps
from benchmarks import speed
from benchmarks import timing
from dpgan_tf.models import losses

CASE = cases.Case(
    name="tiny", image_shape=(6, 6, 1), convolutions=(2, 4), vectorized_ms=1
)


def test_two_passes_give_the_losses_of_three():
    given = inputs.draw(CASE, 4)
    critic = critics.build(CASE, given.weights)
    arguments = given.images, given.fakes[:, None], given.mixes[:, None]
    found, wanted = (
        loss(critic, *map(tf.constant, arguments), penalty_weight=10.0)
        for loss in (plain_steps.two_pass_critic_loss, losses.critic_loss)
    )
    np.testing.assert_allclose(found, wanted, rtol=1e-5)


def test_records_are_shared_out_among_chunks_with_padding_masked():
    images = np.arange(7, dtype=np.float32).reshape(7, 1, 1, 1)
    batch = private_steps.in_chunks(images, 3)
    assert batch.examples.shape == (3, 3, 1, 1, 1)
    assert batch.mask.numpy().sum() == 7
    kept = batch.examples.numpy()[batch.mask.numpy()].ravel()
    np.testing.assert_array_equal(kept, np.arange(7))
    np.testing.assert_array_equal(
        batch.random_ids.numpy()[batch.mask.numpy()], np.arange(7)
    )


def test_every_form_is_built_from_its_name():
    names = {
        f"{passes}_{activation}"
        for passes in plain_steps.PASSES
        for activation in plain_steps.ACTIVATIONS
    }
    assert set(cases.PLAIN_FORMS) == names


@pytest.mark.parametrize("form", ["private_ghost", "two_pass_keras"])
def test_a_step_moves_the_critic_it_was_built_with(form, monkeypatch):
    built = []
    original = critics.build
    monkeypatch.setattr(
        critics, "build", lambda *a: built.append(original(*a)) or built[-1]
    )
    monkeypatch.setitem(plain_steps.ACTIVATIONS, "keras", critics.build)
    given = inputs.draw(CASE, 4)
    step = forms.build(form, CASE, given, chunk_size=3)
    step()
    for weight, before in zip(
        built[0].get_weights(), given.weights, strict=True
    ):
        assert np.isfinite(weight).all()
        assert np.abs(weight - before).max() > 0


@pytest.mark.slow
def test_speed_measures_a_tiny_critic_in_all_forms(monkeypatch):
    monkeypatch.setitem(cases.CASES, "tiny", CASE)
    found = speed.measure(
        case="tiny",
        batch=4,
        chunk_size=2,
        limit_s=1e-3,
        rounds={"warm_up": 1, "least": 2, "most": 2, "seconds": 0},
    )
    assert set(found["forms"]) == {"private_ghost", *cases.PLAIN_FORMS}
    assert set(found["left_out"]) == {"private_vectorized"}
    assert found["reference"] in cases.PLAIN_FORMS
    assert found["num_rounds"] == 2
    assert all(form["ms"] > 0 for form in found["forms"].values())


def test_a_timed_step_takes_as_many_milliseconds_as_it_waits():
    # Any machine wakes within two seconds; 20 ms are 20,000 microseconds.
    assert 20 <= timing.timed(lambda: time.sleep(0.02))() < 2_000
