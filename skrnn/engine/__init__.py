"""The engine: networks as pure functions of numpy weights.

Knows nothing of scikit-learn or sktime. Nothing here is public.
"""
