"""One module per data set: what is known of it (`SPEC`) and how its files become an index."""
