"""Data, training and evaluation for generative spatial intelligence."""

__version__ = "0.1.0"
