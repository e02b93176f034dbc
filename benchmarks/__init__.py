"""Timings side by side, for `make bench`: ratios measured in one run, never seconds in a test."""
