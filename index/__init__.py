"""Documents into a searchable store: load, segment, chunk, embed, store, sync. Knows nothing of questions."""

import os

# ONNX Runtime (1.32 does so) tells Microsoft of every session unless this is set before it is imported.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
