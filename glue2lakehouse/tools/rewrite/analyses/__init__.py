"""What is known of the values of a program: how long they are kept, what becomes of them, what a function does."""
