"""Put a message into a vault here, or hand it to another operator, and tell who must know when neither works."""
