"""duibiao 对标: assess communities against government standards.

Plugins import :mod:`duibiao.api` only; everything else is the program's own business.
"""

__version__ = "0.1.0"
