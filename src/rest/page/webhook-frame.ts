import type { SendWebhook } from "../webhooks.ts";

/** A transport for webhooks through a sandboxed frame. */
export interface WebhookFrame {
  readonly send: SendWebhook;
  /** Removes the frame. */
  close(): void;
}

/**
 * Sends webhooks through one sandboxed frame of an opaque origin. The frame is given the job's JSON alone; it has
 * a content security policy of its own, while every context that holds media keeps `connect-src 'self'`.
 * The receiver must allow cross-origin requests (CORS) with the Standard Webhooks headers.
 * @param frameUrl address of `webhook-frame.html`.
 */
export function createWebhookFrame(frameUrl: string): WebhookFrame {
  let opened: Promise<HTMLIFrameElement> | undefined;
  let element: HTMLIFrameElement | undefined;

  function open(): Promise<HTMLIFrameElement> {
    const frame = document.createElement("iframe");
    element = frame;
    frame.setAttribute("sandbox", "allow-scripts");
    // Lets an isolated page embed the frame on hosts that cannot send headers, where the browser knows it.
    frame.setAttribute("credentialless", "");
    frame.hidden = true;
    frame.title = "Webhooks";
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        settle();
        frame.remove();
        opened = undefined;
        reject(new Error("the webhook frame did not load"));
      }, 8000);
      const onMessage = ({ source, data }: MessageEvent) => {
        if (source !== frame.contentWindow || data !== "webhook-frame-ready") return;
        settle();
        resolve(frame);
      };
      const settle = () => {
        clearTimeout(timer);
        removeEventListener("message", onMessage);
      };
      addEventListener("message", onMessage);
      frame.src = frameUrl;
      document.body.append(frame);
    });
  }

  return {
    async send(delivery, signal) {
      const frame = await (opened ??= open());
      const { port1, port2 } = new MessageChannel();
      const stop = () => {
        port1.postMessage("stop");
      };
      signal.addEventListener("abort", stop, { once: true });
      try {
        return await new Promise<number>((resolve, reject) => {
          port1.onmessage = ({ data }: MessageEvent<{ status?: number; error?: string }>) => {
            if (data.status !== undefined) resolve(data.status);
            else
              reject(
                new Error(`${data.error ?? "no answer"}; does the receiver allow cross-origin requests?`),
              );
          };
          // The frame's origin is opaque, so it can be named only by "*".
          frame.contentWindow!.postMessage(delivery, "*", [port2]);
        });
      } finally {
        signal.removeEventListener("abort", stop);
        port1.close();
      }
    },
    close() {
      opened = undefined;
      element?.remove();
    },
  };
}
