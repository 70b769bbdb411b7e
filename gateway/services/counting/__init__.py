"""What is counted of guesses and failures: in the memory of one process, or shared by all on one database."""
