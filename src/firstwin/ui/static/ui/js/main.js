// The elements, each registers itself.
