"""The web room: drop a song on a page, watch it, land in the mixer. Needs no token."""
