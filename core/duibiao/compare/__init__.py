"""Standards held against one another: what each demands of a fact, who is stricter, and facts that pass one and fail another."""
