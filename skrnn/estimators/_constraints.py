"""What the parameters that all estimators share may be."""

from skrnn._sklearn import Integral, Interval, Real, StrOptions
from skrnn.engine._architecture import ACTIVATIONS, GATES, STRUCTURES
from skrnn.engine._optimizers import UPDATES
from skrnn.engine._settings import SCHEDULES

CONSTRAINTS = {
    "units": [Interval(Integral, 1, None, closed="left"), tuple, list],
    "cell": [StrOptions(set(GATES))],
    "structure": [StrOptions(set(STRUCTURES))],
    "bidirectional": ["boolean"],
    "residual": ["boolean"],
    "activation": [StrOptions(set(ACTIVATIONS))],
    "vocabulary_size": [Interval(Integral, 2, None, closed="left"), None],
    "embedding_size": [Interval(Integral, 1, None, closed="left")],
    "dropout": [Interval(Real, 0, 1, closed="left")],
    "recurrent_dropout": [Interval(Real, 0, 1, closed="left")],
    "optimizer": [StrOptions(set(UPDATES))],
    "learning_rate": [Interval(Real, 0, None, closed="neither")],
    "learning_rate_schedule": [StrOptions(set(SCHEDULES))],
    "momentum": [Interval(Real, 0, 1, closed="left")],
    "weight_decay": [Interval(Real, 0, None, closed="left")],
    "alpha": [Interval(Real, 0, None, closed="left")],
    "clip_norm": [Interval(Real, 0, None, closed="neither"), None],
    "batch_size": [
        StrOptions({"auto"}),
        Interval(Integral, 1, None, closed="left"),
    ],
    "epochs": [Interval(Integral, 1, None, closed="left")],
    "shuffle": ["boolean"],
    "early_stopping": ["boolean"],
    "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
    "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
    "tol": [Interval(Real, 0, None, closed="left")],
    "warm_start": ["boolean"],
    "n_features_per_step": [Interval(Integral, 1, None, closed="left")],
    "jit_compile": [StrOptions({"auto"}), "boolean"],
    "random_state": ["random_state"],
    "verbose": ["verbose"],
}
