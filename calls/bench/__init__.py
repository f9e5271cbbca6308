"""What `bin/bench voice` measures with: the media process beside a bare relay, under one load.

`relay` is the yardstick, `carrier` and `load` play the callers, `product` makes real calls for
them, `run` starts it all and takes the measurements, `figures` and `report` say what they mean.
"""
