"""What TensorBoard shows, and where private numbers stand."""

import numpy as np
import tensorflow as tf
from tensorboard.backend.event_processing import event_accumulator

from dpgan_tf.models import dpgan
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.privacy.summary import pixel_range
from dpgan_tf.report import curves
from dpgan_tf.run.callbacks import tensorboard_logs
from tests.models import tiny
from tests.privacy import ledgers as examples


def test_the_logs_show_budget_samples_weights_and_settings(finished):
    """Scalars from private records stand under private/ and nowhere else."""
    logs = finished / "run/private/logs"
    found = {}
    for stage in ("warm_start", "private"):
        events = event_accumulator.EventAccumulator(str(logs / stage))
        events.Reload()
        found[stage] = set(events.Tags()["tensors"])
    assert "public/critic_loss" in found["warm_start"]
    assert "public/critic_loss" not in found["private"]
    assert not any(t.startswith("private/") for t in found["warm_start"])
    for tags in found.values():
        assert "samples" in tags
        assert any("kernel" in tag for tag in tags)
    assert "_hparams_/session_start_info" in found["private"]
    assert {
        "budget/epsilon",
        "budget/delta_at_target_epsilon",
        "private/num_records",
        "private/mean_loss",
        "private/clipped_fraction_0",
        "private/clip_norms_0",
    } <= found["private"]


def logs_of(tmp_path, **settings):
    logs = tensorboard_logs.TensorBoardLogs(
        tmp_path, **{"every": 4, "picture_every": 100} | settings
    )
    logs.set_model(tiny.private_gan(dpgan.DPGAN, num_critic_steps=2))
    return logs


def at(logs, step, **numbers):
    logs.model.steps.assign(step)
    logs.on_train_batch_end(0, numbers)


def test_a_public_stage_logs_under_public_and_no_budget(tmp_path):
    logs = logs_of(tmp_path)
    for step in range(2, 13, 2):
        at(logs, step, loss=0.5 * step, bounds=np.array([step, -step]))
    logs.close(is_clean=True)
    assert curves.read(tmp_path) == {
        "public/loss": [(4, 2.0), (8, 4.0), (12, 6.0)],
        "public/bounds_0": [(4, 4.0), (8, 8.0), (12, 12.0)],
        "public/bounds_1": [(4, -4.0), (8, -8.0), (12, -12.0)],
    }


def test_a_private_stage_logs_what_the_ledger_has_charged(tmp_path):
    """Not what the model has taken: a reservation is spent on disk."""
    ledger = ledgers.Ledger.create(
        tmp_path / "ledger.jsonl", header=examples.header()
    )
    ledger.begin_attempt("a" * 64)
    ledger.reserve(10)
    asked = []

    class Budget:
        def epsilon_after(self, num_steps):
            asked.append(num_steps)
            return 0.25

        def delta_after(self, num_steps):
            asked.append(num_steps)
            return 0.125

    logs = logs_of(tmp_path / "logs", ledger=ledger, budget=Budget())
    at(logs, 4, loss=1.0)
    logs.close(is_clean=True)
    assert asked == [10, 10]
    assert curves.read(tmp_path / "logs") == {
        "private/loss": [(4, 1.0)],
        "budget/epsilon": [(4, 0.25)],
        "budget/delta_at_target_epsilon": [(4, 0.125)],
    }


def test_samples_are_shown_in_their_range_of_pixels(tmp_path):
    grey = pixel_range.PixelRange(ends=np.array([0.25, 0.75]))
    logs = logs_of(tmp_path, picture_every=4, pixels=grey)
    at(logs, 4, loss=1.0)
    logs.close(is_clean=True)
    events = event_accumulator.EventAccumulator(str(tmp_path))
    events.Reload()
    (event,) = events.Tensors("samples")
    picture = tf.io.decode_png(event.tensor_proto.string_val[2]).numpy()
    assert 64 <= picture.min() < picture.max() <= 191
