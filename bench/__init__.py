"""What the studio costs and holds, measured: `python -m bench [SUBJECT …] [--quick] [--save]`."""
