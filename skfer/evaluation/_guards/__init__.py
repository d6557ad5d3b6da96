"""Guards against leaks: subjects, images and fitted parts on both sides of a split."""
