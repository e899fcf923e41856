"""
=======================================
Who speaks? Sequences of unequal length
=======================================

Nine men say the same two vowels, and a network tells from the sound who it was. The
utterances have 7 to 29 time steps: :class:`~skrnn.SequencePadder` puts them into one
array, and the network skips what is padding.
"""

# %%
# The data
# ========
#
# JapaneseVowels comes with sktime: 270 utterances to learn from, 370 for the test. A
# time step has 12 numbers, coefficients of the spectrum of the sound [1]_.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import ConfusionMatrixDisplay
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sktime.datasets import load_japanese_vowels

from skrnn import RNNClassifier, SequencePadder

X_train, y_train = load_japanese_vowels(split="train", return_X_y=True)
X_test, y_test = load_japanese_vowels(split="test", return_X_y=True)
lengths = X_train.iloc[:, 0].map(len)
print(f"{len(X_train)} utterances of {lengths.min()} to {lengths.max()} steps")

fig, axes = plt.subplots(1, 3, sharey=True, figsize=(8, 3), layout="constrained")
for ax, speaker in zip(axes, "159", strict=True):
    first = np.flatnonzero(y_train == speaker)[0]
    ax.plot(np.column_stack(X_train.iloc[first]))
    ax.set(title=f"speaker {speaker}", xlabel="time step", xlim=(0, 28))
axes[0].set_ylabel("12 coefficients")
plt.show()

# %%
# The padder fills up with NaN, in front of the first step. To the network a step that
# is NaN is no step: a padded utterance gets the same answer as the utterance alone.

padder = SequencePadder().fit(X_train)
padded = padder.transform(X_train)
print(f"In one array: {padded.shape}, {np.isnan(padded[:, :, 0]).mean():.0%} padding")

# %%
# A pipeline
# ==========
#
# Both together are one estimator: it takes what sktime loads, and can be
# cross-validated as a whole. Dropout holds it back from learning 270 utterances by
# heart.

model = make_pipeline(
    SequencePadder(),
    RNNClassifier(
        units=64,
        cell="gru",
        dropout=0.2,
        learning_rate=0.005,
        learning_rate_schedule="one_cycle",
        epochs=40,
        random_state=0,
    ),
)
scores = cross_val_score(model, X_train, y_train, cv=3)
print(f"cross-validated accuracy {scores.mean():.3f}")
model.fit(X_train, y_train)
print(f"test accuracy {model.score(X_test, y_test):.3f}")

# %%
# Which speakers does it take for which?

fig, ax = plt.subplots(figsize=(5, 5), layout="constrained")
ConfusionMatrixDisplay.from_estimator(
    model, X_test, y_test, ax=ax, colorbar=False, cmap="Blues"
)
ax.set(xlabel="the network says", ylabel="speaker")
plt.show()

# %%
# After how many steps does it know? Let it hear only the beginning of each utterance:

heard = range(1, 16)
accuracies = [
    model.score([np.column_stack(row)[:n] for row in X_test.to_numpy()], y_test)
    for n in heard
]
fig, ax = plt.subplots(figsize=(6, 3), layout="constrained")
ax.plot(heard, accuracies, ".-")
ax.axhline(1 / 9, color="0.6", linestyle="--", label="guessing")
ax.set(xlabel="time steps heard", ylabel="test accuracy", ylim=(0, 1.02))
ax.legend()
plt.show()

# %%
# References
# ==========
#
# .. [1] M. Kudo, J. Toyama and M. Shimbo (1999). "Multidimensional curve classification
#    using passing-through regions". Pattern Recognition Letters 20, 1103-1111.
