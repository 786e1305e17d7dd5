"""From a person's words to an output spec, in eight languages."""
