"""Which models there are, their weights, licences and precision. No torch."""
