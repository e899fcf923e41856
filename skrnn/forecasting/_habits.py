"""How networks are trained by default: what a user leaves "auto" is filled in here."""

import numpy as np

from skrnn.engine._settings import Settings

# Chosen on the training parts of M1, their last horizon held out (docs/accuracy.rst).
# "lone" is for a few series, "eager" for those of which a trial shows that more can be
# learned.
HABITS = {
    "panel": {
        "units": (32, 32),
        "learning_rate": 1e-2,
        "weight_decay": 0.01,
        "epochs": 20,
    },
    "lone": {
        "units": (16,),
        "learning_rate": 3e-3,
        "weight_decay": 30.0,
        "epochs": 40,
    },
    "eager": {
        "units": (16,),
        "learning_rate": 1e-2,
        "weight_decay": 0.1,
        "epochs": 200,
    },
}
LONE_BELOW = 10
WINDOW_PER_HORIZON = 1.25
# Longer seasons, a day of minutes, do not lengthen the window: indices remove them.
LONG_SEASON = 96
MAX_ROW = {"panel": 256, "lone": 256, "eager": 32}
# A lone series of so many values has rows enough: shorter ones take less memory.
LONG, LONG_ROW = 4096, 64
# Times seen in one whole training run, from which on epochs become fewer.
MAX_TIMES = {"panel": 8_000_000, "lone": 400_000, "eager": 200_000}
MAX_SHARE = 0.9


def window_length(choice, horizon, sp, longest):
    """Resolve "auto", and shrink the window to the longest series."""
    if choice == "auto":
        choice = int(np.ceil(WINDOW_PER_HORIZON * max(horizon, min(sp, LONG_SEASON))))
    return max(1, min(choice, longest))


def row_length(sizes, kind):
    """Choose the times in a row: few different ones, so that programs are shared."""
    limit = MAX_ROW[kind]
    if kind == "lone" and sizes.max() > LONG:
        limit = LONG_ROW
    longest = min(int(sizes.max()), limit)
    return longest if longest <= 64 else min(limit, -(-longest // 16) * 16)


def kind_of(n_series):
    """Name the habits that suit so many series, before any trial."""
    return "panel" if n_series >= LONE_BELOW else "lone"


def settings_for(kind, n_times, chosen):
    """Fill in the hyperparameters that are "auto"."""
    defaults: dict = dict(HABITS[kind])
    affordable = int(MAX_TIMES[kind] / n_times)
    defaults["epochs"] = int(np.clip(affordable, 1, defaults["epochs"]))
    auto = {name for name, value in chosen.items() if value == "auto"} - {"jit_compile"}
    filled: dict = {n: defaults[n] if n in auto else chosen[n] for n in chosen}
    return Settings(**filled)
