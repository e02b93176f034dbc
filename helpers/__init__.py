"""A report that tests a market story on real prices."""
