"""duibiao as a job of a Spark cluster: ``spark-submit [options of the cluster] spark_job.py assess-all … --engine spark``.

spark-submit wants a file that ends in ``.py``, so here is one; everything behind it is the command line as usual.
"""

import sys

from duibiao.cli import main

sys.exit(main(sys.argv[1:]))
