"""The visual primitives. Their classes are the words of assets/theme.css; no colour or pixel is named
anywhere else in Python."""
