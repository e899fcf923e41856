"""Messages and callbacks at the end of every epoch."""

from ._network import separate


class Epochs:
    """What happens at the end of every epoch: messages and callbacks.

    A fit that ends in an error has no end that callbacks could look at: as in
    scikit-learn's own estimators, they are torn down, which is left to its decorator.

    Parameters
    ----------
    estimator : BaseRNN
    n_epochs : int
    level : (K,)
        What the bias of the head lacks while training.
    form : dict
        Attributes of the estimator that say what the weights are of.
    data : tuple
        X, y and sample_weight as given to `fit`.
    """

    def __init__(self, estimator, n_epochs, level, form, data):
        self.estimator, self.n_epochs, self.level = estimator, n_epochs, level
        self.form = form
        X, y, sample_weight = data
        metadata = None if sample_weight is None else {"sample_weight": sample_weight}
        self.data = {"X": X, "y": y, "metadata": metadata}
        self.losses: list[float] = []
        self.fit = estimator._init_callback_context(max_subtasks=n_epochs)
        self.fit.call_on_fit_task_begin(estimator=estimator, **self.data)
        self.epoch = self._begin()

    def _begin(self):
        epoch = self.fit.subcontext(task_name="epoch")
        return epoch.call_on_fit_task_begin(estimator=self.estimator, **self.data)

    def end(self, number, params, loss, score):
        """Report an epoch; what is true stops the training."""
        self.losses.append(float(loss[0]))
        if self.estimator.verbose:
            _print(number + 1, self.n_epochs, self.losses[-1], score)
        # it has ended, even if a callback interrupts the training here
        epoch, self.epoch = self.epoch, None
        stop = epoch.call_on_fit_task_end(
            estimator=self.estimator,
            reconstruction_attributes=lambda: self._fitted(params),
            **self.data,
        )
        if number + 1 < self.n_epochs and not stop:
            self.epoch = self._begin()
        return stop

    def _fitted(self, params):
        """Give the attributes of an estimator whose fit ended here."""
        estimator = self.estimator
        return {
            **self.form,
            "weights_": separate(self.form["architecture_"], params[0], self.level),
            "_loss": estimator._engine_loss(),
            "n_iter_": len(self.losses),
            "loss_curve_": estimator.loss_curve_ + self.losses,
        }

    def close(self):
        """End the fit, and an epoch that was announced but did not come."""
        if self.epoch is not None:
            self.epoch.call_on_fit_task_end(estimator=self.estimator)
        self.fit.call_on_fit_task_end(
            estimator=self.estimator, reconstruction_attributes=dict, **self.data
        )


def _print(number, n_epochs, loss, score):
    tail = "" if score is None else f", validation score = {score[0]:.6g}"
    print(f"Epoch {number}/{n_epochs}, loss = {loss:.6g}{tail}")
