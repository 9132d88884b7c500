"""What is in a scene: assets, layouts and states."""
