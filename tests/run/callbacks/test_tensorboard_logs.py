"""What TensorBoard shows, and where private numbers stand."""

from tensorboard.backend.event_processing import event_accumulator


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
