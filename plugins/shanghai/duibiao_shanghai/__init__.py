"""Shanghai, Qingpu District: creation of municipal «community building» demonstration and model units, 2011."""

from duibiao.api import Pack

plugin = Pack(__name__)
