"""The web console; CONNECTED is what its /health says of Kafka while Kafka answers."""

CONNECTED = "connected"
