"""
===================
Inside an LSTM cell
===================

Two states go from step to step: the hidden state :math:`h_t`, which the cell shows, and
the cell state :math:`C_t`, which it keeps. This example watches both while a network
solves a task that needs memory, and computes them with a cell written out in numpy.
"""

# %%
# A task that needs memory
# ========================
#
# A stream of random numbers goes by, and now and then one of them is marked. The
# network is asked, at every step, which number was marked last. So it has to keep that
# number, however many others pass, until the next mark; and then to drop it.

import matplotlib.pyplot as plt
import numpy as np

from skrnn import HiddenStatesDisplay, RNNRegressor

N_STEPS, UNITS = 50, 2


def make_last_marked(n_samples, random_state):
    rng = np.random.default_rng(random_state)
    numbers = rng.uniform(-1, 1, size=(n_samples, N_STEPS))
    marked = rng.random((n_samples, N_STEPS)) < 0.08
    # position of the last mark so far; before the first, the answer is 0
    last = np.maximum.accumulate(np.where(marked, np.arange(N_STEPS), -1), axis=1)
    answers = np.where(last < 0, 0, np.take_along_axis(numbers, last, axis=1))
    return np.stack([numbers, marked], axis=2), answers


X, y = make_last_marked(1000, random_state=0)
model = RNNRegressor(
    units=UNITS,
    cell="lstm",
    structure="seq2seq",
    learning_rate=0.02,
    learning_rate_schedule="one_cycle",
    epochs=80,
    random_state=0,
).fit(X, y)
X_test, y_test = make_last_marked(200, random_state=1)
error = np.mean((model.predict(X_test) - y_test) ** 2)
print(f"mean squared error {error:.4f}, variance of the answers {y_test.var():.4f}")

# %%
# What it keeps, what it shows
# ============================
#
# Above, the numbers with the marked ones in red, and what the network answers; below,
# the states of its two units. Both jump at the marks. In between they drift, each its
# own way: what stays level is their sum, with the weights of the head. The memory is
# not in a unit, but in all of them together.

sequence, answer = X_test[3:4], model.predict(X_test[3:4])[0]
steps = np.arange(N_STEPS)
marked = sequence[0, :, 1] == 1

fig, axes = plt.subplots(3, sharex=True, figsize=(8, 7), layout="constrained")
axes[0].bar(steps, sequence[0, :, 0], color=np.where(marked, "tab:red", "0.85"))
axes[0].plot(steps, answer, "k.-", label="answer: the last red number")
axes[0].set(title="Input and answer", ylabel="Value")
axes[0].legend(loc="lower right")
display = HiddenStatesDisplay.from_estimator(model, sequence, ax=axes[1:])
for ax in display.axes_:
    ax.legend(["unit 0", "unit 1"], loc="lower right")
    for step in steps[marked]:
        ax.axvline(step, color="tab:red", alpha=0.3, zorder=0)
plt.show()

# %%
# The cell, written out
# =====================
#
# Three gates between 0 and 1 rule the cell state: `i` lets new things in, `f` keeps old
# ones, `o` shows them. Keras, and so skrnn, has the weights of the four parts side by
# side in one matrix, in the order i, f, g, o.


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm_cell(x_t, h, c, kernel, recurrent_kernel, bias):
    z = x_t @ kernel + h @ recurrent_kernel + bias
    i, f, g, o = np.split(z, 4)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)  # keep some, add some
    h = sigmoid(o) * np.tanh(c)  # show some
    return h, c


kernel, recurrent_kernel, bias, *head = model.weights_
h = c = np.zeros(UNITS)
by_hand = []
for x_t in sequence[0]:
    h, c = lstm_cell(x_t, h, c, kernel, recurrent_kernel, bias)
    by_hand.append((h, c))
by_hand = np.array(by_hand)

states = model.hidden_states(sequence)[0]
print(f"largest difference of h: {np.abs(by_hand[:, 0] - states.h[0]).max():.1e}")
print(f"largest difference of C: {np.abs(by_hand[:, 1] - states.c[0]).max():.1e}")

# %%
# The gates at work
# =================
#
# Why does the number survive? Here are the three gates of both units. While nothing is
# marked, the forget gates are open, and most of what is there is kept. At a mark they
# close, and the old number is dropped; the input gate of unit 1 opens just then, and
# lets the new one in.

before = np.vstack([np.zeros(UNITS), states.h[0, :-1]])
i, f, _, o = np.split(
    sequence[0] @ kernel + before @ recurrent_kernel + bias, 4, axis=1
)
gates = {"input gate": i, "forget gate": f, "output gate": o}
fig, axes = plt.subplots(3, sharex=True, figsize=(8, 5), layout="constrained")
for ax, (name, values) in zip(axes, gates.items(), strict=True):
    image = ax.imshow(sigmoid(values).T, aspect="auto", cmap="Greys", vmin=0, vmax=1)
    ax.set(title=name, ylabel="unit", yticks=range(UNITS))
    for step in steps[marked]:
        ax.axvline(step, color="tab:red", alpha=0.5)
axes[-1].set_xlabel("time step $t$")
fig.colorbar(image, ax=axes, label="0 closed, 1 open")
plt.show()
