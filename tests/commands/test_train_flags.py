import pytest
from absl import flags

from dpgan_tf import errors
from dpgan_tf.commands import train_flags
from dpgan_tf.config import presets
from dpgan_tf.config import recipe as recipes


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
        "--target_epsilon=2",
    )
    assert found == recipes.change(
        presets.get("mnist"),
        {
            "clipping": "fixed",
            "clipping.norm": 0.5,
            "steps.engine": "ghost",
            "budget.target_epsilon": 2.0,
        },
    )


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
        ([], "--preset: missing; give --preset=NAME"),
        (["--run_dir=no/such"], "no run is in no/such"),
        (["--preset=mnist", "--config=x.json"], "not both"),
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
