/** What the form can send. */
export type Route = "lipsync-image" | "lipsync-image-multi" | "lipsync-video" | "jobs";
/** In which language the request is shown. */
export type SnippetLanguage = "curl" | "js";

/** Where the gateway listens unless told otherwise. */
export const GATEWAY_URL = "http://localhost:8787/api/v1";

/** One request and the fields that it is made of. */
export interface RouteRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body: { readonly formState: Readonly<Record<string, string | number>> } | null;
  readonly fields: readonly { readonly name: string; readonly required: boolean }[];
}

type Fields = Readonly<Record<string, string>>;

const OPTIONAL = ["resolution", "prompt", "seed"];

function post(path: Route, required: readonly string[], values: Fields): RouteRequest {
  const names = [...required, ...OPTIONAL];
  const filled = names.filter((name) => values[name]);
  const formState = Object.fromEntries(
    filled.map((name) => [name, name === "seed" ? Number(values[name]) : values[name]!]),
  );
  return {
    method: "POST",
    path: `/${path}`,
    body: { formState },
    fields: names.map((name) => ({ name, required: required.includes(name) })),
  };
}

/** The requests, from the form's values. */
export const ROUTES: Readonly<Record<Route, (values: Fields) => RouteRequest>> = {
  "lipsync-image": (values) => post("lipsync-image", ["image", "audio"], values),
  "lipsync-image-multi": (values) =>
    post("lipsync-image-multi", ["image", "left_audio", "right_audio"], values),
  "lipsync-video": (values) => post("lipsync-video", ["video", "audio"], values),
  jobs: () => ({ method: "GET", path: "/jobs", body: null, fields: [] }),
};

/** The request as a program would send it; the key stays a placeholder. */
export function snippet(language: SnippetLanguage, route: Route, values: Fields, base: string): string {
  const { method, path, body } = ROUTES[route](values);
  const json = body ? JSON.stringify(body, null, 2) : "";
  if (language === "curl") {
    return [
      `curl -X ${method} ${base}${path} \\`,
      `  -H "Authorization: Bearer $DUDAK_KEY"${body ? " \\" : ""}`,
      ...(body
        ? [`  -H "Content-Type: application/json" \\`, `  -d '${json.replaceAll("'", "'\\''")}'`]
        : []),
    ].join("\n");
  }
  const indented = json.replaceAll("\n", "\n  ");
  return [
    `const answer = await fetch("${base}${path}", {`,
    `  method: "${method}",`,
    `  headers: {`,
    `    Authorization: \`Bearer \${process.env.DUDAK_KEY}\`,`,
    ...(body ? [`    "Content-Type": "application/json",`] : []),
    `  },`,
    ...(body ? [`  body: JSON.stringify(${indented}),`] : []),
    `});`,
    `console.log(await answer.json());`,
  ].join("\n");
}
