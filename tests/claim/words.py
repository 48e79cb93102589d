"""What a claim holds that its card reads, made up."""

CLAIM = {
    "accountant": "rdp",
    "adjacency": "add or remove one record",
    "delta": 1e-5,
    "effective_noise_multiplier": 0.7,
    "epsilon": 3.98765,
    "epsilon_by_accountant": {"rdp": 3.98765, "pld": 3.71234},
    "noise_multiplier": 1.565,
    "num_examples": 58_800,
    "num_groups": 5,
    "num_steps": 1_000,
    "num_steps_kept": 1_000,
    "num_steps_lost": 0,
    "public_information": ["the split's seed"],
    "sampling": "Poisson",
    "sampling_probability": 256 / 58_800,
    "selection": "the last one",
    "statement": "This release is (3.988, 1e-05)-differentially private.",
    "threat_model": "central",
    "unit_of_privacy": "one record",
}
