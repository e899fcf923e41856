"""Activations and their derivatives, over either namespace of array operations."""


def activate(ops, name, z):
    """Apply the activation called `name`."""
    if name == "tanh":
        return ops.tanh(z)
    if name == "relu":
        return ops.maximum(z, z * 0)
    if name == "logistic":
        # through tanh: never overflows, and fast in both
        return ops.tanh(z * 0.5) * 0.5 + 0.5
    return z


def activate_over(ops, name, z):
    """Apply the activation called `name`; `z` may be overwritten."""
    if name == "tanh":
        return ops.tanh_over(z)
    if name == "relu":
        return ops.relu_over(z)
    if name == "logistic":
        z *= 0.5
        z = ops.tanh_over(z)
        z *= 0.5
        z += 0.5
        return z
    return z


def slope(ops, name, a):
    """Derivative of an activation, from its output `a`."""
    if name == "tanh":
        return 1 - a * a
    if name == "relu":
        return ops.sign(a)
    if name == "logistic":
        return a - a * a
    return a * 0 + 1
