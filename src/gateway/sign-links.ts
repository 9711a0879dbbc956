import { createHmac } from "node:crypto";
import type { ResultLinks } from "../rest/links.ts";

/**
 * Links signed by HMAC-SHA256 with the secret part of the job's own address: every gateway that sees the row can check
 * them, nothing has to be kept, and they end with the job.
 * @param always seconds for which every answer's link is valid; lasting tokens are refused then.
 */
export function createResultLinks(always?: number): ResultLinks {
  return {
    always,
    sign: ({ id, outputToken }, expires) =>
      createHmac("sha256", outputToken)
        .update(`${id}\n${String(expires)}`)
        .digest("base64url"),
  };
}
