import os
import subprocess
import sys
from pathlib import Path


def test_the_runtime_of_the_models_keeps_no_account_of_its_user_to_send(tmp_path: Path) -> None:
    """Without our setting it leaves an id of the machine and a queue of what to send in the user's home."""
    environment = {name: value for name, value in os.environ.items() if name not in ("ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME")}
    program = "from quotewise.index.embedders import load_embedder; load_embedder().encode_query('tea')"
    subprocess.run([sys.executable, "-c", program], env={**environment, "HOME": str(tmp_path)}, check=True)
    assert not list(tmp_path.rglob("*nnxruntime*"))
