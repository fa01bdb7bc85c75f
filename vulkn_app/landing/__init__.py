"""The page at the root: what VULKN is, for whoever has not seen it. Its own HTML, made once a language and kept:
a page of the dashboard's framework is 160 KB before its first word."""
