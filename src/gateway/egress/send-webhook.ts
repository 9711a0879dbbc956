import type { LookupFunction } from "node:net";
import { EngineError } from "../../job/errors.ts";
import type { SendWebhook } from "../../rest/webhooks.ts";
import { isLoopbackHost, isWebhookUrl } from "../../rest/http/urls.ts";
import { guardedRequest } from "./guarded-request.ts";

/**
 * Carries webhooks from the gateway. Redirects are not followed; private addresses are refused unless allowed,
 * this machine itself excepted where its name says so.
 */
export function createWebhookTransport(options: {
  allowPrivateUrls: boolean;
  lookup?: LookupFunction;
}): SendWebhook {
  return async ({ url: address, headers, body }, signal) => {
    if (!isWebhookUrl(address)) throw new EngineError("input/field", "A webhook needs an https URL.");
    const url = new URL(address);
    const policy = options.allowPrivateUrls
      ? "any"
      : isLoopbackHost(url.hostname)
        ? "public-or-loopback"
        : "public";
    const { lookup } = options;
    const response = await guardedRequest({
      url,
      policy,
      method: "POST",
      headers,
      body,
      signal,
      idleMs: 10_000,
      lookup,
    });
    const status = response.statusCode ?? 0;
    response.destroy();
    return status;
  };
}
