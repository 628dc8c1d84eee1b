"""Search in a record's documents: their titles, their authors and the words inside them."""
