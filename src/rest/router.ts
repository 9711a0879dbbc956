import { Hono } from "hono/tiny";
import { POLICY, toEngineError } from "../job/errors.ts";
import { authenticate, corsHeaders } from "./access.ts";
import { json, refuse, refuseError } from "./http/answers.ts";
import { withDefaults, type ApiDeps, type FullDeps } from "./api-deps.ts";
import { openApiDocument } from "./reference/openapi.ts";
import { ROUTES, type Route } from "./routes.ts";

/** The API: answers every request below the base path, and never rejects. */
export type Router = (request: Request) => Promise<Response>;

/**
 * The one router of the service worker, the page and the gateway.
 * Every refusal is JSON with a sentence, a code and, for a wrong field, its name.
 */
export function createRouter(options: ApiDeps): Router {
  const deps = withDefaults(options);
  const app = new Hono().basePath(deps.basePath);
  const description: Route = {
    method: "get",
    path: "/openapi.json",
    access: "open",
    summary: "This description",
    handle: (call) => Promise.resolve(json(openApiDocument(call.base, deps.version))),
    answer: { status: 200, media: "application/json" },
  };
  const routes = [...ROUTES, description];
  for (const route of routes) {
    app.on(route.method.toUpperCase(), route.path, async (context) => {
      const request = context.req.raw;
      const url = new URL(request.url);
      const key = route.access === "key" ? await authenticate(request, deps) : undefined;
      const base = (deps.publicOrigin ?? url.origin) + deps.basePath;
      return route.handle({
        request,
        url,
        params: lowerCased(context.req.param()),
        base,
        key,
        deps,
      });
    });
  }
  for (const path of new Set(routes.map((route) => route.path))) {
    const methods = routes.filter((route) => route.path === path).map((route) => route.method.toUpperCase());
    const allow = [...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
    app.options(path, () => new Response(null, { status: 204, headers: { Allow: allow } }));
    app.all(path, (context) =>
      refuse("route/method", `${context.req.method} does not work here; use ${allow}.`, {
        headers: { Allow: allow },
      }),
    );
  }
  app.notFound((context) =>
    refuse(
      "route/not-found",
      `There is no ${context.req.path.slice(0, 200)}. See ${deps.basePath}/openapi.json.`,
    ),
  );
  app.onError((error) => {
    const refusal = refuseError(error);
    if (POLICY[toEngineError(error).code].status === 401)
      refusal.headers.set("WWW-Authenticate", 'Bearer realm="dudak"');
    return refusal;
  });
  return async (request) => {
    const response = await app.fetch(request);
    return withHeaders(response, await crossOrigin(request, deps));
  };
}

/** Ids are UUIDs, which some clients write in capitals (RFC 9562 §4). */
function lowerCased(params: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, value.toLowerCase()]));
}

async function crossOrigin(request: Request, deps: FullDeps): Promise<Record<string, string>> {
  const cors = await corsHeaders(request, deps).catch(() => ({}));
  // A page with COEP: require-corp may show the output only when it is marked so.
  return { "Cross-Origin-Resource-Policy": "cross-origin", ...cors };
}

function withHeaders(response: Response, headers: Record<string, string>): Response {
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}
