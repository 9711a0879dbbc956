import { EngineError } from "../job/errors.ts";
import type { FullDeps } from "./api-deps.ts";
import type { KeyListing } from "./keys.ts";
import { parseUrl } from "./http/urls.ts";

/** The origin of the page that sends the request, or undefined when no page does. */
export function callerOrigin(request: Request, deps: Pick<FullDeps, "access">): string | undefined {
  const own = new URL(request.url).origin;
  if (deps.access === "own-page" || request.headers.get("Sec-Fetch-Site") === "same-origin") return own;
  return request.headers.get("Origin") ?? undefined;
}

/**
 * The key of a request.
 * @returns undefined when none was sent and none is needed.
 * @throws EngineError `auth/missing`, `auth/unknown` or `auth/origin`.
 */
export async function authenticate(request: Request, deps: FullDeps): Promise<KeyListing | undefined> {
  const header = request.headers.get("Authorization");
  if (header === null && deps.access === "own-page") return undefined;
  const key = /^Bearer +(\S+)$/i.exec(header?.trim() ?? "")?.[1];
  if (key === undefined) {
    throw new EngineError(
      "auth/missing",
      "Send an API key with every request: Authorization: Bearer sk_XXXX_YYYY. Create one with `dudak keys create`.",
    );
  }
  return deps.keys.verify(key, callerOrigin(request, deps));
}

/** Whether the caller may see what belongs to `tenant`: an administrator, a page of one's own, or that tenant. */
export function maySee(key: KeyListing | undefined, tenant: string | undefined): boolean {
  return key?.tenant === undefined || key.tenant === tenant;
}

const METHODS = "GET, HEAD, POST, DELETE, OPTIONS";

/** Headers that let a page of another, allowed origin read the answer; empty for all others. */
export async function corsHeaders(request: Request, deps: FullDeps): Promise<Record<string, string>> {
  const origin = request.headers.get("Origin");
  if (origin === null) return {};
  const vary = { Vary: "Origin" };
  if (!(await isAllowed(origin, deps))) return vary;
  const allowed = {
    ...vary,
    "Access-Control-Allow-Origin": origin,
    "Access-Control-Expose-Headers":
      "Allow, Accept-Ranges, Content-Disposition, Content-Length, Content-Range, ETag, Location, Retry-After, WWW-Authenticate",
  };
  if (request.method !== "OPTIONS") return allowed;
  return {
    ...allowed,
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers":
      "Authorization, Content-Type, Idempotency-Key, If-None-Match, If-Range, Last-Event-ID, Range",
    "Access-Control-Max-Age": "600",
    ...(request.headers.has("Access-Control-Request-Private-Network")
      ? { "Access-Control-Allow-Private-Network": "true" }
      : {}),
  };
}

async function isAllowed(origin: string, deps: FullDeps): Promise<boolean> {
  if (deps.allowedOrigins.includes("*")) return true;
  if (deps.allowedOrigins.some((allowed) => parseUrl(allowed)?.origin === origin && origin !== "null"))
    return true;
  const keys = await deps.keys.list();
  return keys.some((key) => key.revokedAt === undefined && key.origin === origin);
}
