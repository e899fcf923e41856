"""Forecasters for sktime: the only room that imports sktime."""
