"""Keeps the Home Assistant of a test on this machine.

Python loads this module at start. Home Assistant asks catalogues and update servers for news on its own;
a test must neither depend on them nor bother them.
"""

import errno
import ipaddress
import socket


def _elsewhere(sock, address):
    if sock.family not in (socket.AF_INET, socket.AF_INET6):
        return False
    try:
        return not ipaddress.ip_address(address[0].partition("%")[0]).is_loopback
    except ValueError:  # a name
        return address[0] != "localhost"


def _guard(method):
    def guarded(self, address):
        if _elsewhere(self, address):
            raise OSError(errno.ENETUNREACH, "a Home Assistant under test stays on this machine")
        return method(self, address)

    return guarded


socket.socket.connect = _guard(socket.socket.connect)
socket.socket.connect_ex = _guard(socket.socket.connect_ex)
