"""File descriptors: whether the process is about to run out of them, which would end it for everybody without a word."""

import resource

import psutil
from quotewise.index.errors import QuotewiseError

_SHARE = 0.9
"""Of the soft limit; what is left is for those who come to see why."""


class DescriptorsError(QuotewiseError, code="descriptors-exhausted", status=503):
    """the process has hardly any file descriptors left; raise its limit of open files"""


def check_descriptors() -> None:
    """Raises DescriptorsError while more than nine tenths of the descriptors that the process may have are open."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if limit == resource.RLIM_INFINITY:
        return
    used = psutil.Process().num_fds()
    if used > _SHARE * limit:
        raise DescriptorsError(f"{used} of {limit} file descriptors are open; raise the limit (ulimit -n), or start again")
