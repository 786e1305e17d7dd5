"""From a song to files: separating, writing stems, previews, mixes."""
