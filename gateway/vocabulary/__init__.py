"""Lists of terms as files: imported whole, read by whoever serves, found anew when they change."""
