"""Rules: surface keys and expressions are lowered to a few core nodes, which thin engines evaluate.

``lower`` holds all meaning; ``compile`` and ``trace`` only repeat what the nodes say.
"""
