import axe from "axe-core";
import { afterEach, expect, test, vi } from "vitest";
import { setLanguage } from "../localization.ts";
import { StudioProblemDetails } from "./problem-details.ts";

afterEach(async () => {
  vi.restoreAllMocks();
  document.body.replaceChildren();
  await setLanguage("en");
});

async function shown(): Promise<StudioProblemDetails> {
  const element = new StudioProblemDetails();
  element.problem = { code: "codec/failed", message: "The decoder stopped." };
  document.body.append(element);
  await element.updateComplete;
  element.querySelector("details")!.open = true;
  return element;
}

test("the engine's English words stand in a frame of the page's language", async () => {
  await setLanguage("tr");
  const element = await shown();
  expect(element.querySelector("summary")!.textContent).toContain("Ayrıntı");
  expect(element.querySelector("button")!.textContent).toContain("kopyala");
  expect(element.querySelector("[lang=en]")!.textContent).toBe("The decoder stopped.");
  expect(element.querySelector(".mono")!.textContent).toBe("codec/failed");
  const { violations } = await axe.run(element, { runOnly: ["wcag2a", "wcag2aa"] });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`)).toEqual([]);
});

test("they are copied with code and version, and a browser that forbids it is told of", async () => {
  const write = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
  const element = await shown();
  const status = () => element.querySelector("[role=status]")!.textContent;
  element.querySelector("button")!.click();
  await expect.poll(status).toBe("Copied");
  expect(write.mock.calls[0]![0]).toMatch(/^codec\/failed: The decoder stopped\.\nDudak \d/);
  write.mockRejectedValue(new DOMException("no", "NotAllowedError"));
  element.querySelector("button")!.click();
  await expect.poll(status).toContain("select");
  element.problem = { code: "device/lost", message: "Another one." };
  await expect.poll(status).toBe("");
});
