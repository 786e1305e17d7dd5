"""The networks, one a file, each loaded when it is used."""
