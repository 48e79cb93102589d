import pytest
from absl import flags

from dpgan_tf import errors
from dpgan_tf.commands import train_flags
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes
from tests import tiny_run


def read(*arguments):
    flag_values = flags.FlagValues()
    train_flags.define(flag_values)
    flag_values(["train", *arguments])
    return train_flags.read_recipe(flag_values)


def test_settings_change_the_preset_in_the_order_of_their_parts():
    found = read(
        "--preset=mnist",
        "--set=clipping.norm=0.5",
        "--set= clipping = fixed ",
        "--engine=ghost",
        "--precision=bfloat16",
        "--target_epsilon=2",
    )
    assert found == recipes.change(
        presets.get("mnist"),
        {
            "clipping": "fixed",
            "clipping.norm": 0.5,
            "steps.engine": "ghost",
            "networks.precision": "bfloat16",
            "budget.target_epsilon": 2.0,
        },
    )


def test_short_names_are_flags_too():
    found = read(
        "--preset=mnist",
        "--epsilon=2",
        "--delta=1e-6",
        "--seed=3",
        "--learning_rate=2e-3",
        "--epochs=1",
    )
    assert found.budget.target_epsilon == 2
    assert found.budget.target_delta == 1e-6
    assert found.data.split_seed == 3
    assert found.steps.critic_learning_rate == 2e-3
    rounds = found.steps.num_steps * found.steps.expected_batch_size / 58_800
    assert rounds == pytest.approx(1, rel=0.02)


def test_data_may_stand_alone_with_a_preset_or_a_file(tmp_path):
    path = tmp_path / "config.json"
    path.write_text(tiny_run.recipe(tmp_path).to_json())
    data = f"--data={tmp_path}/records.npz"
    kept = read(data, f"--config={path}")
    assert kept == tiny_run.recipe(tmp_path)
    made = read(data, f"--config={path}", "--records=280", "--epsilon=3")
    assert made.data.num_private_examples == 266
    assert made.budget.target_epsilon == 3


def test_a_file_stands_for_the_preset(tmp_path):
    path = tmp_path / "config.json"
    path.write_text(presets.get("ppgan").to_json())
    assert read(f"--config={path}") == presets.get("ppgan")


def test_a_run_is_gone_on_with_by_its_folder_alone(tmp_path):
    (tmp_path / "config.json").write_text(presets.get("mnist").to_json())
    assert read(f"--run_dir={tmp_path}") == presets.get("mnist")
    with pytest.raises(errors.UserError, match="is planned already"):
        read(f"--run_dir={tmp_path}", "--plan")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "DATA: missing; name the records, such as `train mnist"),
        (["--run_dir=no/such"], "no run is in no/such"),
        (["--preset=mnist", "--config=x.json"], "not both"),
        (["--preset=mnist", "--nolabels"], "--labels: is for `train DATA`"),
        (
            ["--preset=mnist", "--epsilon=1", "--target_epsilon=1"],
            "are the same; give one of them",
        ),
        (["--data=mnist", "--epsilon=1", "--classes=few"], "--classes=few"),
        (["--config=no.json"], "--config=no.json: no such file"),
        (["--preset=mnist", "--set=loss"], "--set=loss; expected KEY=VALUE"),
        (
            ["--preset=mnist", "--set=budget=none", "--target_epsilon=1"],
            "of kind none has no such setting",
        ),
    ],
)
def test_what_names_no_recipe_is_refused_with_a_remedy(arguments, said):
    with pytest.raises(errors.UserError, match=said):
        read(*arguments)
