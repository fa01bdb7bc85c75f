"""The command line's sub-commands, one module a noun; `vulkn_app.cli` puts them together."""
