import { RETRY_PAUSES_MS } from "../../src/rest/webhooks.ts";

/** Milliseconds in the largest unit that fits. */
function duration(ms: number): string {
  if (ms < 60_000) return `${String(ms / 1000)} s`;
  return ms < 3600_000 ? `${String(ms / 60_000)} min` : `${String(ms / 3600_000)} h`;
}

/** What comes before the routes: how to begin, in curl and in JavaScript. */
export const GUIDE_START = `# API reference

The lip-sync API runs on your own machine: \`dudak serve\` answers it over HTTP, and the studio's service worker answers the same routes on the studio's own origin. Paths below are relative to the base, \`http://127.0.0.1:8787/api/v1\` unless you chose another port. The same description for programs is \`GET /openapi.json\`.

This page is generated from that description by \`npm run docs\`.

## Begin

In one terminal, start the gateway; in another, make a key, which is shown once:

\`\`\`sh
dudak serve
\`\`\`

\`\`\`sh
dudak keys create --name laptop
export KEY=sk_…            # the key that was shown
export API=http://127.0.0.1:8787/api/v1
\`\`\`

\`dudak\` is \`node bin/dudak.mjs\` in a clone. Every request but \`GET /health\` and \`GET /openapi.json\` carries the key; the studio's own pages need none.

With files from your disk: upload them, submit the job with the URLs that come back, wait, download.

\`\`\`sh
curl -H "Authorization: Bearer $KEY" -F file=@me.jpg $API/files      # {"url":"…/files/1b9d…", …}
curl -H "Authorization: Bearer $KEY" -F file=@hello.mp3 $API/files

curl -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\
  -d '{"formState":{"image":"URL of me.jpg","audio":"URL of hello.mp3","resolution":"720p"}}' \\
  $API/lipsync-image                                                 # {"id":"…","status":"processing"}

curl -H "Authorization: Bearer $KEY" "$API/jobs/ID?wait=30"          # again, until "completed" or "failed"
curl -o me.mp4 "the job's output"                                    # needs no key
\`\`\`

The same in JavaScript (Node 20 or newer):

\`\`\`js
import { openAsBlob } from "node:fs";
import { writeFile } from "node:fs/promises";

const API = "http://127.0.0.1:8787/api/v1";
const headers = { Authorization: \`Bearer \${process.env.KEY}\` };

async function call(path, init = {}) {
  const response = await fetch(API + path, { ...init, headers: { ...headers, ...init.headers } });
  const answer = await response.json();
  if (!response.ok) throw new Error(\`\${answer.errorCode}: \${answer.error}\`);
  return answer;
}

async function upload(path) {
  const form = new FormData();
  form.set("file", await openAsBlob(path), path);
  return (await call("/files", { method: "POST", body: form })).url;
}

const formState = { image: await upload("me.jpg"), audio: await upload("hello.mp3") };
let job = await call("/lipsync-image", {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ formState }),
});
while (job.status === "processing") job = await call(\`/jobs/\${job.id}?wait=30\`);
if (job.status === "failed") throw new Error(\`\${job.errorCode}: \${job.error}\`);
await writeFile("me.mp4", new Uint8Array(await (await fetch(job.output)).arrayBuffer()));
\`\`\`

## Rules for every route

- **Media fields** take an \`http(s)\` URL that the gateway can fetch, a \`data:\` URL, the URL that \`POST /files\` answered with, or the \`output\` of another job, which is copied.
- **\`resolution\`** is the length of the output's shorter side, \`480p\` (default) or \`720p\`, or \`source\` for the source's own size. The aspect ratio is kept, sizes are even, and a smaller source is not enlarged: the job's \`warnings\` say so.
- **Keys** see the jobs and files that were sent with them, and no others; those made with \`dudak keys create --admin\`, and those of releases before, see all. \`dudak keys create --with KEY\` makes a second key for the same jobs, to replace the first.
- **Results**: \`output\` is an address with a token of its own, so that a player can open it without the key. Whoever has the address can read the result. \`GET /jobs/{id}?link=3600\` gives an address that is signed and expires instead (\`?expires=&signature=\`); after \`dudak serve --link-minutes N\` all do.
- **Idempotency**: send \`Idempotency-Key\` with a submission and repeat it freely. The same key and body answer with the same job; the same key with another body is \`409 job/conflict\`.
- **Waiting**: \`GET /jobs/{id}?wait=30\` is a long poll, \`GET /jobs/{id}/events\` a stream of server-sent events, a \`webhook\` comes by itself.
- **Range**: results and files are served in parts, for players and resumed downloads: \`curl -r 0-999 …\` gives \`206\`; a range outside the file \`416\`.
- **\`HEAD\`** works wherever \`GET\` does. Pages of other origins may call when the gateway was started with \`--allow-origin\`, or with a key bound to their origin.
`;

/** What comes after the routes: webhooks, and the limits of the gateway. */
export const GUIDE_END = `## Webhooks

A submission with \`"webhook": "https://…"\` (plain \`http\` for this machine alone) has the finished job POSTed there: the same object as \`GET /jobs/{id}\`. Any status from 200 to 299 within 10 s counts as received. Otherwise it is sent again after ${RETRY_PAUSES_MS.map(duration).join(", ")}, restarts of the gateway included. It can arrive twice; \`webhook-id\` is then the same.

Deliveries are signed as [Standard Webhooks](https://www.standardwebhooks.com) has it, in \`webhook-id\`, \`webhook-timestamp\` and \`webhook-signature\`. \`dudak keys secret\` prints the secret, \`dudak keys secret --rotate\` replaces it. Check the signature over the body as it came, before parsing it:

\`\`\`js
import express from "express";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.DUDAK_WEBHOOK_SECRET); // whsec_…

express()
  .post("/done", express.raw({ type: "application/json" }), (request, response) => {
    let job;
    try {
      job = webhook.verify(request.body.toString(), request.headers);
    } catch {
      return response.sendStatus(401);
    }
    console.log(job.id, job.status, job.output ?? job.error);
    response.sendStatus(204);
  })
  .listen(3000);
\`\`\`

Submit with \`"webhook": "http://localhost:3000/done"\` to try it.

## The gateway

\`dudak serve\` answers over HTTP; [its options](command-line.md#dudak-serve).

- Beyond \`--rate\`, \`429 route/too-many\`; beyond \`--max-queue\`, \`429 queue/full\`; both with \`Retry-After\`.
- A JSON body may have 128 MB, \`data:\` URLs included; a file \`--max-size\`.
- A URL is fetched when its job runs: at most 10 minutes, 20 s without a byte, 5 redirects. Web pages and JSON are refused as media.
- Addresses of private networks and of this machine are not fetched, and private networks get no webhooks, unless \`--allow-private-urls\` is given; that is checked for redirects and DNS answers, too.
- \`/livez\`, \`/readyz\` and \`/metrics\` (Prometheus; an administrator's key, or \`--ops-port\`) lie beside the API. \`dudak jobs\` lists, shows, retries and cancels jobs. More machines: [scale-out.md](scale-out.md).
- Jobs, media and keys (a SQLite database and files) lie in \`--data\` and survive restarts; an interrupted job is run again. An upload that no job uses is removed after a day.
`;
