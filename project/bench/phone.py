"""G6: the first load on a slow phone: bytes, largest paint, layout shift."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import sync_playwright

#: Slow 4G as Lighthouse has it: 150 ms, 1.6 Mbit/s down, 750 kbit/s up; a processor four times slower.
NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6 * 1024 * 1024 / 8,
    "uploadThroughput": 750 * 1024 / 8,
}
CPU = 4
_PAINTS = """() => new Promise((done) => {
  const seen = { lcp: 0, cls: 0 };
  new PerformanceObserver((list) => { for (const e of list.getEntries()) seen.lcp = e.startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => { for (const e of list.getEntries()) seen.cls += e.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(seen), 500);
})"""


@dataclass(frozen=True)
class Load:
    """One load: kilobytes received, largest contentful paint in ms, cumulative layout shift."""

    kilobytes: float
    lcp: float
    cls: float


def first_load(url: str, cookies: list[dict[str, Any]]) -> Load:
    """Loads `url` once in a new Chromium that holds nothing but `cookies`."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, service_workers="block")
        context.add_cookies(cookies)  # type: ignore[arg-type]
        page = context.new_page()
        session = context.new_cdp_session(page)
        received: list[float] = []
        session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", NETWORK)
        session.send("Emulation.setCPUThrottlingRate", {"rate": CPU})
        page.goto(url, wait_until="networkidle")
        seen = page.evaluate(_PAINTS)
        browser.close()
    return Load(sum(received) / 1000, seen["lcp"], seen["cls"])
