"""The conversation without a platform: orders, buttons, commands, preferences, results, delivery."""
