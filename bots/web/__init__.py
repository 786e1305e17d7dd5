"""The web app: upload a song on a page, watch its order, open the mixer. Needs no bot token."""
