#!/usr/bin/env bash
# AWS SDK for JavaScript 3.1175.0 (@smithy/node-http-handler 4.14.2): uploads of 2 MiB or more ask with "Expect:
# 100-continue" first. Where nobody answers that, as behind an HTTP/1.0 proxy, the body is sent after the larger of 6 s
# and the client's own requestTimeout: a longer requestTimeout makes every upload as much slower. With
# throwOnRequestTimeout, to which the SDK's own warning points, no such upload can succeed, whatever the value: the
# request times out at the moment at which its body would be sent, or before. expectContinueHeader: false helps.
#
# Needs node and npm. Exits 0 while the behaviour is as described, 1 when it changed, 2 when it cannot be tried.
set -euo pipefail
command -v npm >/dev/null || { echo "no npm found"; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo '{"private":true,"type":"module"}' >package.json
npm install --no-audit --no-fund --loglevel=error @aws-sdk/client-s3@3.1175.0 @smithy/node-http-handler@4.14.2 >/dev/null
cat >try.mjs <<'JS'
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { createServer } from "node:net";

const Body = Buffer.alloc(3 * 1024 * 1024, 7);

/** A server that takes a PUT and knows no "Expect"; milliseconds from the head to the first of the body. */
async function listen() {
  let waited = null;
  const server = createServer((socket) => {
    let head = "";
    let at = 0;
    let got = 0;
    socket.on("error", () => undefined);
    socket.on("data", (data) => {
      if (!at) {
        head += data.toString("latin1");
        const end = head.indexOf("\r\n\r\n");
        if (end < 0) return;
        at = performance.now();
        got = head.length - end - 4;
      } else got += data.length;
      if (got > 0) waited ??= performance.now() - at;
      if (got >= Body.length) socket.end("HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, endpoint: `http://127.0.0.1:${server.address().port}`, waited: () => waited };
}

async function upload(handler, more = {}) {
  const { server, endpoint, waited } = await listen();
  const client = new S3Client({
    endpoint,
    forcePathStyle: true,
    region: "us-east-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    requestChecksumCalculation: "WHEN_REQUIRED",
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(handler),
    logger: { warn() {}, info() {}, debug() {}, error() {}, trace() {} },
    ...more,
  });
  const result = await client.send(new PutObjectCommand({ Bucket: "bucket", Key: "key", Body })).then(
    () => "stored",
    (error) => error.name,
  );
  client.destroy();
  server.close();
  return { result, seconds: waited() === null ? null : waited() / 1000 };
}

const THROW = { throwOnRequestTimeout: true };
const cases = [
  { name: "no settings", settings: [{}], result: "stored", least: 5.9, most: 8 },
  { name: "requestTimeout 12 s", settings: [{ requestTimeout: 12_000 }], result: "stored", least: 11.9, most: 14 },
  { name: "requestTimeout 3 s, thrown", settings: [{ requestTimeout: 3000, ...THROW }], result: "TimeoutError" },
  { name: "requestTimeout 12 s, thrown", settings: [{ requestTimeout: 12_000, ...THROW }], result: "TimeoutError" },
  {
    name: "requestTimeout 12 s, thrown, expectContinueHeader false",
    settings: [{ requestTimeout: 12_000, ...THROW }, { expectContinueHeader: false }],
    result: "stored",
    least: 0,
    most: 2,
  },
];
const seen = await Promise.all(cases.map(({ settings }) => upload(...settings)));
let asDescribed = true;
for (const [i, { name, result, least, most }] of cases.entries()) {
  const { result: came, seconds } = seen[i];
  console.log(`${name}: ${came}, body after ${seconds === null ? "-" : `${seconds.toFixed(1)} s`}`);
  asDescribed &&= came === result && (least === undefined || (seconds >= least && seconds <= most));
}
console.log(asDescribed ? "as described" : "changed");
process.exit(asDescribed ? 0 : 1);
JS
echo "AWS SDK 3.1175.0, node $(node --version)"
AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true node try.mjs
