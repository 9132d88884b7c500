"""How well a picture has been edited: the protocol of GSI-Bench, and one that uses the exact truth."""
