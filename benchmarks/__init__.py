"""Measured, never asserted: each module prints its tables."""
