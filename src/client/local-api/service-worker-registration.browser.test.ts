import { afterEach, expect, test, vi } from "vitest";
import { registerServiceWorker } from "./service-worker-registration.ts";

const { serviceWorker } = navigator;
afterEach(() => {
  vi.restoreAllMocks();
  Reflect.deleteProperty(serviceWorker, "ready");
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
