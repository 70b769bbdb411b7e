"""Documents of a record that is open: listed, searched, read, previewed and downloaded, and one added (F100)."""
