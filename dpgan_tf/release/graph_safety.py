"""Refuse a SavedModel that could do more than compute examples.

A SavedModel is a program, and may contain TensorFlow's file operations. A
generator does not need them: everything that it does not need is refused before
TensorFlow loads the file.
"""

import os
import pathlib

from google.protobuf import message
from tensorflow.core.protobuf import saved_model_pb2

from dpgan_tf import errors
from dpgan_tf.privacy import plain_files

GRAPH_FILE = "saved_model.pb"

_MAX_GRAPH_BYTES = 64 * 2**20
_ARITHMETIC = frozenset(
    "Abs Add AddN AddV2 ArgMax AvgPool BatchMatMulV2 BiasAdd BroadcastTo Cast "
    "ConcatV2 Const Conv2D Conv2DBackpropInput Cos Cumsum DepthToSpace "
    "DepthwiseConv2dNative Einsum Elu Equal Erfc Exp ExpandDims Expm1 Fill "
    "Floor FloorDiv FloorMod FusedBatchNormV3 GatherV2 Greater GreaterEqual "
    "Identity IdentityN LeakyRelu Less LessEqual LogicalAnd MatMul Max MaxPool "
    "Maximum Mean Minimum Mul Neg NoOp OneHot OnesLike Pack Pad PadV2 "
    "Placeholder Pow Prod Range RealDiv Relu Relu6 Reshape ResizeBicubic "
    "ResizeBilinear ResizeNearestNeighbor Rsqrt SegmentMax SegmentSum "
    "Select SelectV2 Selu Shape Sigmoid Sin Slice Softmax Softplus Softsign "
    "Split SplitV Sqrt Square SquaredDifference Squeeze StopGradient "
    "StridedSlice Sub Sum Tanh Tile Transpose Unpack UpperBound "
    "ZerosLike".split()
)
_TEXT = frozenset("AsString ReduceJoin StringJoin".split())
_CONTROL = frozenset(
    "PartitionedCall StatefulPartitionedCall StatelessWhile While "
    "TensorListFromTensor TensorListGetItem TensorListReserve "
    "TensorListSetItem TensorListStack".split()
)
_STATE = frozenset(
    "AssignVariableOp DisableCopyOnRead ReadVariableOp VarHandleOp".split()
)
_RANDOM = frozenset(
    "StatelessRandomGetKeyCounter StatelessRandomNormalV2 "
    "StatelessRandomUniformFullIntV2 StatelessRandomUniformV2".split()
)
_ALLOWED = _ARITHMETIC | _TEXT | _CONTROL | _STATE | _RANDOM
# Operations that TensorFlow adds to every SavedModel to write and read its
# variables.
_SAVER = frozenset(
    "MergeV2Checkpoints RestoreV2 SaveV2 ShardedFilename "
    "StaticRegexFullMatch".split()
)
COPY_AGAIN = "copy the release again"
"""The remedy for a damaged or altered generator."""

_SAVER_FUNCTIONS = ("__inference__traced_save", "__inference__traced_restore")


def check(directory: str | os.PathLike, *, remedy: str = COPY_AGAIN) -> None:
    """Raise unless a SavedModel contains allowed operations only.

    The operations that save and restore variables are allowed in the two
    functions that TensorFlow writes for them, if nothing else refers to these
    functions.

    Args:
      directory: folder of the SavedModel.
      remedy: advice for the message, if it is damaged.

    Raises:
      UserError: naming the folder and the operation.
    """
    saved_model = _parse(pathlib.Path(directory) / GRAPH_FILE, remedy)
    require_plain(directory, remedy=remedy)
    for meta_graph in saved_model.meta_graphs:
        _check_nodes(directory, meta_graph.graph_def.node, allowed=_ALLOWED)
        for function in meta_graph.graph_def.library.function:
            if _is_saver(function.signature.name):
                allowed = _ALLOWED | _SAVER
            else:
                allowed = _ALLOWED
                _check_calls(directory, function.node_def)
            _check_nodes(directory, function.node_def, allowed=allowed)
        _check_object_graph(directory, meta_graph.object_graph_def)


def require_plain(
    directory: str | os.PathLike, *, remedy: str = COPY_AGAIN
) -> None:
    """Raise unless a SavedModel has only files that are read without waiting.

    Args:
      directory: folder of the SavedModel.
      remedy: advice for the message, if it has other files.

    Raises:
      UserError: naming the first file that is something else.
    """
    try:
        plain_files.require_plain_folder(directory)
    except OSError as error:
        raise errors.UserError(
            f"{error.filename or directory}: {error.strerror}; {remedy}."
        ) from error


def _parse(graph_file, remedy):
    if not graph_file.is_file():
        raise errors.UserError(
            f"{graph_file.parent}: no generator there ({GRAPH_FILE} is "
            "missing); give the folder of a finished run or release."
        )
    if graph_file.stat().st_size > _MAX_GRAPH_BYTES:
        raise errors.UserError(
            f"{graph_file}: larger than {_MAX_GRAPH_BYTES:,} bytes, which no "
            "generator of this program is."
        )
    saved_model = saved_model_pb2.SavedModel()
    try:
        saved_model.ParseFromString(graph_file.read_bytes())
        if not saved_model.meta_graphs:
            raise message.DecodeError("no graph")
    except message.DecodeError as error:
        raise errors.UserError(f"{graph_file}: damaged; {remedy}.") from error
    return saved_model


def _check_nodes(directory, nodes, *, allowed):
    for node in nodes:
        if node.op not in allowed:
            _refuse(directory, f"the operation {node.op}")


def _check_calls(directory, nodes):
    for node in nodes:
        for value in node.attr.values():
            functions = [value.func, *value.list.func]
            if any(_is_saver(function.name) for function in functions):
                _refuse(directory, "a hidden call of its own saver")


def _check_object_graph(directory, object_graph):
    names = list(object_graph.concrete_functions)
    for node in object_graph.nodes:
        names.extend(node.function.concrete_functions)
        names.append(node.bare_concrete_function.concrete_function_name)
    if any(_is_saver(name) for name in names):
        _refuse(directory, "its own saver as a public function")


def _is_saver(name):
    return name.startswith(_SAVER_FUNCTIONS)


def _refuse(directory, what):
    raise errors.UserError(
        f"{directory}: its graph contains {what}, which a generator does not "
        "need; it was not loaded. Use a release from a source you trust."
    )
