"""The parts of an audit: files, pictures, truth, what samples must not share, and balance."""
