"""Charts: each takes what the statistics found and draws it, computing nothing new."""
