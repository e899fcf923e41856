"""
======================
The vanishing gradient
======================

Why a plain recurrent network learns nothing from what was long ago, seen in the
gradient itself: on its way back through 100 steps it dies in a simple network, and
lives in an LSTM and a GRU.
"""

# %%
# How far does the gradient reach?
# ================================
#
# The loss is measured after the last step. To learn from an earlier one, the network
# must know how the loss changes with its state there: the gradient of the loss with
# respect to :math:`h_t`. Going back a step multiplies it with the recurrent weights and
# with the slope of the activation, so going back 100 steps is like taking a power of
# 100.
#
# The data are the adding problem: two of 100 numbers are marked, and the network is
# asked for their sum at the end. For a picture before the training, one epoch with a
# very small learning rate leaves the weights as they were drawn.

import matplotlib.pyplot as plt

from skrnn import GradientFlowDisplay, RNNRegressor
from skrnn.datasets import make_adding_problem

X, y = make_adding_problem(5000, n_timesteps=100, random_state=0)
X_test, y_test = make_adding_problem(500, n_timesteps=100, random_state=1)
CELLS = {"rnn": "simple RNN", "lstm": "LSTM", "gru": "GRU"}


def draw_gradients(models, title):
    _, ax = plt.subplots(figsize=(8, 4), layout="constrained")
    for cell, model in models.items():
        display = GradientFlowDisplay.from_estimator(
            model, X_test, y_test, ax=ax, name=CELLS[cell]
        )
        norms = display.gradient_norms[0]
        ratio = norms[0] / norms[-1]
        print(f"{CELLS[cell]:10} first step / last step: {ratio:.0e}")
    ax.set(title=title, xlabel="time step (the loss is measured after the last)")
    plt.show()


untrained = {
    cell: RNNRegressor(32, cell=cell, epochs=1, learning_rate=1e-9, random_state=0)
    for cell in CELLS
}
for model in untrained.values():
    model.fit(X[:32], y[:32])
draw_gradients(untrained, "Before training")

# %%
# Before training, all of them fade. A simple network even starts best: its recurrent
# weights are drawn as an *orthogonal* matrix, which neither shrinks nor stretches. An
# LSTM starts with forget gates near :math:`\sigma(1) = 0.73`, by its bias of 1, and a
# GRU keeps :math:`\sigma(0) = 0.5` of its state; a hundred times over, that is next to
# nothing. But where they start is not where they stay: they can learn to open their
# gates.
#
# After training
# ==============

settings = {"learning_rate": 0.01, "batch_size": 50, "random_state": 0}
trained = {}
for cell, epochs in {"rnn": 12, "lstm": 12, "gru": 8}.items():
    trained[cell] = RNNRegressor(
        32, cell=cell, epochs=epochs, learning_rate_schedule="cosine", **settings
    ).fit(X, y)
    error = ((trained[cell].predict(X_test) - y_test) ** 2).mean()
    print(f"{CELLS[cell]:10} mean squared error {error:.4f}, without memory 0.1667")

# %%

draw_gradients(trained, "After training")

# %%
# The simple network has learned nothing but the mean, and its gradient has all but
# vanished on the way to the first steps: each weight change is told by what happened
# last. The LSTM and the GRU have solved the problem. The gradient of the GRU arrives at
# the first step as it set out from the last; that of the LSTM loses a factor of ten in
# the last steps, and nothing on all those before.
#
# The remedies
# ============
#
# What helps, and where to find it in skrnn:
#
# Gated cells
#     `cell="lstm"` or `cell="gru"`: the state is passed on by addition, times a gate
#     that may be 1. The remedy, of which the others are helpers.
# Forget gates that start open
#     The bias of an LSTM's forget gate starts at 1, not 0: at 0 half of the state would
#     be lost at every step. Always so.
# Orthogonal recurrent weights
#     They are drawn as orthogonal matrices, which keep lengths: the gradient of a new
#     network is shrunk by its activations only. Always so.
# Gradient clipping
#     `clip_norm=1.0`, the default. It cannot help a gradient that vanishes, but one
#     that explodes: the direction stays, the length is cut.
# Recurrent dropout
#     `recurrent_dropout=0.2` leaves out parts of the state, the same ones at every
#     step, so that memory does not hang on single units. It fights learning by heart,
#     and does not break the state up from step to step.
# Residual stacks
#     `units=(32, 32), residual=True` adds the input of a layer to its output. What
#     vanishes here through time can also vanish from layer to layer, and a sum has a
#     way around the layer.
