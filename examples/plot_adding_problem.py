"""
===================
Long memory
===================

Two problems that were made to be impossible for simple recurrent networks, each 100
steps long: the sum of two marked numbers, and the order of two symbols. An LSTM solves
both. The paper that introduced the cell set them [1]_.
"""

# %%
# The adding problem
# ==================
#
# A sequence has 100 random numbers, two of which are marked. The network is asked for
# their sum when it has read them all.

import matplotlib.pyplot as plt
import numpy as np

from skrnn import LossCurveDisplay, RNNClassifier, RNNRegressor
from skrnn.datasets import make_adding_problem, make_temporal_order

X_train, y_train = make_adding_problem(5000, n_timesteps=100, random_state=0)
X_test, y_test = make_adding_problem(1000, n_timesteps=100, random_state=1)

fig, ax = plt.subplots(figsize=(9, 2.5), layout="constrained")
marked = X_test[0, :, 1] == 1
ax.bar(np.arange(100), X_test[0, :, 0], color=np.where(marked, "tab:red", "0.8"))
ax.set(title=f"The sum of the red numbers is {y_test[0]:.2f}", xlabel="time step")
plt.show()

# %%
# A network that remembers nothing does best to answer 1 every time. The mean squared
# error is then the variance of the sum, 0.167. A simple network gets no further:

settings = {
    "units": 32,
    "learning_rate_schedule": "cosine",
    "batch_size": 50,
    "epochs": 12,
    "random_state": 0,
}
networks = {
    "simple RNN": RNNRegressor(cell="rnn", learning_rate=0.003, **settings),
    "LSTM": RNNRegressor(cell="lstm", learning_rate=0.01, **settings),
}
for name, network in networks.items():
    network.fit(X_train, y_train)
    error = np.mean((network.predict(X_test) - y_test) ** 2)
    print(f"{name:10} mean squared error {error:.4f}")

# %%
# Nothing happens for some epochs, and then the LSTM finds it: as soon as one number is
# carried to the end by chance, there is a gradient that rewards it.

fig, ax = plt.subplots(figsize=(7, 3.5), layout="constrained")
for name, network in networks.items():
    LossCurveDisplay.from_estimator(network, ax=ax, name=name)
ax.axhline(1 / 6, color="0.6", linestyle="--", label="without memory")
ax.set_yscale("log")
ax.legend()
plt.show()

# %%

fig, axes = plt.subplots(1, 2, sharey=True, figsize=(7, 3.5), layout="constrained")
for ax, (name, network) in zip(axes, networks.items(), strict=True):
    ax.plot([0, 2], [0, 2], color="0.7")
    ax.plot(y_test, network.predict(X_test), ".", markersize=3)
    ax.set(title=name, xlabel="sum", xlim=(0, 2), ylim=(0, 2))
axes[0].set_ylabel("answer")
plt.show()

# %%
# The order of two symbols
# ========================
#
# Among a hundred letters stand two that count, each an X or a Y: one near the
# beginning, one in the middle. There are four classes, X X, X Y, Y X and Y Y, so the
# network has to keep the first symbol over some 40 steps, both over 40 more, and not
# mix them up.

X_train, y_train = make_temporal_order(5000, n_timesteps=100, random_state=0)
X_test, y_test = make_temporal_order(1000, n_timesteps=100, random_state=1)
print("".join("EBabcdXY"[symbol] for symbol in X_test[0].argmax(axis=1)))

network = RNNClassifier(
    units=64, cell="lstm", learning_rate=0.002, batch_size=50, epochs=14, random_state=0
).fit(X_train, y_train)
print(f"temporal order: test accuracy {network.score(X_test, y_test):.4f}")

# %%
# What does it say on the way? For this the network gets the beginning of a sequence,
# longer and longer.

beginnings = np.full((100, 100, 8), np.nan)
for n in range(100):
    beginnings[n, 99 - n :] = X_test[0, : n + 1]
fig, ax = plt.subplots(figsize=(8, 3), layout="constrained")
ax.plot(network.predict_proba(beginnings), label=["X X", "X Y", "Y X", "Y Y"])
symbols = X_test[0].argmax(axis=1)
for step in np.flatnonzero(symbols >= 6):
    ax.axvline(step, color="0.6", linestyle=":")
    ax.text(step + 0.5, 1.03, "EBabcdXY"[symbols[step]])
ax.set(xlabel="time steps read", ylabel="probability", ylim=(0, 1.15))
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()

# %%
# What it says on the way means nothing: only the answer after the last step was ever
# asked for, and there it is sure. What it knows in between is in its state. How the
# gradient reaches back so far is in
# :ref:`sphx_glr_auto_examples_plot_vanishing_gradient.py`.
#
# References
# ==========
#
# .. [1] S. Hochreiter and J. Schmidhuber (1997). "Long Short-Term Memory". Neural
#    Computation 9(8), 1735-1780.
