"""The descriptions that the forecasters' docstrings share."""

import inspect

PARAMETERS = """
window_length : int or "auto", default="auto"
    Number of last values that the network sees at each time, beside its own memory.
    "auto" takes 1.25 times the horizon or the seasonal period, of which 96 count at
    most, whichever is longer. Never more than the longest series has.

{cell}units : int, tuple of int or "auto", default="auto"
    Width of the recurrent layer, or of each layer of a stack. "auto" takes two layers
    of 32 for ten series or more, and one of 16 below.

activation : {{"tanh", "relu", "logistic", "identity"}}, default="tanh"
    Activation of the cell's candidate and output.

residual : bool, default=True
    Whether layers of a stack add their input to their output.

dropout : float, default=0.0
    Part of each layer's inputs that is set to zero in training.

recurrent_dropout : float, default=0.0
    Part of each layer's state that is set to zero in training.

strategy : {{"direct", "recursive"}}, default="direct"
    - "direct": one output for each step of the horizon. Thousands of steps take
      gigabytes: a fit that needs more than 2 is warned of, and one that needs more
      than the machine has is an error.
    - "recursive": one output for the next step; further forecasts are made from the
      forecasts before them. With ``loss="quantile"`` the median is fed back, and the
      intervals of further steps come from the errors of recursive forecasts, relative
      to how wide the network's own quantiles of the next step are.

sp : int or "auto", default="auto"
    Seasonal period; 1 for none. "auto" reads it from the frequency of the index: a
    year, for days a week, for hours a day, for minutes a day if the longest series has
    two of them, or else an hour, and for seconds an hour or a minute. For integers a
    test decides. A season is found where a series has it twice, be it after an
    `update`; one that is longer than every series in `fit` is warned of.

log : bool or "auto", default="auto"
    Whether networks see logarithms; "auto" for series whose values are all positive.

deseasonalize : bool, default=True
    Whether seasonal indices are removed before the networks and put back after them.

baseline : {{"theta", "naive"}}, default="theta"
    What networks correct: a smoothed level with half a linear trend, or the last value.

combine : {{"auto", "theta"}} or None, default="auto"
    How much networks and baseline count.

    - "auto": as suits the number of series; for a lone one a trial on its end decides.
    - "theta": both alike (of logarithms, so it is their geometric mean, where the
      series is positive). Needs ``baseline="theta"``.
    - None: networks alone.

regress_exogenous : bool, default=True
    Whether the linear effect of X is estimated by a ridge regression and removed before
    the networks, which see the rest and X itself.

n_estimators : int, default=5
    Number of networks of different initial weights; their median counts.

loss : {{"absolute_error", "squared_error", "huber", "quantile"}}, \
        default="absolute_error"
    What training minimises.

    With "quantile", networks have an output for each level of `quantiles` at each step,
    trained together on the pinball loss. The forecast is the median; quantiles depend
    on what the networks see, so that intervals are wide where the season or X say that
    errors will be large. Whatever the weights, quantiles never cross: offsets from a
    network's median are put in order (Chernozhukov, Fernandez-Val & Galichon, 2010).
    With the other losses, quantiles come from the errors of the forecasts, whose size
    is the same at all times of a series.

quantiles : sequence of float, default=(0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
    Levels that networks put out, some below 0.5 and some above. Only used with
    ``loss="quantile"``. Levels between are interpolated, those beyond the outermost
    extrapolated, as if both were of a normal distribution: linearly in its scores.

optimizer : {{"adamw", "adam", "sgd", "rmsprop"}}, default="adamw"
    How weights are updated; "sgd" with Nesterov's momentum of 0.9.

learning_rate : float or "auto", default="auto"
    Peak learning rate. "auto": 0.01 for ten series or more, 0.003 for fewer.

learning_rate_schedule : {{"one_cycle", "cosine", "constant"}}, default="one_cycle"
    Course of the learning rate over the training.

alpha : float, default=0.0
    L2 penalty on the weights.

weight_decay : float or "auto", default="auto"
    Decoupled weight decay, times the learning rate: only for "adamw". "auto": 0.01 for
    ten series or more, 30 for fewer.

clip_norm : float or None, default=1.0
    Largest norm of a gradient.

batch_size : int, default=32
    Number of rows, stretches of a series, in a training step.

epochs : int or "auto", default="auto"
    Number of passes over the series. "auto": 20 for ten series or more, 40 for fewer;
    less of long series. A trial on the end of fewer than ten series, of three windows
    or more, shows whether there is more to learn. If so, "auto" means 200 epochs with a
    learning rate of 0.01 and a weight decay of 0.1, and the networks count for as much
    beside the baseline as is best there. The trial is made with what is not "auto".

shuffle : bool, default=True
    Whether the order of rows changes from epoch to epoch.

early_stopping : bool, default=False
    Whether the ends of the series are kept for validation, and training stops when it
    no longer helps there. The weights of the best epoch are kept. The trial of a lone
    series is then made on the same end; see `epochs`.

validation_fraction : float, default=0.1
    Part of a series that is kept for validation. Only used with `early_stopping`.

n_iter_no_change : int, default=10
    Number of epochs without better validation score before training stops. Only used
    with `early_stopping`.

tol : float, default=1e-4
    What counts as better. Only used with `early_stopping`.

max_train_size : int or None, default=32768
    Number of last values of each series to learn from; None for all of them. Memory and
    time of a fit grow with it, and not with the length of longer series.

calibrate : bool or "auto", default="auto"
    Whether the width of prediction intervals is set by networks that are trained
    without the end of the series; "auto" does it for ten series or more, and for a lone
    one that networks learn much of. It costs two more networks; with `early_stopping`
    nothing. With ``loss="quantile"`` and ten series or more, each level is calibrated
    by itself (conformalized quantile regression; Romano, Patterson & Candes, 2019): its
    offset from the median is stretched, by at least a tenth, as the errors of all steps
    together say, or those of each step where there are a thousand.

fine_tune_epochs : int, default=0
    For how many epochs a pretrained forecaster trains on in `fit`.

random_state : int, RandomState instance or None, default=None
    Where initial weights, orders and dropout come from. Pass an int for results that
    are the same every time.

verbose : int, default=0
    Whether to print the loss of each epoch.
"""

CELL = """cell : {"rnn", "lstm", "gru"}, default="rnn"
    The recurrent cell.

"""

ATTRIBUTES = """
model_ : Model
    The fitted networks as plain data.

sp_ : int
    Seasonal period.

window_length_ : int
    Number of last values that the networks see.

n_iter_ : int
    Number of epochs trained.

loss_curve_ : ndarray of shape (n_iter_,)
    Training loss of each epoch, averaged over the networks.

validation_scores_ : ndarray of shape (n_iter_,) or (0,)
    Negative absolute error on the validation part, averaged over the networks.

pretrained_model_ : Model
    What `pretrain` learned. Only there after it.
"""


def documented(cls):
    """Fill `{parameters}` and `{attributes}` of a docstring, if Python keeps any."""
    if cls.__doc__ is None:
        return cls
    cell = CELL if "cell" in inspect.signature(cls.__init__).parameters else ""
    cls.__doc__ = inspect.cleandoc(cls.__doc__).format(
        parameters=PARAMETERS.format(cell=cell).strip(),
        attributes=ATTRIBUTES.strip(),
    )
    return cls
