"""The front ends: they translate between people and the separator, and decide nothing."""
