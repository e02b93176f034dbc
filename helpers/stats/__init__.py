"""What is computed: estimators, tests and their inference, on plain arrays and frames."""
