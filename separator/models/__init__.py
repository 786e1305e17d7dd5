"""The networks. `registry` is data and light; each network is a file of its own, loaded when it is used."""
