"""Which user the servers run as: PostgreSQL refuses root."""

import functools
import os
import pwd
import shutil
import subprocess

from . import say

# nobody, but able to read and write below a checkout that only root can enter. Without no_setuid_fixup the kernel
# ignores capabilities in access(2), with which PostgreSQL's programs look for one another.
REACH = ("--inh-caps=+dac_override,+dac_read_search", "--ambient-caps=+dac_override,+dac_read_search",
         "--securebits=+no_setuid_fixup")


@functools.cache
def prefix():
    """The words before a command that is to run as the servers' user; none for an ordinary user."""
    if os.geteuid() != 0:
        return ()
    words = ("setpriv", f"--reuid={nobody().pw_uid}", f"--regid={nobody().pw_gid}", "--clear-groups")
    for choice in ((*words, *REACH), words):    # a container may withhold the capabilities
        if subprocess.run([*choice, "true"], capture_output=True).returncode == 0:
            return choice
    raise say.Failure("PostgreSQL refuses to run as root, and setpriv cannot change to user nobody here")


def nobody():
    return pwd.getpwnam("nobody")


def give(folder):
    """Makes the folder and what is in it the servers' user's own, closed to others."""
    folder.chmod(0o700)
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, nobody().pw_uid, nobody().pw_gid, follow_symlinks=False)


def remove(folder):
    shutil.rmtree(folder, ignore_errors=True)
