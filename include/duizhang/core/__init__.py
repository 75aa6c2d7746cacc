"""What every stage may use: settings, errors, logs, the lake, the functions of the predicate language."""
