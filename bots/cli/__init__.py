"""The command line, `stembot …`: one subcommand a module."""
