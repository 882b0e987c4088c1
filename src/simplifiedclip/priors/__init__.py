"""What is known of poses beforehand: the ground below, the room a body takes, how people move."""
