"""Daxing'anling Prefecture, Heilongjiang: the opinion of 2012 on building harmonious communities, as data."""

from duibiao.api import Pack

plugin = Pack(__name__)
