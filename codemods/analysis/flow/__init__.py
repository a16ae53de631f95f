"""What runs before what inside one function."""
