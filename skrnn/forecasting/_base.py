"""What all forecasters share: between sktime's interface and the numeric core."""

from abc import abstractmethod

import numpy as np
import pandas as pd
from sktime.forecasting.base import BaseForecaster
from sktime.utils.validation.forecasting import check_fh

from skrnn._stored import Stored
from skrnn.forecasting import _parameters
from skrnn.forecasting._effect import add_effect
from skrnn.forecasting._exogenous import require_as_trained
from skrnn.forecasting._frames import following, join
from skrnn.forecasting._history import require_values, rows_of
from skrnn.forecasting._horizon import furthest_step, horizon_steps
from skrnn.forecasting._prediction import predict_steps, start_to_keep
from skrnn.forecasting._reading import learn_and_read, read
from skrnn.forecasting._training import (
    adapt,
    panel_of,
    require_horizon,
    train,
    train_on,
)
from skrnn.forecasting._uncertainty import estimate_quantiles

# Rows of a series that are kept: estimates from so many are as good as from all.
TAIL = 2048
FRAMES = ["pd.DataFrame", "pd-multiindex", "pd_multiindex_hier"]


class BaseRecurrentForecaster(Stored, BaseForecaster):
    """Base of the forecasters, but for updates: fit, pretrain and predict.

    Fitted state is plain data: the `Model` of the core, the last rows of the series,
    and what the quantiles of forecasts are made of.
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
        pretrained = getattr(self, "pretrained_model_", None)
        if pretrained is None:
            history, self._encoder, self._bases = learn_and_read(self, y, X)
            furthest = furthest_step(fh, history)
            recent = history.tail(self.max_train_size)
            model, panel = train(self, self._cell, recent, furthest, self._seed)
        else:
            self._encoder, self._bases = self.pretrained_encoder_, {}
            history = read(self, y, X, self._encoder, self._bases)
            furthest = furthest_step(fh, history)
            recent = history.tail(self.max_train_size)
            model, panel = adapt(self, pretrained, recent, furthest, self._seed)
        self._set_model(model)
        self._furthest = furthest
        self._keep(history, panel, fh)
        return self

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
        self._scales = [s.to_scale() for s in panel.series]
        self._remember(history, fh)
        self._errors = estimate_quantiles(self.model_, history, panel, self._furthest)

    def _remember(self, history, fh):
        """Keep what forecasts go on from."""
        model = self.model_
        earliest = min(s.ahead.min() for s in horizon_steps(fh, history))
        needed = max(TAIL, 8 * self.sp_, 4 * (model.window + model.horizon))
        needed += history.n_missing
        self._history = history.tail(int(needed + max(0, -earliest)))
        self._start = start_to_keep(model, self._history, self._scales)

    def _check_fh(self, fh, pred_int=False):
        """Take, once fitted, every horizon within that of `fit`, in-sample ones too."""
        if fh is None or not self.is_fitted:
            return super()._check_fh(fh, pred_int)
        fh = check_fh(fh, freq=self._cutoff)
        wanted = furthest_step(fh, self._history)
        if wanted > self._furthest:
            raise ValueError(
                f"fh must not reach beyond that of `fit`, {self._furthest} steps "
                f"ahead, got {wanted}. Call `fit` with a longer fh."
            )
        return fh

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
        known = self._known(X, steps)
        ys = history.series
        scales, z, fan = predict_steps(
            self.model_, ys, known, self._scales, ahead, self._start
        )
        blocks = []
        for i, (scale, step, point) in enumerate(zip(scales, ahead, z, strict=True)):
            spread = 0.0
            if alpha is not None:
                spread = self._errors.offsets(i, step, alpha, fan and fan[i])
            values = scale.restore(point[:, None] + spread, step[:, None])
            if known is not None:
                basis = self._bases[history.keys[i // n_columns]][i % n_columns]
                x = known[i][len(ys[i]) - 1 + step]
                values = add_effect(values, x, self._encoder.effect, basis)
            blocks.append(values)
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
        require_as_trained(X, self._encoder)
        # networks also look at rows beyond the wanted steps, where there are some
        reach = max(furthest, self.model_.horizon)
        coming = [following(t[-1], reach, history.freq) for t in history.times]
        needed = [np.isin(np.arange(1, reach + 1), s.ahead) for s in steps]
        future = rows_of(X, self._encoder, history.keys, coming, "the horizon", needed)
        return history.known(reach, future)

    def _pretrain(self, y, X=None, fh=None):
        _parameters.check_parameters(self)
        if fh is None:
            raise ValueError(
                "fh must be passed to `pretrain`: the network has an output for each "
                "step of the horizon."
            )
        history, encoder, _ = learn_and_read(self, y, X)
        furthest, seed = furthest_step(fh, history), _parameters.seed_of(self)
        history = history.tail(self.max_train_size)
        self.pretrained_model_, _ = train(self, self._cell, history, furthest, seed)
        self.pretrained_encoder_ = encoder
        return self

    def _pretrain_update(self, y, X=None, fh=None):
        model = getattr(self, "pretrained_model_", None)
        if model is None:
            return self._pretrain(y, X, self._fh if fh is None else fh)
        history = read(self, y, X, self.pretrained_encoder_, {})
        if fh is not None:
            require_horizon(self, model, furthest_step(fh, history))
        history = history.tail(self.max_train_size)
        require_values(history, model.preparation.log)
        panel = panel_of(model, history)
        since = np.zeros(len(panel.sizes), dtype=int)
        seed = _parameters.seed_of(self)
        self.pretrained_model_ = train_on(self, model, panel, since, seed)
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
        return _parameters.TEST_PARAMS
