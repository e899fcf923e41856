"""
========================
A vector to a sequence
========================

A number goes in, its English name comes out, letter by letter. The network sees the
same vector at every step, so where it is in the word is for its memory to know.
"""

# %%
# The data
# ========
#
# The numbers from 0 to 9999 as vectors: ten places for each of four digits, with a 1 at
# the digit. The targets are the letters of the names as integers; 0 is the end.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import train_test_split

from skrnn import LossCurveDisplay, RNNClassifier
from skrnn.datasets import make_number_words

spelling = make_number_words()
X_train, X_test, y_train, y_test, _, numbers_test = train_test_split(
    spelling.data, spelling.target, spelling.numbers, test_size=0.3, random_state=0
)
print(f"X: {X_train.shape}, y: {y_train.shape}, {len(spelling.alphabet)} characters")
print(f"{spelling.numbers[4096]} is '{spelling.names[4096]}'")

# %%
# Seven tenths of the numbers are there to learn from. The network never sees the rest,
# and has to put their names together from what it has learned of digits and places.

model = RNNClassifier(
    units=128,
    cell="gru",
    structure="vec2seq",
    learning_rate=0.01,
    learning_rate_schedule="one_cycle",
    batch_size=64,
    epochs=10,
    random_state=0,
).fit(X_train, y_train)


def read(codes):
    return ["".join(row) for row in spelling.alphabet[codes]]


predicted = model.predict(X_test)
exact = (predicted == y_test).all(axis=1)
print(f"{exact.mean():.1%} of {len(exact)} held-out numbers spelled without a mistake")
for i in [0, 1, 2, *np.flatnonzero(~exact)[:3]]:
    print(f"{numbers_test[i]:5} {read(predicted[[i]])[0]}")

# %%
LossCurveDisplay.from_estimator(model)
plt.show()

# %%
# Letter by letter
# ================
#
# The network gives a probability for every character at every step. It has little doubt
# anywhere: at the end of a word it knows which digit comes next, and in the middle of
# one how the word goes on.

number = 7345
probabilities = model.predict_proba(spelling.data[[number]])[0]
name = read(model.predict(spelling.data[[number]]))[0]
n_shown = len(name) + 2
fig, ax = plt.subplots(figsize=(10, 5), layout="constrained")
image = ax.imshow(
    probabilities[:n_shown].T, aspect="auto", cmap="Blues", vmin=0, vmax=1
)
ax.set(
    title=f"{number}: {name}",
    xlabel="step",
    ylabel="character",
    xticks=range(n_shown),
    xticklabels=[*name.replace(" ", "␣"), "", ""],
    yticks=range(len(spelling.alphabet)),
    yticklabels=["end", "space", *spelling.alphabet[2:]],
)
fig.colorbar(image, label="probability")
plt.show()
