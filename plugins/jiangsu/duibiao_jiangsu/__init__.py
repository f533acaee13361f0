"""Jiangsu: Wujin District's provincial demonstration communities and Yixing's demonstration city (2012)."""

from duibiao.api import Pack

plugin = Pack(__name__)
