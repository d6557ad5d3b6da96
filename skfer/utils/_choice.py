"""Arguments that are one of a few values."""


def check_choice(name, value, choices):
    """Refuse a value of the argument `name` that is not one of the choices."""
    if value not in choices:
        *others, last = map(repr, choices)
        raise ValueError(f"{name}={value!r}; expected {', '.join(others)} or {last}.")
