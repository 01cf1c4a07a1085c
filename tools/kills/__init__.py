"""The real trader on a terminal in another process, killed again and again.

`python -m tools.kills --count N`. A campaign is one terminal, one run folder and a row of lives;
every death is a SIGKILL, every birth the ordinary start.
"""
