"""The flags of the front door ask for what they say."""

import pytest
from absl import flags

from dpgan_tf import errors
from dpgan_tf.commands import door_flags
from dpgan_tf.commands import train_flags
from dpgan_tf.config import presets
from dpgan_tf.config import wanted as asked
from dpgan_tf.data.tables import schema_text
from tests.data.tables import examples
from tests.data.tables import tables


def parsed(*arguments):
    flag_values = flags.FlagValues()
    train_flags.define(flag_values)
    flag_values(["train", *arguments])
    return flag_values


def test_each_flag_is_a_wish():
    flag_values = parsed(
        "--data=scans.npz",
        "--epsilon=2",
        "--delta=1e-7",
        "--records=20000",
        "--classes=1-26",
        "--largest_count=3",
        "--public_fraction=0.1",
        "--recipe=quick",
        "--size=48",
        "--nolabels",
    )
    found = door_flags.wanted(flag_values, base=None, settings={"seed": "1"})
    assert found == asked.Wanted(
        data="scans.npz",
        recipe="quick",
        epsilon=2.0,
        delta=1e-7,
        num_records=20_000,
        num_classes=26,
        first_label=1,
        largest_count=3,
        public_fraction=0.1,
        size=48,
        labels=False,
        settings={"seed": "1"},
    )


def test_a_schema_is_read_from_its_file(tmp_path):
    path = tmp_path / "schema.json"
    path.write_text(examples.everything())
    flag_values = parsed(
        "--data=t.csv", "--epsilon=2", f"--schema={path}", "--outside=clip"
    )
    found = door_flags.wanted(flag_values, base=None, settings={})
    assert schema_text.parse(found.schema, source="s") == tables.SCHEMA
    assert found.schema == schema_text.to_text(tables.SCHEMA)
    assert found.outside == "clip"
    path.write_text("{}")
    with pytest.raises(errors.DatasetError, match="schema.json: is no schema"):
        door_flags.wanted(flag_values, base=None, settings={})
    with pytest.raises(flags.IllegalFlagValueError):
        parsed("--outside=nearest")


def test_a_files_recipe_or_a_preset_is_the_base():
    base = presets.get("ppgan")
    flag_values = parsed("--data=mnist", "--public=open.npz")
    found = door_flags.wanted(flag_values, base=base, settings={})
    assert found.base is base and found.public == "open.npz"
    flag_values = parsed("--data=mnist", "--preset=ppgan")
    found = door_flags.wanted(flag_values, base=None, settings={})
    assert found.base == base


def test_settings_with_short_names_are_texts():
    flag_values = parsed("--epochs=2", "--seed=0", "--learning_rate=0.001")
    assert door_flags.aliases(flag_values) == {
        "epochs": "2.0",
        "seed": "0",
        "learning_rate": "0.001",
    }


@pytest.mark.parametrize(
    "flag",
    ["--records=1", "--classes=2", "--size=8", "--public=x", "--nolabels"],
)
def test_what_is_about_data_needs_data(flag):
    door_flags.require_none(parsed("--preset=mnist"))
    with pytest.raises(errors.UserError, match="is for `train DATA`"):
        door_flags.require_none(parsed("--preset=mnist", flag))


@pytest.mark.parametrize("name", ["--epsilon", "--target_epsilon"])
def test_epsilon_has_two_names(name):
    assert door_flags.epsilon(parsed(f"{name}=3")) == 3
    assert door_flags.epsilon(parsed()) is None
