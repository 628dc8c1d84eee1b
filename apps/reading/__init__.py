"""Easy to read: the reading mode, the words explained, the shape of components."""
