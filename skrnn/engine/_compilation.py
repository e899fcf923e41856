"""From a Python function to a program that XLA has compiled, now or in another process.

XLA finds a program on disk by its name and its content, and TensorFlow numbers its
functions in the order in which they are traced: a process that does the same work in
another order would find nothing. So a traced function and those that it calls are given
names made of what they do.
"""

import hashlib

from skrnn.engine._tensorflow import (
    CACHE_VARIABLE,
    empty_compilation_cache,
    tensorflow,
)


def compile_function(function, signature):
    """Trace a function and have XLA compile it.

    Parameters
    ----------
    function : callable
        Of tensors, and giving tensors, in tuples or alone. It is called once with
        zeros: that is when XLA compiles.
    signature : list
        A `tf.TensorSpec`, or a tuple of them, for each argument.

    Returns
    -------
    program : callable
        Takes arrays or tensors.

    Raises
    ------
    OSError
        If the cache on disk is damaged and can't be mended.
    """
    tf = tensorflow()
    zeros = tf.nest.map_structure(lambda s: tf.zeros(s.shape, s.dtype), signature)

    def trace():
        return tf.function(
            function, jit_compile=True, autograph=False, input_signature=signature
        ).get_concrete_function()

    program = _under_its_own_name(tf, trace())
    try:
        program(*zeros)
        return program
    except tf.errors.OpError as error:
        # A file of the cache that can't be read or written; TensorFlow remembers that
        # with the function's name, so the next attempt needs another.
        directory = empty_compilation_cache()
        if directory is None or isinstance(error, tf.errors.ResourceExhaustedError):
            raise
    program = trace()
    try:
        program(*zeros)
    except tf.errors.OpError as error:
        raise OSError(
            f"Compiled programs can't be kept in {directory}: {error.message}. Set the "
            f"environment variable {CACHE_VARIABLE} to another folder, or to 'off', "
            "and start Python again."
        ) from error
    return program


def _under_its_own_name(tf, concrete):
    """Wrap a concrete function so that its name says what it does."""
    graph_def = tf.compat.v1.GraphDef(versions=concrete.graph.as_graph_def().versions)
    functions = _renamed(concrete.function_def, concrete.graph.as_graph_def().library)
    graph_def.library.function.extend(functions)
    name = functions[0].signature.name
    specs = [tf.TensorSpec(t.shape, t.dtype) for t in concrete.inputs]
    places = [f"argument{i}" for i in range(len(specs))]
    for place, spec in zip(places, specs, strict=True):
        node = graph_def.node.add(name=place, op="Placeholder")
        node.attr["dtype"].type = spec.dtype.as_datatype_enum
    call = graph_def.node.add(name="call", op="StatefulPartitionedCall", input=places)
    call.attr["f"].func.name = name
    call.attr["_XlaMustCompile"].b = True
    call.attr["Tin"].list.type.extend(s.dtype.as_datatype_enum for s in specs)
    call.attr["Tout"].list.type.extend(
        t.dtype.as_datatype_enum for t in concrete.outputs
    )

    def call_by_name(*tensors):
        return tf.graph_util.import_graph_def(
            graph_def,
            input_map=dict(zip(places, tensors, strict=True)),
            return_elements=[f"call:{i}" for i in range(len(concrete.outputs))],
            name="",
        )

    # What makes the functions of the library known to the eager runtime, too.
    wrapped = tf.compat.v1.wrap_function(call_by_name, specs)
    outputs = concrete.structured_outputs

    def program(*arguments):
        tensors = [
            tf.convert_to_tensor(a, s.dtype)
            for a, s in zip(tf.nest.flatten(arguments), specs, strict=True)
        ]
        return tf.nest.pack_sequence_as(outputs, wrapped(*tensors))

    return program


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
