import os
import shutil
import socket

import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from dpgan_tf import errors
from dpgan_tf.models import networks
from dpgan_tf.release import export
from dpgan_tf.release import graph_safety
from dpgan_tf.release import sample_shards
from dpgan_tf.release import sampling
from tests import tiny_generator


@pytest.fixture(scope="module")
def honest(tmp_path_factory):
    path = tmp_path_factory.mktemp("honest") / "1"
    export.export_generator(tiny_generator.build(), path, latent_dim=3)
    return path


def _save_with(function, path):
    module = tf.Module()
    module.sample = tf.function(
        function, input_signature=[tf.TensorSpec([None, 3], name="latent")]
    )
    tf.saved_model.save(
        module,
        str(path),
        {"serving_default": module.sample.get_concrete_function()},
    )


def test_the_networks_of_this_program_pass(tmp_path):
    generator = networks.build_generator((28, 28, 1), latent_dim=8, width=1)
    export.export_generator(generator, tmp_path / "1", latent_dim=8)
    assert sampling.load_generator(tmp_path / "1").latent_dim == 8


@pytest.mark.parametrize("kind", ["write", "read", "python", "save"])
def test_a_graph_with_side_effects_is_refused(tmp_path, kind):
    sentinel = str(tmp_path / "sentinel")

    def attack(latent):
        if kind == "write":
            tf.io.write_file(sentinel, "x")
        elif kind == "read":
            tf.io.read_file("/etc/hostname")
        elif kind == "python":
            (latent,) = tf.py_function(lambda x: x, [latent], [tf.float32])
        else:
            tf.raw_ops.SaveV2(
                prefix=sentinel,
                tensor_names=["x"],
                shape_and_slices=[""],
                tensors=[latent],
            )
        return {"images": latent}

    _save_with(attack, tmp_path / "1")
    with pytest.raises(errors.UserError, match="its graph contains"):
        sampling.load_generator(tmp_path / "1")
    assert not list(tmp_path.glob("sentinel*"))


def _link_to_pipe(path):
    os.mkfifo(path.parents[2] / "pipe")
    path.symlink_to("../../pipe")


def _socket(path):
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(os.path.relpath(path.with_name("s")))
    path.with_name("s").rename(path)


@pytest.mark.parametrize(
    "part", ["variables/variables.index", "fingerprint.pb", "assets/new"]
)
@pytest.mark.parametrize("put", [os.mkfifo, _link_to_pipe, _socket])
def test_nothing_is_waited_for_in_place_of_a_generators_file(
    honest, tmp_path, monkeypatch, part, put
):
    monkeypatch.setattr(tf.saved_model, "load", None)
    shutil.copytree(honest, tmp_path / "1")
    path = tmp_path / "1" / part
    path.unlink(missing_ok=True)
    put(path)
    for read in (sampling.load_generator, sample_shards.generator_digest):
        with pytest.raises(errors.UserError, match="is a (named pipe|socket)"):
            read(tmp_path / "1")


def test_a_generators_files_may_be_links_to_plain_files(honest, tmp_path):
    shutil.copytree(honest, tmp_path / "1")
    index = tmp_path / "1" / "variables" / "variables.index"
    index.rename(tmp_path / "blob")
    index.symlink_to("../../blob")
    assert sampling.load_generator(tmp_path / "1").latent_dim == 3


def test_folders_without_end_are_no_generator(honest, tmp_path):
    shutil.copytree(honest, tmp_path / "1")
    for name in ("one", "two"):
        (tmp_path / "1" / name).symlink_to(".")
    with pytest.raises(errors.UserError, match="deep"):
        sampling.load_generator(tmp_path / "1")


def _edited(honest, tmp_path, edit):
    target = tmp_path / "1"
    shutil.copytree(honest, target)
    path = target / graph_safety.GRAPH_FILE
    saved_model = saved_model_pb2.SavedModel()
    saved_model.ParseFromString(path.read_bytes())
    edit(saved_model.meta_graphs[0])
    path.write_bytes(saved_model.SerializeToString())
    return target


def _saver_name(meta_graph):
    return next(
        function.signature.name
        for function in meta_graph.graph_def.library.function
        if "traced_save" in function.signature.name
    )


def _call_saver(meta_graph):
    name = _saver_name(meta_graph)
    function = next(
        function
        for function in meta_graph.graph_def.library.function
        if "signature_wrapper" in function.signature.name
    )
    node = function.node_def.add(name="hidden", op="StatefulPartitionedCall")
    node.attr["f"].func.name = name


def _call_saver_by_name(meta_graph):
    name = _saver_name(meta_graph)
    function = meta_graph.graph_def.library.function[0]
    function.node_def.add(name="hidden", op=name)


def _publish_saver(meta_graph):
    name = _saver_name(meta_graph)
    for node in meta_graph.object_graph_def.nodes:
        if node.function.concrete_functions:
            node.function.concrete_functions[0] = name


@pytest.mark.parametrize(
    "edit", [_call_saver, _call_saver_by_name, _publish_saver]
)
def test_the_saver_of_a_saved_model_is_not_a_way_around(honest, tmp_path, edit):
    with pytest.raises(errors.UserError, match="its graph contains"):
        graph_safety.check(_edited(honest, tmp_path, edit))


@pytest.mark.parametrize("damage", ["missing", "cut", "huge", "no_variables"])
def test_what_is_no_complete_generator_is_refused(
    honest, tmp_path, monkeypatch, damage
):
    target = tmp_path / "1"
    shutil.copytree(honest, target)
    graph = target / graph_safety.GRAPH_FILE
    if damage == "missing":
        graph.unlink()
    elif damage == "cut":
        graph.write_bytes(graph.read_bytes()[:-100])
    elif damage == "huge":
        monkeypatch.setattr(graph_safety, "_MAX_GRAPH_BYTES", 10)
    else:
        (target / "variables" / "variables.index").unlink()
    with pytest.raises(errors.UserError, match=str(target)):
        sampling.load_generator(target)


def test_a_saved_model_without_our_signature_is_refused(tmp_path):
    module = tf.Module()
    module.f = tf.function(lambda x: x, input_signature=[tf.TensorSpec([])])
    tf.saved_model.save(module, str(tmp_path / "1"))
    with pytest.raises(errors.UserError, match="not a complete generator"):
        sampling.load_generator(tmp_path / "1")
