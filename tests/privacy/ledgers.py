"""A ledger header for tests."""

from dpgan_tf.privacy.ledger import header as headers

DIGEST = "c" * 64
FINGERPRINT = "d" * 64


def header(**changes):
    is_seeded = changes.get("noise_source") == "seed"
    values = {
        "accountant": "rdp",
        "config_hash": DIGEST,
        "data_fingerprint": FINGERPRINT,
        "effective_noise_multiplier": 1.0,
        "expected_batch_size": 10,
        "max_steps": 100,
        "noise_multiplier": 2.0,
        "noise_sampler": headers.PHILOX if is_seeded else headers.CHACHA20,
        "noise_source": "os_entropy",
        "num_examples": 1000,
        "num_groups": 4,
        "sampling_probability": 0.01,
        "target_delta": 1e-5,
        "target_epsilon": 4.0,
    }
    return {**values, **changes}
