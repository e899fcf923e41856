"""Products of weights and arrays on numpy, where rows come last."""

import numpy as np

# Rows up to which one product over all steps, of arrays put in order for it, beats one
# for each step; and how many numbers the latter may hold before they are summed.
FEW_ROWS = 8
SUMMED = 2**20


def matmul(a, b):
    """Multiply matrices; numpy hands products over one number to a slow loop."""
    return a * b if a.shape[-1] == 1 else np.matmul(a, b)


def matmul_transposed(a, b):
    """Multiply the transpose of `a` by `b`."""
    return np.matmul(np.matrix_transpose(a), b)


def turn(array):
    """Bring (..., B, F) to the order of this namespace, or back: rows come last."""
    return array.swapaxes(-1, -2)


def turned(members, rows, features):
    """Shape of a state."""
    return members, features, rows


def factors(weights):
    """Bring the weights (M, F, K) of `times` to the order of this namespace."""
    return np.ascontiguousarray(np.matrix_transpose(weights))


def times(z, factors):
    """Multiply the features of `z`, of one step, by weights."""
    return matmul(factors, z)


def times_steps(z, weights):
    """Multiply the features of `z`, of all steps, by weights (M, F, K)."""
    _, steps, _, rows = z.shape
    if rows > FEW_ROWS:
        return np.matmul(factors(weights)[:, None], z)
    product = np.matmul(_flat(z), weights)
    members, _, width = product.shape
    return np.ascontiguousarray(turn(product.reshape(members, steps, rows, width)))


def project(x, weights, bias):
    """Multiply the features of `x`, of all steps, by weights and add (M, 1, K)."""
    members, steps, _, rows = x.shape
    ones = np.ones((members, steps, 1, rows), x.dtype)
    return times_steps(
        np.concatenate([x, ones], axis=-2), np.concatenate([weights, bias], axis=1)
    )


def over_steps(parts, dz):
    """Multiply ``[*parts, 1]`` by `dz` over all steps and rows: (M, F + 1, K)."""
    members, steps, columns, rows = dz.shape
    width = sum(a.shape[-2] for a in parts) + 1
    joint = np.ones((members, steps, width, rows), dz.dtype)
    first = 0
    for part in parts:
        joint[:, :, first : first + part.shape[-2]] = part
        first += part.shape[-2]
    if rows <= FEW_ROWS:
        return matmul_transposed(_flat(joint), _flat(dz))
    total = np.zeros((members, width, columns), dz.dtype)
    length = max(1, SUMMED // total.size)
    for k in range(0, steps, length):
        now = slice(k, k + length)
        total += np.matmul(joint[:, now], np.matrix_transpose(dz[:, now])).sum(axis=1)
    return total


def _flat(array):
    """Bring (M, T, F, B) to (M, T * B, F); a view where there is one row."""
    members, steps, features, rows = array.shape
    return turn(array).reshape(members, steps * rows, features)
