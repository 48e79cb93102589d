"""A first round on blank records, before anything is charged."""

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.models import dpgan
from dpgan_tf.privacy import mechanism as mechanisms
from dpgan_tf.run import rehearsal
from tests import tiny_run
from tests.run import lost_runs


def _cannot_be_built(*args, **kwargs):
    raise ValueError("64 rows for None records")


def _cannot_be_run(self, batch):
    tf.debugging.assert_equal(tf.shape(batch.mask)[1], -1)
    return {"mean_loss": tf.constant(0.0)}


@pytest.mark.parametrize(
    ("place", "name", "broken"),
    [
        (mechanisms, "_sum_over_chunks", _cannot_be_built),
        (dpgan.DPGAN, "make_gradient_fn", _cannot_be_built),
        (dpgan.DPGAN, "critic_step", _cannot_be_run),
        (dpgan.DPGAN, "generator_step", _cannot_be_built),
    ],
)
def test_a_step_that_cannot_be_taken_costs_nothing(
    tmp_path, monkeypatch, place, name, broken
):
    changes = {"clipping": "fixed", "steps.num_steps": 4}
    with monkeypatch.context() as patched:
        patched.setattr(place, name, broken)
        for _ in range(2):
            with pytest.raises((ValueError, tf.errors.InvalidArgumentError)):
                lost_runs.train(tmp_path, warm_start__num_steps=0, **changes)
    entries = tiny_run.ledger_entries(tmp_path)
    assert [entry["kind"] for entry in entries] == ["header"]


def test_a_rehearsal_sees_no_record_and_leaves_no_trace(tmp_path, monkeypatch):
    """Its batches are zeros, and all that training changes is as before."""
    seen = {}

    def watched(model, blank):
        before = _values(model)
        rehearse(model, blank)
        after = _values(model)
        seen["same"] = all(
            np.array_equal(*pair) for pair in zip(before, after, strict=True)
        )
        seen["permit"] = (model.permit.num_left, model.permit.num_drawn)
        seen["numbers"] = [
            float(tf.reduce_sum(tf.cast(tensor, tf.float32)))
            for tensor in tf.nest.flatten(next(iter(blank)))
        ]
        raise KeyboardInterrupt

    rehearse = rehearsal.rehearse
    monkeypatch.setattr(rehearsal, "rehearse", watched)
    with pytest.raises(KeyboardInterrupt):
        lost_runs.train(tmp_path, steps__num_steps=2)
    assert seen["same"]
    assert seen["permit"] == (0, 0)
    assert set(seen["numbers"]) == {0.0}


def _values(model):
    parts = (
        *(model.critic, model.generator, model.averaged_generator),
        *(model.critic_optimizer, model.generator_optimizer),
    )
    variables = [v.value for part in parts for v in part.variables]
    return [v.numpy() for v in [*variables, model.steps, model.variable_bounds]]
