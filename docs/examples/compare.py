"""How much room does each standard ask for? Reads `duibiao show --json`, so any program could do the same."""

import json
import subprocess

for standard in ("jiangsu.wujin.community", "shanghai.qingpu.committee", "daxinganling.station"):
    shown = json.loads(subprocess.check_output(["duibiao", "--lang", "en", "show", standard, "--json"]))
    for leaf in (leaf for group in shown["criteria"] for leaf in group["indicators"]):
        if leaf["condition"].get("fact") == "premises_area":
            print(f"{standard:26} {leaf['rule']}   {leaf['clause']}")
