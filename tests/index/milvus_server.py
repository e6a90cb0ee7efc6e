"""Runs a command while a Milvus 2.3.5 server runs, with its port in ``MILVUS_TEST_PORT``; the exit code 77 is for none.

The server listens on all addresses, so this is for a network of its own that has none but the loopback.
"""

import os
import socket
import subprocess
import sys

from milvus import MilvusServer, MilvusServerConfig

if [name for _, name in socket.if_nameindex()] != ["lo"]:
    sys.exit("there are other networks than the loopback")
config = MilvusServerConfig(data_dir=sys.argv[1])
for part in ("rootCoord", "proxy", "queryCoord", "queryNode", "indexCoord", "indexNode", "dataCoord", "dataNode"):
    config.set(f"{part}.ip", "127.0.0.1")
server = MilvusServer(config)
try:
    server.start()
except (OSError, RuntimeError, TimeoutError):
    sys.exit(77)
try:
    code = subprocess.run(sys.argv[2:], env={**os.environ, "MILVUS_TEST_PORT": str(server.listen_port)}).returncode
finally:
    server.stop()
sys.exit(code)
