import { afterEach, expect, test, vi } from "vitest";
import { registerServiceWorker } from "./service-worker-registration.ts";

const { serviceWorker } = navigator;

/** Lets every registration succeed, with `active` as the worker that runs then. */
function registers(active: { postMessage: (message: unknown) => void } | null = null) {
  Object.defineProperty(serviceWorker, "ready", { value: Promise.resolve({ active }), configurable: true });
  return vi
    .spyOn(serviceWorker, "register")
    .mockResolvedValue(new EventTarget() as ServiceWorkerRegistration);
}

afterEach(() => {
  vi.restoreAllMocks();
  Reflect.deleteProperty(serviceWorker, "ready");
  Reflect.deleteProperty(serviceWorker, "controller");
});

test("how pages are isolated goes to the service worker with its address", async () => {
  const register = registers();
  await registerServiceWorker("/service-worker.js", { isolation: "require-corp", pages: ["/studio/"] });
  expect(String(register.mock.calls[0]![0])).toBe(
    `${location.origin}/service-worker.js?isolation=require-corp&page=%2Fstudio%2F`,
  );
});

test.each(["/app/service-worker.js", new URL("/app/service-worker.js", document.baseURI)])(
  "an address may be relative to the document, as the manual has it, or absolute: %s",
  async (address) => {
    const register = registers();
    expect(await registerServiceWorker(address)).toBe(true);
    const [script, options] = register.mock.calls[0]!;
    expect(new URL(script, document.baseURI).pathname).toBe("/app/service-worker.js");
    expect(options?.scope).toBe(`${location.origin}/app/`);
  },
);

test.each([
  { page: "that no worker controls", controller: null, asked: [["claim"]] },
  { page: "that is controlled", controller: {}, asked: [] },
])("a page $page asks the running worker: $asked", async ({ controller, asked }) => {
  const postMessage = vi.fn();
  registers({ postMessage });
  Object.defineProperty(serviceWorker, "controller", { value: controller, configurable: true });
  expect(await registerServiceWorker("/service-worker.js")).toBe(true);
  expect(postMessage.mock.calls).toEqual(asked);
});
