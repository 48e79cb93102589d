"""What a run is made of follows from declared numbers, never from the records.

Every test gives a run records that contradict what was declared.
"""

import numpy as np
import pytest

from dpgan_tf.claim import text as claim_text
from dpgan_tf.config import recipe as recipes
from dpgan_tf.data import pipelines
from dpgan_tf.run import assembly
from dpgan_tf.run import budgets
from dpgan_tf.run import data as run_data
from dpgan_tf.run import gans
from dpgan_tf.run.stages import private_batches
from tests import tiny_run

NUM_DECLARED = 285


def write_labelled(folder, labels):
    """Write images with these labels, of which all are private."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (len(labels), 28, 28), dtype=np.uint8)
    np.savez(folder / "records.npz", images=images, labels=labels)


def load(folder, num, labels=None, **changes):
    """Load a run of `num` private records, declared to be NUM_DECLARED."""
    labels = np.arange(num) % 10 if labels is None else labels
    write_labelled(folder, labels)
    recipe = tiny_run.recipe(
        folder,
        data__num_private_examples=NUM_DECLARED,
        data__public_fraction=0.0,
        clipping="fixed",
        grouping="single",
        warm_start__num_steps=0,
        data__num_classes=10,
        **changes,
    )
    return recipe, run_data.load(recipe, data_dir=folder)


def built(recipe, data):
    """Everything that is built before the first step."""
    budget = budgets.build_budget(recipe)
    form = run_data.form_of(data.description)
    networks = assembly.build_networks(recipe, form)
    model = gans.build_dpgan(recipe, form, *networks, budget.mechanism)
    return budget, form, model


@pytest.mark.parametrize("num", [260, 310])
def test_records_are_sampled_with_the_probability_that_is_charged(
    num, tmp_path, monkeypatch
):
    recipe, data = load(tmp_path / "run", num)
    assert len(data.private) == num
    budget, _, model = built(recipe, data)
    given = {}
    plain = pipelines.poisson_batches

    def remembered(private, **settings):
        given.update(settings, num=len(private))
        return plain(private, **settings)

    monkeypatch.setattr(pipelines, "poisson_batches", remembered)
    private_batches.build(recipe, budget, data, key=[1, 2, 3, 4], first_step=0)
    declared = recipe.steps.expected_batch_size / NUM_DECLARED
    assert given["num"] == num
    assert given["sampling_probability"] == declared
    assert budget.mechanism.sampling_probability == declared
    assert model.mechanism.sampling_probability == declared
    assert (
        model.mechanism.expected_batch_size == recipe.steps.expected_batch_size
    )


def test_the_sampler_draws_with_the_probability_that_it_is_given(tmp_path):
    """310 records, 285 declared: a batch has 310 / 285 of m on average."""
    recipe, data = load(
        tmp_path / "run",
        310,
        steps__expected_batch_size=57,
        steps__chunk_size=64,
    )
    budget = budgets.build_budget(recipe)
    rounds = private_batches.build(
        recipe, budget, data, key=[1, 2, 3, 4], first_step=0
    )
    sizes = [
        batch.mask.sum()
        for steps in rounds.take(100).as_numpy_iterator()
        for batch in steps
    ]
    expected = 57 / 285 * 310
    deviation = np.sqrt(expected * (1 - 57 / 285) / len(sizes))
    assert abs(np.mean(sizes) - expected) < 4.5 * deviation
    assert expected - 57 > 9 * deviation


@pytest.mark.parametrize("missing", [9, 0, 5])
def test_no_network_follows_which_classes_occur_among_the_records(
    missing, tmp_path
):
    """Nor does a word of what a claim is made from."""
    everyone = np.arange(NUM_DECLARED) % 10
    fewer = np.where(everyone == missing, (missing + 1) % 10, everyone)
    found = []
    for name, labels in (("all", everyone), ("fewer", fewer)):
        recipe, data = load(
            tmp_path / name, len(labels), labels, networks__conditional=True
        )
        assert (missing in set(data.private.labels)) == (name == "all")
        budget, form, model = built(recipe, data)
        header = budgets.ledger_header(recipe, budget)
        del header["config_hash"]  # Of the folder that the records are in.
        found.append(
            {
                "description": data.description,
                "form": form,
                "header": header,
                "facts": assembly.training_facts(recipe),
                "num_classes": model.num_classes,
                "shapes": [
                    tuple(v.shape)
                    for network in (model.critic, model.generator)
                    for v in network.variables
                ],
            }
        )
    assert found[0] == found[1]


def test_one_class_alone_makes_the_same_networks_as_ten(tmp_path):
    shapes = []
    for name, number in (("ten", 10), ("one", 1)):
        labels = np.arange(NUM_DECLARED) % number
        recipe, data = load(
            tmp_path / name, len(labels), labels, networks__conditional=True
        )
        _, _, model = built(recipe, data)
        shapes.append([tuple(v.shape) for v in model.generator.variables])
    assert shapes[0] == shapes[1]


STATED = {
    "target_delta": 1e-5,
    "num_examples": 1000,
    "sampling_probability": 0.01,
    "num_groups": 1,
    "noise_multiplier": 1.0,
    "effective_noise_multiplier": 1.0,
    "accountant": "pld",
}


@pytest.mark.parametrize(
    "epsilon",
    [
        1e-7,
        0.0001,
        0.5001,
        0.9994,
        1.0000001,
        2.34449,
        3.99951,
        12.0004,
        99.2401,
    ],
)
def test_no_epsilon_is_rounded_down_in_words(epsilon):
    """Nearest would take each of these but one down."""
    statement = _statement(epsilon)
    stated = float(statement.split("(")[1].split(",")[0])
    assert epsilon <= stated < epsilon + 0.001 + 1e-9


def _statement(epsilon):
    return claim_text.statement(
        STATED, num_steps=7, num_kept=7, epsilon=epsilon
    )


def test_random_epsilons_are_never_rounded_down_in_words():
    for epsilon in np.random.default_rng(0).uniform(0, 200, 500):
        statement = _statement(float(epsilon))
        stated = float(statement.split("(")[1].split(",")[0])
        assert epsilon <= stated < epsilon + 0.0011


def test_the_declared_number_is_what_everything_is_divided_by(tmp_path):
    """Two sizes of the private part, one configuration."""
    configs = []
    for name, num in (("fewer", 270), ("more", 300)):
        recipe, data = load(tmp_path / name, num)
        recipe = recipes.change(recipe, {"data.source": "records.npz"})
        budget, _, model = built(recipe, data)
        configs.append(
            (recipe, budget.mechanism, budget.max_steps, model.mechanism)
        )
    assert configs[0] == configs[1]
