"""The examples in /openapi.json: a test sends each of them to a service of ``seeds/`` and checks the response."""

import json
from pathlib import Path
from typing import Any

EXAMPLES: dict[str, Any] = json.loads(Path(__file__).with_name("examples.json").read_text(encoding="utf-8"))
