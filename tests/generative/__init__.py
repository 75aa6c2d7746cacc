"""Generated mess against the stages, and made-up cities small enough to check by hand."""
