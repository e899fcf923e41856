"""From a Python function to one that XLA compiles, now or in another process.

XLA finds a program on disk by its name and its content, and TensorFlow numbers its
functions in the order in which they are traced: a process that does the same work in
another order would find nothing. So a traced function and those that it calls are given
names made of what they do.
"""

import hashlib

from skrnn.engine._tensorflow import tensorflow


def compiled_function(function, signature):
    """Trace a function that XLA is to compile.

    Parameters
    ----------
    function : callable
        Of tensors, and giving tensors, in tuples or alone. It is called once.
    signature : list
        A `tf.TensorSpec`, or a tuple of them, for each argument.

    Returns
    -------
    call : callable
        Takes tensors, and puts a call of the function into the present graph.

    Raises
    ------
    RuntimeError
        Where TensorFlow's shapes are those of its version 1.
    """
    tf = tensorflow()
    if not isinstance(tf.TensorShape([1])[0], int):
        raise RuntimeError(
            "Networks can't be compiled with the shapes of TensorFlow 1, which "
            "tf.compat.v1.disable_v2_behavior() brings back. Call "
            "tf.compat.v1.enable_v2_tensorshape() after it, or set jit_compile=False."
        )
    # A user may be building a graph of their own.
    with tf.init_scope():
        concrete = tf.function(
            function, jit_compile=True, autograph=False, input_signature=signature
        ).get_concrete_function()
    specs = [tf.TensorSpec(t.shape, t.dtype) for t in concrete.inputs]
    places = [f"argument{i}" for i in range(len(specs))]
    graph_def = _graph_with_a_call(tf, concrete, places)
    results = [f"call:{i}" for i in range(len(concrete.outputs))]

    def call(*arguments):
        tensors = [
            tf.convert_to_tensor(a, s.dtype)
            for a, s in zip(tf.nest.flatten(arguments), specs, strict=True)
        ]
        called = tf.graph_util.import_graph_def(
            graph_def, dict(zip(places, tensors, strict=True)), results
        )
        return tf.nest.pack_sequence_as(concrete.structured_outputs, called)

    return call


def _graph_with_a_call(tf, concrete, places):
    """Define a graph that calls a function, under a name that says what it does."""
    graph_def = tf.compat.v1.GraphDef(versions=concrete.graph.as_graph_def().versions)
    functions = _renamed(concrete.function_def, concrete.graph.as_graph_def().library)
    graph_def.library.function.extend(functions)
    types = [t.dtype.as_datatype_enum for t in concrete.inputs]
    for place, kind in zip(places, types, strict=True):
        graph_def.node.add(name=place, op="Placeholder").attr["dtype"].type = kind
    call = graph_def.node.add(name="call", op="StatefulPartitionedCall", input=places)
    call.attr["f"].func.name = functions[0].signature.name
    call.attr["_XlaMustCompile"].b = True
    call.attr["Tin"].list.type.extend(types)
    call.attr["Tout"].list.type.extend(
        t.dtype.as_datatype_enum for t in concrete.outputs
    )
    return graph_def


def _renamed(top, library):
    """Copy a function and those that it calls, named by content and order of use."""
    callees = {f.signature.name: f for f in library.function}
    order = {top.signature.name: "0"}
    functions = [type(top).FromString(top.SerializeToString())]
    for function in functions:
        for reference in _references(function):
            if reference.name not in order:
                order[reference.name] = str(len(order))
                callee = callees[reference.name]
                functions.append(type(top).FromString(callee.SerializeToString()))
    for function in functions:
        _name_arguments(function)
    _rename(functions, order)
    content = hashlib.sha256()
    for function in functions:
        content.update(function.SerializeToString(deterministic=True))
    prefix = f"skrnn_{content.hexdigest()[:16]}"
    _rename(functions, {number: f"{prefix}_{number}" for number in order.values()})
    return functions


def _name_arguments(function):
    """Name arguments by place: TensorFlow works numbers of functions into the names."""
    names = {a.name: f"skrnn_{i}" for i, a in enumerate(function.signature.input_arg)}
    for argument in function.signature.input_arg:
        argument.name = names[argument.name]
    for node in function.node_def:
        node.input[:] = [names.get(name, name) for name in node.input]
    for key, name in dict(function.ret).items():
        function.ret[key] = names.get(name, name)


def _rename(functions, names):
    for function in functions:
        function.signature.name = names[function.signature.name]
        for reference in _references(function):
            reference.name = names[reference.name]


def _references(function):
    """List where a function names others, in an order that does not vary."""
    return [
        node.attr[key].func
        for node in function.node_def
        for key in sorted(node.attr)
        if node.attr[key].HasField("func")
    ]
