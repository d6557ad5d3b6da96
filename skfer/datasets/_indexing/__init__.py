"""How files become an index: listing, names, counts, duplicates and selections."""
