"""What lies inside files that hold others: zip, gzip, Office documents, `winmail.dat`."""
