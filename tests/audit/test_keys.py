from dpgan_tf.audit import keys


def secrets_of(made):
    return [made.noise.secret, made.sampling.secret, made.summary.secret]


def test_a_seed_repeats_an_audit_and_no_two_keys_are_equal():
    first, again, other = keys.make(1), keys.make(1), keys.make(2)
    assert secrets_of(first) == secrets_of(again)
    assert len(set(secrets_of(first) + secrets_of(other))) == 6
    assert first.coins.random() == again.coins.random() != other.coins.random()


def test_without_a_seed_all_is_fresh():
    first, other = keys.make(None), keys.make(None)
    assert not set(secrets_of(first)) & set(secrets_of(other))
    assert first.coins.random() != other.coins.random()


def test_no_key_is_shown():
    assert "secret" not in repr(keys.make(1)) and "coins" not in repr(
        keys.make(1)
    )
