"""Documents on paper: templates, and the library that sets them."""
