"""Contracts and code lists: the data that says what each feed looks like."""
