"""Programs a developer copies to send a first event: with the real address and the real key in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from firstwin.usage.models import SourceKind


@dataclass(frozen=True)
class Snippet:
    """key: its id on the page. marked: what of its text is other than with any other server. setup: what to install."""

    key: str
    label: str
    setup: str
    text: str
    marked: tuple[str, ...]
    note: str

    @property
    def pieces(self) -> list[tuple[str, bool]]:
        """(line, is it the one that matters) for each line."""
        return [(line, any(mark in line for mark in self.marked)) for line in self.text.split("\n")]


def snippets(address: str, token: str, kind: str) -> list[Snippet]:
    """Those for this address (no slash at its end) and write key; the likeliest for this kind of source comes first."""
    made = [_curl(address, token), _python(address, token), _node(address, token), _browser(address, token)]
    first = FIRST.get(kind, "curl")
    return sorted(made, key=lambda one: one.key != first)


FIRST: Mapping[str, str] = {SourceKind.WEB: "browser", SourceKind.SERVER: "curl", SourceKind.APP: "node"}


def _curl(address: str, token: str) -> Snippet:
    text = f"""curl {address}/v1/track \\
  -u {token}: \\
  -H "Content-Type: application/json" \\
  -d '{{
    "userId": "user-1",
    "event": "Report Opened",
    "context": {{"groupId": "acme"}}
  }}'"""
    note = (
        'It answers {"success": true} once the event is safe on disk. The same again within a minute counts once, as '
        "it says neither a messageId nor when it happened."
    )
    return Snippet("curl", "curl", "", text, (f"curl {address}",), note)


def _python(address: str, token: str) -> Snippet:
    text = f"""import segment.analytics as analytics

analytics.write_key = "{token}"
analytics.host = "{address}"

analytics.identify("user-1", {{"name": "Ada Byron", "email": "ada@acme.example"}})
analytics.group("user-1", "acme", {{"name": "Acme"}})
analytics.track("user-1", "Report Opened")
analytics.flush()"""
    note = "It sends in the background; flush waits until everything has left."
    return Snippet("python", "Python", "pip install segment-analytics-python", text, ("analytics.host",), note)


def _node(address: str, token: str) -> Snippet:
    text = f"""import {{ Analytics }} from "@segment/analytics-node";

const analytics = new Analytics({{
  writeKey: "{token}",
  host: "{address}",
}});

analytics.identify({{ userId: "user-1", traits: {{ name: "Ada Byron", email: "ada@acme.example" }} }});
analytics.group({{ userId: "user-1", groupId: "acme", traits: {{ name: "Acme" }} }});
analytics.track({{ userId: "user-1", event: "Report Opened" }});
await analytics.closeAndFlush();"""
    note = "closeAndFlush waits until everything has left: call it before the program ends."
    return Snippet("node", "Node", "npm install @segment/analytics-node", text, ("  host:",), note)


def _browser(address: str, token: str) -> Snippet:
    at = urlsplit(address)
    text = f"""import {{ AnalyticsBrowser }} from "@segment/analytics-next";

const writeKey = "{token}";
const analytics = AnalyticsBrowser.load({{
  writeKey,
  cdnSettings: {{
    integrations: {{
      "Segment.io": {{
        apiKey: writeKey,
        apiHost: "{at.netloc}{at.path}/v1",
        protocol: "{at.scheme}",
      }},
    }},
  }},
}});

analytics.identify("user-1", {{ name: "Ada Byron", email: "ada@acme.example" }});
analytics.group("acme", {{ name: "Acme" }});
analytics.track("Report Opened");"""
    note = "With cdnSettings it asks nobody else for its settings. The key stands in your page: it can only add events."
    return Snippet("browser", "Browser", "npm install @segment/analytics-next", text, ("apiHost:", "protocol:"), note)
