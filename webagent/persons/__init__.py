"""A person on the telephone: looked for, seen without any content, and helped."""
