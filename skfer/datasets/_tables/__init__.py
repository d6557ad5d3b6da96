"""Tables of features that other tools took from faces."""
