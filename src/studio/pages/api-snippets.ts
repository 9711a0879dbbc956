/** What the form can send. */
export type Route = "lipsync-image" | "lipsync-image-multi" | "lipsync-video" | "jobs";
/** In which language the request is shown. */
export type SnippetLanguage = "curl" | "js";

/** Where the gateway listens unless told otherwise. */
export const GATEWAY_URL = "http://127.0.0.1:8787/api/v1";

/** One field of the form. */
export interface RouteField {
  readonly name: string;
  readonly required: boolean;
  /** What it can be, where that is a closed list; the first is the default. */
  readonly choices?: readonly string[];
}

/** One request and the fields that it is made of. */
export interface RouteRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body: {
    readonly webhook?: string;
    readonly formState: Readonly<Record<string, string | number>>;
  } | null;
  readonly fields: readonly RouteField[];
}

type Fields = Readonly<Record<string, string>>;

const OPTIONAL: readonly RouteField[] = [
  { name: "resolution", required: false, choices: ["480p", "720p", "source"] },
  { name: "mask_image", required: false },
  { name: "prompt", required: false },
  { name: "seed", required: false },
];
const ORDER: RouteField = {
  name: "order",
  required: false,
  choices: ["meanwhile", "left_right", "right_left"],
};
const WEBHOOK: RouteField = { name: "webhook", required: false };

function post(
  path: Route,
  required: readonly string[],
  values: Fields,
  more: readonly RouteField[] = [],
): RouteRequest {
  const fields = [...required.map((name) => ({ name, required: true })), ...more, ...OPTIONAL];
  const filled = fields.filter(({ name }) => values[name]);
  const formState = Object.fromEntries(
    filled.map(({ name }) => [name, name === "seed" ? Number(values[name]) : values[name]!]),
  );
  const { webhook } = values;
  return {
    method: "POST",
    path: `/${path}`,
    body: { ...(webhook ? { webhook } : {}), formState },
    fields: [...fields, WEBHOOK],
  };
}

/** The requests, from the form's values. */
export const ROUTES: Readonly<Record<Route, (values: Fields) => RouteRequest>> = {
  "lipsync-image": (values) => post("lipsync-image", ["image", "audio"], values),
  "lipsync-image-multi": (values) =>
    post("lipsync-image-multi", ["image", "left_audio", "right_audio"], values, [ORDER]),
  "lipsync-video": (values) => post("lipsync-video", ["video", "audio"], values),
  jobs: () => ({ method: "GET", path: "/jobs", body: null, fields: [] }),
};

/**
 * The commands that start the gateway and make its key.
 * @param host of this page: the gateway fetches addresses of its own machine only when it is told to.
 */
export function gatewayCommands(host: string): string {
  const local = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$|\.localhost$/.test(host);
  return `npx dudak serve${local ? " --allow-private-urls" : ""}\n# in another terminal\nexport DUDAK_KEY=$(npx dudak keys create | head -1)`;
}

/** The request as a program would send it; the key stands in the environment. */
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
