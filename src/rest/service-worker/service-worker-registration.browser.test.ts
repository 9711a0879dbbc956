import { afterEach, expect, test, vi } from "vitest";
import { registerServiceWorker } from "./service-worker-registration.ts";

const { serviceWorker } = navigator;
afterEach(() => {
  vi.restoreAllMocks();
  Reflect.deleteProperty(serviceWorker, "ready");
});

test("how pages are isolated goes to the service worker with its address", async () => {
  const register = vi
    .spyOn(serviceWorker, "register")
    .mockResolvedValue(new EventTarget() as ServiceWorkerRegistration);
  Object.defineProperty(serviceWorker, "ready", { value: Promise.resolve(), configurable: true });
  await registerServiceWorker("/service-worker.js", { isolation: "require-corp", pages: ["/studio/"] });
  expect(String(register.mock.calls[0]![0])).toBe(
    `${location.origin}/service-worker.js?isolation=require-corp&page=%2Fstudio%2F`,
  );
});

test.each(["/app/service-worker.js", new URL("/app/service-worker.js", document.baseURI)])(
  "an address may be relative to the document, as the manual has it, or absolute: %s",
  async (address) => {
    const register = vi
      .spyOn(serviceWorker, "register")
      .mockResolvedValue(new EventTarget() as ServiceWorkerRegistration);
    Object.defineProperty(serviceWorker, "ready", { value: Promise.resolve(), configurable: true });
    expect(await registerServiceWorker(address)).toBe(true);
    const [script, options] = register.mock.calls[0]!;
    expect(new URL(script, document.baseURI).pathname).toBe("/app/service-worker.js");
    expect(options?.scope).toBe(`${location.origin}/app/`);
  },
);
