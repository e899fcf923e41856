"""
==================
A recurrent neuron
==================

What a neuron computes, what a recurrent one adds, and that a network of skrnn with one
unit is just that: the same numbers, written out in a few lines of numpy.
"""

# %%
# A neuron
# ========
#
# A neuron multiplies each of its inputs by a weight, adds a bias, and bends the sum. It
# has no memory: what it answers depends on the input of this moment alone.

import matplotlib.pyplot as plt
import numpy as np

x = np.array([0.5, -1.0, 2.0])
w = np.array([0.8, 0.2, -0.4])
b = 0.1


def neuron(x, w, b):
    return np.tanh(x @ w + b)


print(f"The sum is {x @ w + b:.3f}, the neuron says {neuron(x, w, b):.3f}.")

# %%
# A neuron with memory
# ====================
#
# A recurrent neuron has one more input: what it said a moment ago, with a weight `u` of
# its own. Before the first step it has said 0.


def step(x_t, h_before, w, u, b):
    return np.tanh(x_t * w + h_before * u + b)


# %%
# Unrolled through time, it is the same neuron again and again, each time with a new
# input, and with the last output handed on:


def unroll(x, w, u, b):
    h = [0.0]
    for x_t in x:
        h.append(step(x_t, h[-1], w, u, b))
    return np.array(h[1:])


# %%
# One knock at the door, and silence. The weight `u` decides how long it is remembered:

knock = np.zeros(25)
knock[2] = 1.0
fig, axes = plt.subplots(
    2, sharex=True, figsize=(7, 4.5), layout="constrained", height_ratios=[1, 3]
)
axes[0].stem(knock, markerfmt="k.", linefmt="k-", basefmt="k-")
axes[0].set_ylabel("input $x_t$")
for u in (0.0, 0.5, 0.9, 1.0):
    axes[1].plot(unroll(knock, w=0.5, u=u, b=0.0), ".-", label=f"$u = {u}$")
axes[1].set(xlabel="time step $t$", ylabel="output $h_t$")
axes[1].legend()
plt.show()

# %%
# With `u = 0` it is a neuron without memory. Even with `u = 1` the memory fades, since
# :math:`\tanh` makes every number a little smaller.
#
# The same numbers from a network
# ===============================
#
# ``RNNRegressor(cell="rnn", units=1)`` is this neuron, and a linear *head* that turns
# its last output into a prediction. Let it learn to add up the steps of short
# sequences. A small sum it can hold.

from skrnn import RNNRegressor

rng = np.random.default_rng(0)
X = rng.uniform(-0.5, 0.5, size=(500, 6, 1))
y = X.sum(axis=(1, 2))

model = RNNRegressor(
    cell="rnn", units=1, learning_rate=0.01, epochs=40, random_state=0
).fit(X, y)
print(f"R² = {model.score(X, y):.3f}")

# %%
# All that it has learned is five numbers.

kernel, recurrent_kernel, bias, head_kernel, head_bias = model.weights_
w, u, b = kernel.item(), recurrent_kernel.item(), bias.item()
print(f"neuron: w = {w:.3f}, u = {u:.3f}, b = {b:.3f}")
print(f"head:   {head_kernel.item():.3f} h + {head_bias.item():.3f}")

# %%
# It found out that `u` must be near 1. Put the numbers into our own neuron:

by_hand = unroll(X[0, :, 0], w, u, b)
by_network = model.hidden_states(X[:1])[0].h[0, :, 0]
print("by hand:   ", by_hand.round(6))
print("by network:", by_network.round(6))
print(f"largest difference of the states: {np.abs(by_hand - by_network).max():.1e}")

prediction = by_hand[-1] * head_kernel.item() + head_bias.item()
difference = abs(prediction - model.predict(X[:1])[0])
print(f"difference of the predictions: {difference:.1e}")

fig, ax = plt.subplots(figsize=(7, 3), layout="constrained")
scale = head_kernel.item()
ax.plot(np.cumsum(X[0, :, 0]), "k.-", label="true sum so far")
ax.plot(scale * by_hand + head_bias.item(), "o", mfc="none", label="neuron by hand")
ax.plot(scale * by_network + head_bias.item(), "x", label="hidden_states")
ax.set(xlabel="time step $t$", ylabel="sum")
ax.legend()
plt.show()

# %%
# Layers of neurons
# =================
#
# A layer is many recurrent neurons that read the same input and each other's outputs,
# and layers can be stacked: the second reads what the first says, step by step. A sum
# of products is beyond one neuron, and easy for a stack of 32 and 16:

product = 10 * (X[:, 1:] * X[:, :-1]).sum(axis=(1, 2))
X_train, X_test, y_train, y_test = X[:400], X[400:], product[:400], product[400:]
settings = {"cell": "rnn", "learning_rate": 0.01, "epochs": 80, "random_state": 0}
for units in (1, (32, 16)):
    model = RNNRegressor(units, **settings).fit(X_train, y_train)
    score = model.score(X_test, y_test)
    n_weights = sum(weight.size for weight in model.weights_)
    print(
        f"units={units!s:8} {n_weights:5} weights, R² = {score:5.2f} on new sequences"
    )

states = model.hidden_states(X_test[:1])
fig, axes = plt.subplots(2, figsize=(7, 5), layout="constrained")
for i, ax in enumerate(axes):
    image = ax.imshow(states[i].h[0].T, aspect="auto", cmap="RdBu_r", vmin=-1, vmax=1)
    ax.set(title=f"layer {i + 1}: {states[i].h.shape[2]} neurons", ylabel="neuron")
axes[1].set_xlabel("time step $t$")
fig.colorbar(image, ax=axes, label="output $h_t$")
plt.show()

# %%
# Where to go on: what such neurons cannot learn is in
# :ref:`sphx_glr_auto_examples_plot_vanishing_gradient.py`, and a neuron that can in
# :ref:`sphx_glr_auto_examples_plot_lstm_cell.py`.
