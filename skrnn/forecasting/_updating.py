"""Forecasters that go on with new rows."""

from contextlib import contextmanager

from skrnn.forecasting._base import BaseRecurrentForecaster
from skrnn.forecasting._history import require_values
from skrnn.forecasting._new_rows import first_new, merge, same_columns
from skrnn.forecasting._reading import read
from skrnn.forecasting._training import panel_of, train_on


@contextmanager
def _taken_back_if_it_fails(forecaster):
    """Let an update change everything or nothing.

    sktime notes the form, names and end of new rows before it hands them on.
    """
    # it also changes dictionaries in their place
    before = {
        n: v.copy() if type(v) is dict else v for n, v in vars(forecaster).items()
    }
    try:
        yield
    except BaseException:
        vars(forecaster).clear()
        vars(forecaster).update(before)
        raise


class UpdatingForecaster(BaseRecurrentForecaster):
    """Base of the forecasters; a subclass only says which cell it has."""

    def update(self, y, X=None, update_params=True):
        """Go on with new rows, and by default train on with them.

        An update that fails leaves the forecaster as it was.

        Parameters
        ----------
        y : pandas.Series, pandas.DataFrame or another container of sktime's
            New rows of the series of `fit`; of a panel or a hierarchy, new series too.
            Values of times that are known already are replaced, and what was known
            after the last new time is dropped.
        X : pandas.DataFrame or None, default=None
            Exogenous variables of the same times.
        update_params : bool, default=True
            Whether networks are trained on. If not, forecasts only go on from the new
            rows.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If `y` or `X` can't belong to what `fit` saw.

        Examples
        --------
        >>> from sktime.datasets import load_airline
        >>> from skrnn import LSTMForecaster
        >>> y = load_airline()
        >>> forecaster = LSTMForecaster(epochs=2, n_estimators=1, random_state=0)
        >>> forecaster = forecaster.fit(y[:-12], fh=[1, 2, 3])
        >>> forecaster.update(y[-12:], update_params=False).predict().index[0]
        Period('1961-01', 'M')
        """
        with _taken_back_if_it_fails(self):
            return super().update(y, X, update_params)

    def update_predict_single(self, y=None, fh=None, X=None, update_params=True):
        """Go on with new rows and forecast from their end: `update`, then `predict`.

        Parameters
        ----------
        y : pandas.Series, pandas.DataFrame or another container of sktime's
            As for `update`.
        fh : int, list, array or ForecastingHorizon, default=None
            Steps to forecast, relative to the new rows; by default those of `fit`.
        X : pandas.DataFrame or None, default=None
            Exogenous variables, of the new rows and of the steps ahead.
        update_params : bool, default=True
            As for `update`.

        Returns
        -------
        y_pred : container of the kind of `y`
            The forecasts.
        """
        with _taken_back_if_it_fails(self):
            return super().update_predict_single(y, fh, X, update_params)

    def _update(self, y, X=None, update_params=True):
        old = self._history
        self._bases = dict(self._bases)
        y = same_columns(y, old.columns)
        # sktime names forecasts like the columns of the last y that it saw
        self._y_metadata["feature_names"] = list(y.columns)
        new = read(self, y, X, self._encoder, self._bases, old.freq)
        history = merge(old, new)
        require_values(history, self.model_.preparation.log, len(old.series))
        if not update_params and len(history.keys) == len(old.keys):
            self._remember(history, self.fh)
            return self
        panel = panel_of(self.model_, history, self._scales)
        if update_params:
            self._n_updates += 1
            seed = [self._seed, self._n_updates]
            since = first_new(old, history)
            self._set_model(train_on(self, self.model_, panel, since, seed))
        self._keep(history, panel, self.fh)
        return self

    def _update_predict_single(self, y, fh, X=None, update_params=True):
        # The public methods would take the inner type of `y` for the user's.
        return self._update(y, X, update_params)._predict(fh, X)
