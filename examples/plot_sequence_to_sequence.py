"""
====================
Sequence to sequence
====================

A network that answers at every step: it reads a noisy sine, and says at each moment
what the next value will be. The model is that of the textbook: one layer of 100 units,
and a linear head which is applied at every step. In the terms of Keras, that is
``SimpleRNN(100, return_sequences=True)``, or ``LSTM`` or ``GRU`` in its place, and
``TimeDistributed(Dense(1))``.
"""

# %%
# Every step teaches
# ==================
#
# The targets are the inputs, one step later. With `structure="seq2seq"` the network has
# an output for each step, and each of them has a part in the loss: 40 lessons from a
# sequence of 40 steps.

import matplotlib.pyplot as plt
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.metrics import mean_squared_error

from skrnn import ForecastDisplay, RNNRegressor
from skrnn.datasets import make_noisy_sine

NOISE, N_STEPS, N_AHEAD = 0.1, 40, 100

series = make_noisy_sine(1000, noise=NOISE, random_state=0)
train, test = series[:800], series[800:]


def one_step_ahead(series):
    """Sequences of inputs, and the same sequences one step later."""
    windows = sliding_window_view(series, N_STEPS + 1)
    return windows[:, :-1, None], windows[:, 1:]


X_train, y_train = one_step_ahead(train)
X_test, y_test = one_step_ahead(test)
print(f"X: {X_train.shape}, y: {y_train.shape}")

# %%
# The noise cannot be foreseen, so no forecast has a mean squared error below its
# variance, 0.01, in the long run. That is the *noise floor*.

NAMES = {"rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}
models = {}
for cell, name in NAMES.items():
    model = RNNRegressor(
        units=100,
        cell=cell,
        structure="seq2seq",
        learning_rate=0.003,
        learning_rate_schedule="one_cycle",
        epochs=20,
        random_state=0,
    )
    models[cell] = model.fit(X_train, y_train)
    error = mean_squared_error(y_test[:, -1], model.predict(X_test)[:, -1])
    print(
        f"{name:9} error at the last step {error:.4f}, "
        f"{error / NOISE**2:.2f} times the noise floor"
    )

# %%
# The same model in Keras, with the weights that were learned. What stands before the
# recurrent layer finds the steps that are masked; here there are none.

models["rnn"].to_keras().summary()

# %%
# At the first step the network has seen one value, and cannot know whether the sine
# goes up or down from there. The more it has read, the better it knows. This is its
# memory at work:

fig, ax = plt.subplots(figsize=(7, 3.5), layout="constrained")
for cell, model in models.items():
    errors = ((model.predict(X_test) - y_test) ** 2).mean(axis=0)
    ax.semilogy(np.arange(1, N_STEPS + 1), errors, ".-", label=NAMES[cell])
ax.axhline(NOISE**2, color="0.4", linestyle="--", label="noise floor")
ax.set(xlabel="steps that the network has read", ylabel="mean squared error")
ax.legend()
plt.show()

# %%
# A forecast
# ==========
#
# To look further ahead than one step, let the network read what it said itself: its
# last output becomes the next input.


def forecast(model, start, n_ahead):
    sequence = list(start)
    for _ in range(n_ahead):
        window = np.reshape(sequence[-N_STEPS:], (1, N_STEPS, 1))
        sequence.append(model.predict(window)[0, -1])
    return np.array(sequence[len(start) :])


clean = make_noisy_sine(1000, noise=0.0)[800 : 800 + N_AHEAD]
fig, axes = plt.subplots(3, sharex=True, figsize=(8, 7), layout="constrained")
for ax, (cell, model) in zip(axes, models.items(), strict=True):
    ahead = forecast(model, train[-N_STEPS:], N_AHEAD)
    ForecastDisplay.from_predictions(
        test[:N_AHEAD], ahead, ax=ax, line_kwargs={"color": "C1", "linewidth": 2}
    )
    ax.plot(clean, "k--", linewidth=1, label="sine without noise")
    distance = np.sqrt(mean_squared_error(clean, ahead))
    ax.set(title=NAMES[cell], xlabel="", ylabel="", ylim=(-1.3, 1.8))
    ax.legend(loc="upper right", ncols=3)
    print(f"{NAMES[cell]:9} distance from the sine without noise {distance:.3f}")
axes[-1].set_xlabel("steps ahead")
plt.show()

# %%
# Four periods on, the forecast still follows the sine, of which the network has never
# seen a value without noise. The forecasters of skrnn do more: they give all steps of
# the horizon at once, bring series to a common scale, and say how sure they are. See
# :doc:`/user_guide/forecasting`.
