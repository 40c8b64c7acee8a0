# In fish, completions of git itself for our commands: fish 3.6 does not find them by itself, later versions do.
# This belongs in conf.d. Generated from the definitions of the options: see tests/generated.

