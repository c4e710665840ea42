def is_large(amount):
    return amount > 10
