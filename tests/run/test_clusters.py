"""What TF_CONFIG says of several machines."""

import json

import pytest

from dpgan_tf import errors
from dpgan_tf.run import clusters
from dpgan_tf.run import team as teams


def tf_config(cluster, kind="worker", index=0):
    task = {"type": kind, "index": index}
    return json.dumps({"cluster": cluster, "task": task})


TWO = ["a:1", "b:2"]


@pytest.mark.parametrize(
    ("cluster", "kind", "index", "number"),
    [
        ({"worker": TWO}, "worker", 0, 0),
        ({"worker": TWO}, "worker", 1, 1),
        ({"chief": ["c:3"], "worker": TWO}, "chief", 0, 0),
        ({"chief": ["c:3"], "worker": TWO}, "worker", 0, 1),
    ],
)
def test_the_chief_is_the_first_machine(cluster, kind, index, number):
    addresses, found = clusters.read_tf_config(tf_config(cluster, kind, index))
    assert found == number
    assert addresses == [*cluster.get("chief", []), *TWO]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "TF_CONFIG is not set; expected the addresses"),
        ("", "TF_CONFIG is ''; expected"),
        ("{", "expected the addresses"),
        ("[]", "expected the addresses"),
        ('{"cluster": {}}', "expected the addresses"),
        (tf_config({"worker": TWO}, index=2), "expected the addresses"),
        (tf_config({"worker": TWO}, index=-1), "expected the addresses"),
        (tf_config({"worker": TWO}, "evaluator"), "expected the addresses"),
        (tf_config({"worker": TWO, "ps": ["c:3"]}), "expected the addresses"),
        (tf_config({"chief": TWO}, "chief", 1), "expected the addresses"),
        (tf_config({"worker": ["a:1", "a:1"]}), "expected the addresses"),
        (tf_config({"worker": ["a", "b:2"]}), "expected the addresses"),
        (tf_config({"worker": ["a:1", "b:x"]}), "expected the addresses"),
        (tf_config({"worker": ["a:1", "b:70000"]}), "expected the addresses"),
        (tf_config({"worker": "a:1"}), "expected the addresses"),
        (tf_config({"worker": ["a:1"]}), "names one machine"),
    ],
)
def test_a_tf_config_that_cannot_be_is_refused(text, message):
    with pytest.raises(errors.UserError, match=message):
        teams.make("multi_worker", tf_config=text)


@pytest.mark.parametrize("address", ["10.0.0.1", "localhost", "127.0.0.1"])
def test_no_server_is_opened_to_a_network_that_nobody_vouches_for(address):
    """TensorFlow's listens on all interfaces, whatever address it is given."""
    text = tf_config({"worker": [f"{address}:2222", f"{address}:2223"]})
    with pytest.raises(errors.UserError, match="--trusted_network") as caught:
        teams.make("multi_worker", tf_config=text)
    for remedy in ("firewall", "namespace", "tunnel"):
        assert remedy in str(caught.value)
