"""The face of SMART Health Links: manifests and files, for whoever has a link and its passcode."""
