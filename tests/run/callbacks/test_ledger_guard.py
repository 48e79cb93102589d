"""What a guard gives back of what it reserved, and when."""

import pytest

from dpgan_tf.privacy import draws
from dpgan_tf.privacy import mechanism
from dpgan_tf.privacy.ledger import keys
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.run.callbacks import ledger_guard
from tests.privacy import ledgers as headers


class Model:
    """A model that the ledger's header charges for; it draws when told to."""

    num_critic_steps = 4

    def __init__(self):
        self.permit = draws.Permit()
        self.mechanism = mechanism.GroupedGaussianMechanism(
            noise_multiplier=2.0,
            num_groups=4,
            sampling_probability=0.01,
            expected_batch_size=10,
        )


@pytest.mark.parametrize(("is_clean", "charged"), [(True, 3), (False, 8)])
def test_only_a_clean_end_gives_back_what_was_not_drawn(
    is_clean, charged, tmp_path
):
    """After any other error nobody knows what the last step did."""
    path = tmp_path / "ledger.jsonl"
    guard = ledger_guard.LedgerGuard(
        ledgers.Ledger.create(path, header=headers.header(max_steps=20)),
        key=keys.from_entropy(),
        num_rounds=5,
        reserve_every=8,
    )
    guard.set_model(Model())
    guard.on_train_begin()
    guard.on_train_batch_begin(0)
    for _ in range(3):
        guard.model.permit.next_step()
    guard.close(is_clean=is_clean)
    guard.close(is_clean=is_clean)
    assert ledgers.read(path).charged_steps == charged
