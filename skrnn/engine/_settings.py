"""Hyperparameters of a training run, and the courses of its learning rate."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Settings:
    """Hyperparameters of a training run; none of them is part of a program's key.

    Parameters
    ----------
    learning_rate : float
        Peak learning rate.
    schedule : {"constant", "cosine", "one_cycle"}
        Course of the learning rate over all steps of the run.
    alpha : float
        L2 penalty, divided by the sum of weights of a batch as in MLPRegressor.
    weight_decay : float
        Decoupled weight decay, for "adamw".
    clip_norm : float or None
        Largest norm of a network's whole gradient.
    dropout, recurrent_dropout : float
        Parts of the inputs and of the recurrent state set to zero, one mask a sequence.
    batch_size, epochs : int
    shuffle : bool
        Draw a new order of the rows in every epoch.
    n_iter_no_change : int or None
        Stop after so many epochs without a better validation score; None never stops.
    tol : float
        What counts as better.
    jit_compile : bool or "auto"
        Whether XLA compiles the steps; "auto" decides by the shapes.
    """

    learning_rate: float = 1e-3
    schedule: str = "constant"
    alpha: float = 0.0
    weight_decay: float = 0.0
    clip_norm: float | None = None
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    batch_size: int = 32
    epochs: int = 100
    shuffle: bool = True
    n_iter_no_change: int | None = None
    tol: float = 1e-4
    jit_compile: bool | str = "auto"


def _constant(progress):
    return np.ones_like(progress)


def _cosine(progress):
    """Loshchilov & Hutter (2017): from the peak to zero along half a cosine."""
    return 0.5 * (1 + np.cos(np.pi * progress))


def _one_cycle(progress):
    """Smith & Topin (2019): up for 30 % of the run, then down to almost nothing."""
    up = 0.04 + 0.96 * 0.5 * (1 - np.cos(np.pi * np.minimum(progress / 0.3, 1)))
    down = 0.5 * (1 + np.cos(np.pi * np.clip((progress - 0.3) / 0.7, 0, 1)))
    return np.where(progress < 0.3, up, np.maximum(down, 4e-6))


SCHEDULES = {"constant": _constant, "cosine": _cosine, "one_cycle": _one_cycle}
