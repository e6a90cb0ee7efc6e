"""File descriptors: a process that has none left fails every request, so it reports in time that they run out."""

import resource

import psutil

from quotewise.index.errors import QuotewiseError

_MAX_SHARE = 0.9
"""Of the soft limit; the rest is for those who come to see why."""


class DescriptorsError(QuotewiseError, code="descriptors-exhausted", status=503):
    """the process has hardly any file descriptors left; raise its limit of open files"""


def check_descriptors() -> None:
    """Raises DescriptorsError while more than nine tenths of the file descriptors that the process may open are in use."""
    limit, used = resource.getrlimit(resource.RLIMIT_NOFILE)[0], psutil.Process().num_fds()
    if limit != resource.RLIM_INFINITY and used > _MAX_SHARE * limit:
        raise DescriptorsError(f"{used} of {limit} file descriptors are open; raise the limit (ulimit -n), or start again")
