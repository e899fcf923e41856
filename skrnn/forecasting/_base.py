"""What all forecasters share: between sktime's interface and the numeric core."""

import warnings
from abc import abstractmethod

import numpy as np
import pandas as pd
from sktime.forecasting.base import BaseForecaster

from skrnn.forecasting import _model, _parameters
from skrnn.forecasting._exogenous import ExogenousEncoder
from skrnn.forecasting._frames import following, join
from skrnn.forecasting._history import merge, read_history, rows_of
from skrnn.forecasting._horizon import horizon_steps
from skrnn.forecasting._intervals import MAX_ROWS, error_quantiles
from skrnn.forecasting._prediction import (
    build_panel,
    predict_steps,
    prepare_all,
    scales_of,
)
from skrnn.forecasting._recursive import recursive_forecasts_from
from skrnn.forecasting._season import seasonal_period
from skrnn.forecasting._series import Preparation

# Rows of a series that are kept: estimates from so many are as good as from all.
TAIL = 2048
TEST_PARAMS = [
    {"window_length": 4, "units": 3, "n_estimators": 1, "epochs": 2, "random_state": 0},
    {
        "units": (3, 3),
        "strategy": "recursive",
        "sp": 4,
        "log": False,
        "baseline": "naive",
        "n_estimators": 2,
        "loss": "huber",
        "epochs": 2,
        "early_stopping": True,
        "dropout": 0.1,
        "fine_tune_epochs": 1,
        "random_state": 0,
    },
]
FRAMES = ["pd.DataFrame", "pd-multiindex", "pd_multiindex_hier"]


class BaseRecurrentForecaster(BaseForecaster):
    """Base of the forecasters; a subclass only says which cell it has.

    Fitted state is plain data: the `Model` of the core, the last rows of the series,
    and the quantiles of the forecasts' errors.
    """

    _tags = {
        "authors": ["skrnn developers"],
        "maintainers": ["skrnn developers"],
        "y_inner_mtype": FRAMES,
        "X_inner_mtype": FRAMES,
        "requires-fh-in-fit": True,
        "X-y-must-have-same-index": True,
        "capability:multivariate": True,
        "capability:exogenous": True,
        "capability:categorical_in_X": True,
        "capability:non_contiguous_X": True,
        "capability:missing_values": True,
        "capability:unequal_length": True,
        "capability:insample": True,
        "capability:pred_int": True,
        "capability:pred_int:insample": True,
        "capability:update": True,
        "capability:pretrain": True,
        "pretrain:fitted_params": ["pretrained_model_", "pretrained_encoder_"],
        "capability:random_state": True,
        "property:randomness": "derandomized",
    }

    # The rows that predictions need are kept in `_history`.
    _config = {"remember_data": False}
    # sktime reads these where a user switches it on after construction.
    _y = None
    _X = None

    @property
    @abstractmethod
    def _cell(self):
        """Name of the recurrent cell."""

    def _fit(self, y, X, fh):
        _parameters.check_parameters(self)
        self._seed, self._n_updates = _parameters.seed_of(self), 0
        rng = np.random.default_rng(self._seed)
        pretrained = getattr(self, "pretrained_model_", None)
        if pretrained is None:
            self._encoder = None if X is None else ExogenousEncoder().fit(X)
            history = read_history(y, X, self._encoder)
            model, panel = self._train(history, fh, rng)
        else:
            self._encoder = self.pretrained_encoder_
            history = self._read(y, X, self._encoder)
            model, panel = self._adapt(pretrained, history, fh, rng)
        self._set_model(model)
        self._keep(history, panel, fh)
        return self

    def _train(self, history, fh, rng):
        """Train networks on all series of a history."""
        ys = history.series
        _require_values(ys, self.log)
        furthest = max(1, *(s.ahead.max() for s in horizon_steps(fh, history)))
        sp = self.sp
        if sp == "auto":
            sp = seasonal_period(max(history.times, key=len), ys)
        preparation = Preparation(sp, self.log, self.deseasonalize, self.baseline)
        horizon = 1 if self.strategy == "recursive" else furthest
        panel = _model.make_panel(
            ys,
            preparation,
            self._choose_window(furthest, sp, max(map(len, ys))),
            horizon,
            history.known(horizon),
        )
        model = _model.fit(
            panel,
            preparation,
            _parameters.network_of(self, self._cell),
            _parameters.optimizer_of(self),
            _parameters.loss_of(self),
            _parameters.settings_of(self),
            self.n_estimators,
            rng,
            self._n_validation(ys),
            self._report if self.verbose else None,
        )
        if model.interrupted:
            warnings.warn(
                "Training was interrupted; the weights so far are kept.",
                UserWarning,
                stacklevel=2,
            )
        return model, panel

    def _choose_window(self, horizon, sp, longest):
        chosen = _model.window_length(self.window_length, horizon, sp, longest)
        if self.window_length != "auto" and chosen < self.window_length:
            warnings.warn(
                f"window_length={self.window_length} is longer than the longest series "
                f"in y, which has {longest} values. It is shrunk to {chosen}.",
                UserWarning,
                stacklevel=2,
            )
        return chosen

    def _n_validation(self, ys):
        """Count the last values of each series that are not trained on."""
        if not self.early_stopping:
            return 0
        typical = np.median([len(y) for y in ys])
        return int(np.ceil(self.validation_fraction * typical))

    def _report(self, epoch, params, loss, score):
        scored = "" if score is None else f", validation score = {score.mean():.6f}"
        print(f"Epoch {epoch + 1}, loss = {loss.mean():.6f}{scored}")

    def _adapt(self, model, history, fh, rng):
        """Take over a pretrained model, and train it on if `fine_tune_epochs` says."""
        _require_values(history.series, model.preparation.log)
        furthest = max(s.ahead.max() for s in horizon_steps(fh, history))
        if model.horizon > 1 and furthest > model.horizon:
            raise ValueError(
                f"fh must not reach beyond what the forecaster was pretrained for, "
                f"{model.horizon} steps ahead, got {furthest}. Call `pretrain` with a "
                f"longer fh, or use strategy='recursive'."
            )
        panel = self._panel_of(model, history)
        if self.fine_tune_epochs:
            since = np.zeros(len(panel.sizes), dtype=int)
            settings = _parameters.settings_of(self)
            model = _model.update(
                model, panel, since, settings, rng, self.fine_tune_epochs
            )
        return model, panel

    def _panel_of(self, model, history, scales=()):
        """Prepare a history for a model, nothing known of what comes."""
        series = prepare_all(history.series, model.preparation, scales)
        return build_panel(model, series, history.known(model.horizon))

    def _set_model(self, model):
        """Show what a user may want to see of the model."""
        self.model_ = model
        self.sp_ = model.preparation.sp
        self.window_length_ = model.window
        self.n_iter_ = len(model.loss_curve)
        self.loss_curve_ = model.loss_curve.mean(axis=1)
        self.validation_scores_ = model.scores.mean(axis=1)

    def _keep(self, history, panel, fh):
        """Keep what predictions and updates need."""
        self._scales = scales_of(panel.series)
        self._errors = self._estimate_errors(history, panel, fh)
        self._history = history.tail(self._n_kept(history, fh))

    def _estimate_errors(self, history, panel, fh):
        model = self.model_
        furthest = max(s.ahead.max() for s in horizon_steps(fh, history))
        if model.horizon > 1 or furthest <= 1:
            made = _model.forecasts_from_everywhere(model, panel, MAX_ROWS)
        else:
            made = recursive_forecasts_from(
                model, panel.series, history.series, history.known(0), furthest
            )
        return error_quantiles(panel, *made)

    def _n_kept(self, history, fh):
        earliest = min(s.ahead.min() for s in horizon_steps(fh, history))
        model = self.model_
        needed = max(TAIL, 8 * self.sp_, 4 * (model.window + model.horizon))
        return int(needed + max(0, -earliest))

    def _read(self, y, X, encoder, freq=None):
        """Read new rows for a model that is there."""
        self._require_exogenous(X, encoder)
        return read_history(y, X, encoder, freq)

    def _require_exogenous(self, X, encoder):
        if (X is None) != (encoder is None):
            given, wanted = ("no X", "X") if X is None else ("X", "no X")
            raise ValueError(
                f"The {type(self).__name__} was trained with {wanted}, but got "
                f"{given}. Pass X to all methods or to none."
            )

    def _predict(self, fh, X):
        return self._frame(fh, X, None, self._get_columns("predict"))

    def _predict_quantiles(self, fh, X, alpha):
        columns = self._get_columns("predict_quantiles", alpha=alpha)
        return self._frame(fh, X, alpha, columns)

    def _frame(self, fh, X, alpha, columns):
        """Forecast, and put points or quantiles into a frame."""
        history = self._history
        steps = horizon_steps(fh, history)
        n_columns = history.n_columns
        ahead = [s.ahead for s in steps for _ in range(n_columns)]
        series, z = predict_steps(
            self.model_, history.series, self._known(X, steps), self._scales, ahead
        )
        blocks = []
        for i, (s, step, point) in enumerate(zip(series, ahead, z, strict=True)):
            spread = 0.0 if alpha is None else self._errors.offsets(i, step, alpha)
            blocks.append(s.restore(point[:, None] + spread))
        rows = [
            np.concatenate(blocks[i : i + n_columns], axis=1)
            for i in range(0, len(blocks), n_columns)
        ]
        index = join(history.keys, [s.times for s in steps], history.names)
        return pd.DataFrame(np.concatenate(rows), index=index, columns=columns)

    def _known(self, X, steps):
        """Give the known and the coming exogenous rows of every series."""
        history = self._history
        furthest = max(s.ahead.max() for s in steps)
        if self._encoder is None or furthest < 1:
            return history.known(0)
        self._require_exogenous(X, self._encoder)
        coming = [following(t[-1], furthest, history.freq) for t in history.times]
        needed = [np.isin(np.arange(1, furthest + 1), s.ahead) for s in steps]
        future = rows_of(X, self._encoder, history.keys, coming, "the horizon", needed)
        return history.known(furthest, future)

    def _update(self, y, X=None, update_params=True):
        old = self._history
        history = merge(old, self._read(y, X, self._encoder, old.freq))
        ends = dict(zip(old.keys, old.times, strict=True))
        _require_values(history.series, False)
        if update_params:
            self._n_updates += 1
            rng = np.random.default_rng([self._seed, self._n_updates])
            panel = self._panel_of(self.model_, history, self._scales)
            firsts = [
                int(np.searchsorted(times, ends[key][-1], side="right"))
                if key in ends
                else 0
                for key, times in zip(history.keys, history.times, strict=True)
            ]
            since = np.repeat(firsts, history.n_columns)
            settings = _parameters.settings_of(self)
            self._set_model(_model.update(self.model_, panel, since, settings, rng))
            self._keep(history, panel, self.fh)
        elif len(history.keys) > len(old.keys):
            panel = self._panel_of(self.model_, history, self._scales)
            self._keep(history, panel, self.fh)
        else:
            self._history = history.tail(self._n_kept(history, self.fh))
        return self

    def _pretrain(self, y, X=None, fh=None):
        _parameters.check_parameters(self)
        if fh is None:
            raise ValueError(
                "fh must be passed to `pretrain`: the network has an output for each "
                "step of the horizon."
            )
        encoder = None if X is None else ExogenousEncoder().fit(X)
        history = read_history(y, X, encoder)
        rng = np.random.default_rng(_parameters.seed_of(self))
        self.pretrained_model_, _ = self._train(history, fh, rng)
        self.pretrained_encoder_ = encoder
        return self

    def _pretrain_update(self, y, X=None, fh=None):
        model = getattr(self, "pretrained_model_", None)
        if model is None:
            return self._pretrain(y, X, self._fh if fh is None else fh)
        history = self._read(y, X, self.pretrained_encoder_)
        panel = self._panel_of(model, history)
        rng = np.random.default_rng(_parameters.seed_of(self))
        since = np.zeros(len(panel.sizes), dtype=int)
        settings = _parameters.settings_of(self)
        self.pretrained_model_ = _model.update(model, panel, since, settings, rng)
        return self

    @classmethod
    def get_test_params(cls, parameter_set="default"):
        """Return parameters for sktime's conformance suite.

        Parameters
        ----------
        parameter_set : str, default="default"
            Not used: there is only one.

        Returns
        -------
        list of dict
        """
        return TEST_PARAMS


def _require_values(ys, log):
    """Refuse series of which nothing is known, or logarithms of what has none."""
    if not all(np.isfinite(y).any() for y in ys):
        raise ValueError(
            "y must have at least one value that is not NaN in every series and column."
        )
    if log is True and any((y <= 0).any() for y in ys):
        raise ValueError(
            "y must be positive for log=True, got values of zero or below. Set "
            "log='auto' or log=False."
        )
