"""Monthly cycles with random officers and random troubles: what must hold every month, whoever does what."""
