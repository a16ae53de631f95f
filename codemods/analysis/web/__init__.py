"""What web frameworks take from a client and send to it."""
