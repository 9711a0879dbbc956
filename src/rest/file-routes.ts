import { EngineError } from "../job/errors.ts";
import { mediaType } from "../job/fetch-media.ts";
import { UPLOAD_OWNER } from "../queue/store/media-store.ts";
import { maySee } from "./access.ts";
import { json, refuse } from "./http/answers.ts";
import type { Call } from "./api-deps.ts";
import { firstFile, multipartBoundary } from "./http/multipart.ts";
import { serveFile } from "./http/range.ts";
import { bodyStream, storedType } from "./http/request-body.ts";
import { refuseWhenBusy } from "./refuse-when-busy.ts";

/** What a form may add to the bytes of its file. */
const FORM_BYTES = 100_000;

/** `POST /files`: a form with one file, or the bytes themselves; streamed to the storage as they arrive. */
export async function uploadFile(call: Call): Promise<Response> {
  const { request, url, deps, base } = call;
  const busy = await refuseWhenBusy(call);
  if (busy) return busy;
  const header = request.headers.get("Content-Type") ?? "";
  let type = header;
  let name = url.searchParams.get("name") ?? "";
  const announced = Number(request.headers.get("Content-Length") ?? 0);
  if (announced > deps.maxFileBytes + FORM_BYTES) {
    return refuse(
      "input/too-large",
      `At most ${String(Math.floor(deps.maxFileBytes / 1e6))} MB can be uploaded. Send a smaller file.`,
    );
  }
  let body = await bodyStream(request);
  if (mediaType(header).startsWith("multipart/")) {
    const boundary = multipartBoundary(header);
    if (boundary === undefined) {
      return refuse(
        "input/missing",
        "The form's Content-Type names no boundary. Leave this header to your HTTP client, which knows it.",
      );
    }
    const file = await firstFile(body, boundary);
    if (!file) {
      return refuse(
        "input/missing",
        "The form has no file. Send one as multipart/form-data, or the bytes as the body.",
      );
    }
    ({ type, name, body } = file);
  }
  const stored = await deps.media.put(body, {
    type: storedType(type),
    name: name.slice(0, 255),
    owner: UPLOAD_OWNER,
    tenant: call.key?.tenant,
    maxBytes: deps.maxFileBytes,
  });
  if (stored.size === 0) {
    await deps.media.delete(stored.id);
    return refuse(
      "input/missing",
      "The file is empty. Send its bytes as the body, or as multipart/form-data.",
    );
  }
  const address = `${base}/files/${stored.id}`;
  return json({ url: address, id: stored.id, type: stored.type, size: stored.size }, 201, {
    Location: address,
  });
}

/** `GET /files/{id}`: an uploaded file. */
export async function getFile({ request, params, deps, key }: Call): Promise<Response> {
  const file = await deps.media.get(params["id"]!);
  if (file?.owner !== UPLOAD_OWNER || !maySee(key, file.tenant)) {
    throw new EngineError("route/not-found", "There is no such file; it was removed or never uploaded.");
  }
  return serveFile(request, file, file.name ?? file.id);
}
