"""How a synthetic face is drawn: who it is, what it expresses and how it is photographed."""
