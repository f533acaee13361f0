"""The process (流程): one case through its stages, to the title and what follows it. Pure: the day is an argument."""
