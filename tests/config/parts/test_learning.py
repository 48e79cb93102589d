"""What is learnt from, and how: limits that are of these parts alone."""

import dataclasses

import pytest

from dpgan_tf import errors
from dpgan_tf.config.parts import learning


def test_steps_end_with_one_of_the_generator():
    with pytest.raises(errors.ConfigError) as raised:
        learning.Steps(num_steps=10)
    assert str(raised.value) == (
        "num_steps=10; expected a multiple of num_critic_steps=4: what follows "
        "the last generator step would be spent for nothing."
    )
    assert learning.Steps(num_steps=10, num_critic_steps=5).num_steps == 10


def test_every_setting_is_checked_before_the_steps_are_counted():
    with pytest.raises(errors.ConfigError, match="num_critic_steps=0; expect"):
        learning.Steps(num_steps=10, num_critic_steps=0)


@pytest.mark.parametrize("size", [1, 4_096])
def test_a_chunk_has_at_most_as_many_records_as_rounding_is_bounded_for(size):
    assert learning.Steps(num_steps=4, chunk_size=size).chunk_size == size


@pytest.mark.parametrize("size", [0, 4_097])
def test_a_larger_chunk_is_refused_with_the_reason(size):
    with pytest.raises(
        errors.ConfigError, match=f"chunk_size={size}; .*rounding is bounded"
    ):
        learning.Steps(num_steps=4, chunk_size=size)


@pytest.mark.parametrize("engine", learning.ENGINES)
def test_each_engine_may_be_chosen_and_no_other(engine):
    assert learning.Steps(num_steps=4, engine=engine).engine == engine
    with pytest.raises(errors.ConfigError, match="engine=Ghost; expected one"):
        learning.Steps(num_steps=4, engine="Ghost")


def test_the_number_of_records_is_declared_and_has_no_default():
    with pytest.raises(TypeError, match="num_private_examples"):
        learning.Data()
    with pytest.raises(TypeError, match="num_steps"):
        learning.Steps()


@pytest.mark.parametrize("number", [0, 65_537])
def test_classes_are_a_number_or_left_to_the_data_set(number):
    assert learning.Data(num_private_examples=1).num_classes is None
    with pytest.raises(errors.ConfigError, match=f"num_classes={number}; .*or"):
        learning.Data(num_private_examples=1, num_classes=number)


def test_every_record_may_be_private_but_not_every_one_public():
    assert learning.Data(num_private_examples=1, public_fraction=0.0)
    with pytest.raises(errors.ConfigError, match=r"=1.0; expected in \[0, 1\)"):
        learning.Data(num_private_examples=1, public_fraction=1.0)


@pytest.mark.parametrize("loss", [learning.WassersteinGP, learning.Decoupled])
def test_a_loss_with_a_penalty_has_the_papers_weight_and_two_objectives(loss):
    assert loss().gradient_penalty_weight == 10  # lambda of section 6
    assert loss(objective="bce", gradient_penalty_weight=0.0)
    with pytest.raises(errors.ConfigError, match="objective=hinge; expected"):
        loss(objective="hinge")


@pytest.mark.parametrize(
    "part", [learning.Decoupled, learning.Adam, learning.RMSprop]
)
def test_constants_of_a_part_are_no_settings(part):
    constants = {"drift_weight", "beta_2", "rho"}
    named = {field.name for field in dataclasses.fields(part)}
    assert not named & constants
    for name in constants & set(vars(part)):
        with pytest.raises(TypeError, match=name):
            part(**{name: 0.5})


def test_a_box_that_is_empty_is_refused():
    for loss in (learning.WeightBox, learning.PPGAN):
        with pytest.raises(errors.ConfigError, match="weight_clip=0.0; exp"):
            loss(weight_clip=0.0)


def test_a_part_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        learning.Adam().beta_1 = 0.9
