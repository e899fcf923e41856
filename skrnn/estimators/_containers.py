"""What containers of data hold that scikit-learn's checks do not see."""

import numpy as np


def unmasked(data):
    """Give an array with NaN where `data`, if it is a masked array, is masked."""
    return data.astype(np.float64).filled(np.nan) if np.ma.is_masked(data) else data


def refuse_dates(data, name):
    """Raise an error for dates and durations, which would become large numbers.

    Parameters
    ----------
    data : array-like
    name : str
        Of the argument, for the error.
    """
    dtypes = getattr(data, "dtypes", getattr(data, "dtype", ()))
    if any(getattr(d, "kind", "") in "mM" for d in np.ravel(dtypes)):
        raise ValueError(
            f"{name} must hold numbers, got dates or durations. Turn them into numbers "
            f"first, for instance into days since the first one."
        )
