"""The forecasters' parameters: what they may be, and what the core makes of them."""

import numpy as np

from skrnn._sklearn import (
    Integral,
    Interval,
    Real,
    StrOptions,
    check_random_state,
    validate_parameter_constraints,
)
from skrnn.engine._architecture import ACTIVATIONS, GATES
from skrnn.engine._losses import Loss
from skrnn.engine._optimizers import UPDATES, Optimizer
from skrnn.engine._settings import SCHEDULES

AUTO = StrOptions({"auto"})
POSITIVE = Interval(Real, 0, None, closed="neither")
NOT_NEGATIVE = Interval(Real, 0, None, closed="left")
COUNT = Interval(Integral, 1, None, closed="left")
PART = Interval(Real, 0, 1, closed="left")
HUBER_DELTA = 1.0

CONSTRAINTS = {
    "window_length": [AUTO, COUNT],
    "cell": [StrOptions(set(GATES))],
    "units": [AUTO, COUNT, tuple, list],
    "activation": [StrOptions(set(ACTIVATIONS))],
    "residual": ["boolean"],
    "dropout": [PART],
    "recurrent_dropout": [PART],
    "strategy": [StrOptions({"direct", "recursive"})],
    "sp": [AUTO, COUNT],
    "log": [AUTO, "boolean"],
    "deseasonalize": ["boolean"],
    "baseline": [StrOptions({"theta", "naive"})],
    "combine": [StrOptions({"auto", "theta"}), None],
    "regress_exogenous": ["boolean"],
    "n_estimators": [COUNT],
    "loss": [StrOptions({"absolute_error", "squared_error", "huber", "quantile"})],
    "quantiles": [tuple, list, np.ndarray],
    "optimizer": [StrOptions(set(UPDATES))],
    "learning_rate": [AUTO, POSITIVE],
    "learning_rate_schedule": [StrOptions(set(SCHEDULES))],
    "alpha": [NOT_NEGATIVE],
    "weight_decay": [AUTO, NOT_NEGATIVE],
    "clip_norm": [POSITIVE, None],
    "batch_size": [COUNT],
    "epochs": [AUTO, COUNT],
    "shuffle": ["boolean"],
    "early_stopping": ["boolean"],
    "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
    "n_iter_no_change": [COUNT],
    "tol": [NOT_NEGATIVE],
    "max_train_size": [COUNT, None],
    "calibrate": [AUTO, "boolean"],
    "fine_tune_epochs": [Interval(Integral, 0, None, closed="left")],
    "random_state": ["random_state"],
    "verbose": ["verbose"],
}

# Small and quick, for sktime's conformance suite.
TEST_PARAMS = [
    {"window_length": 4, "units": 3, "n_estimators": 1, "epochs": 2, "random_state": 0},
    {
        "units": (3, 3),
        "strategy": "recursive",
        "sp": 4,
        "log": False,
        "baseline": "naive",
        "combine": None,
        "n_estimators": 2,
        "loss": "huber",
        "epochs": 2,
        "early_stopping": True,
        "dropout": 0.1,
        "fine_tune_epochs": 1,
        "random_state": 0,
    },
    {
        "units": 3,
        "n_estimators": 2,
        "loss": "quantile",
        "quantiles": (0.1, 0.3, 0.8),
        "epochs": 2,
        "calibrate": True,
        "random_state": 0,
    },
]


def check_parameters(forecaster):
    """Refuse parameters that are not what they must be."""
    given = forecaster.get_params(deep=False)
    name = type(forecaster).__name__
    constraints = {key: CONSTRAINTS[key] for key in given}
    validate_parameter_constraints(constraints, given, caller_name=name)
    _check_units(given["units"], name)
    _check_quantiles(given["quantiles"], name)
    if given["combine"] == "theta" and given["baseline"] != "theta":
        raise ValueError(
            f"The 'combine' parameter of {name} must be 'auto' or None unless "
            f"baseline='theta'. Got 'theta' and baseline={given['baseline']!r} instead."
        )


def _check_units(units, name):
    layers = units if isinstance(units, tuple | list) else (1,)
    if not layers or not all(COUNT.is_satisfied_by(n) for n in layers):
        raise ValueError(
            f"The 'units' parameter of {name} must be an int of at least 1, or a "
            f"tuple of them, one for each layer. Got {units!r} instead."
        )


def _check_quantiles(quantiles, name):
    levels = quantiles
    if isinstance(levels, np.ndarray):
        levels = list(np.atleast_1d(levels))
    inside = all(isinstance(q, Real) and 0 < float(q) < 1 for q in levels)
    different = inside and len(set(levels)) == len(levels)
    if not different or not levels or not min(levels) < 0.5 < max(levels):
        raise ValueError(
            f"The 'quantiles' parameter of {name} must be different floats between 0 "
            f"and 1, some below 0.5 and some above. Got {quantiles!r} instead."
        )


def network_of(forecaster, cell):
    """Give the fields of the Architecture that parameters decide."""
    units = forecaster.units
    if units != "auto":
        units = (units,) if isinstance(units, Integral) else units
        units = tuple(int(n) for n in units)
    return {
        "cell": cell,
        "units": units,
        "activation": forecaster.activation,
        "residual": bool(forecaster.residual),
    }


def optimizer_of(forecaster):
    """Give the Optimizer."""
    return Optimizer(forecaster.optimizer)


def loss_of(forecaster):
    """Give the Loss."""
    if forecaster.loss == "quantile":
        return Loss("quantile", tuple(sorted(float(q) for q in forecaster.quantiles)))
    huber = forecaster.loss == "huber"
    return Loss(forecaster.loss, (HUBER_DELTA,) if huber else ())


def settings_of(forecaster):
    """Give the fields of Settings that parameters decide; "auto" is left as it is."""
    names = (
        "learning_rate",
        "alpha",
        "weight_decay",
        "clip_norm",
        "dropout",
        "recurrent_dropout",
        "batch_size",
        "epochs",
        "shuffle",
        "tol",
    )
    patience = forecaster.n_iter_no_change if forecaster.early_stopping else None
    chosen = {name: getattr(forecaster, name) for name in names}
    return {
        **chosen,
        "schedule": forecaster.learning_rate_schedule,
        "n_iter_no_change": patience,
        "jit_compile": "auto",
    }


def seed_of(forecaster):
    """Draw the number that all random numbers of a fit come from."""
    random_state = check_random_state(forecaster.random_state)
    return int(random_state.randint(np.iinfo(np.int32).max))
