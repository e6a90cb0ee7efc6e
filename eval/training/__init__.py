"""Training of the span reader: rows of questions into examples, examples into weights, weights into an int8 model."""
