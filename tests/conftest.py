"""Property tests draw the same examples in every run, so that two runs say the same."""

from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.load_profile("same")
