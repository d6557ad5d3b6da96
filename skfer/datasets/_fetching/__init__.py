"""Downloads of data sets with an open licence."""
