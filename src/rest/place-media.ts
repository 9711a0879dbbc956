import { EngineError } from "../job/errors.ts";
import { mapMediaAsync, mediaOf, type JobSpec } from "../job/job-spec.ts";
import { wirePath } from "../job/wire-names.ts";
import type { JobInput } from "../queue/job-row.ts";
import { removeMedia } from "../queue/retention.ts";
import type { WrongField } from "./http/answers.ts";
import type { Call } from "./api-deps.ts";
import { maySee } from "./access.ts";
import { mayByToken } from "./links.ts";
import { decodeDataUrl } from "./http/request-body.ts";
import { isLoopbackHost, isUuid, parseUrl } from "./http/urls.ts";
import type { Checked } from "./http/validate.ts";

/** Bytes that are stored with the job itself. */
interface OwnBytes {
  readonly open: () => Blob | ReadableStream<Uint8Array>;
  readonly type: string;
}

/** Where one medium lies, its bytes, or what is wrong with its address. */
type Placed = { readonly input: JobInput } | { readonly own: OwnBytes } | { readonly error: string };

/**
 * A submission with its media where they lie. `data:` URLs and results of other jobs are stored with the job now, so
 * that the other job may be removed; addresses of elsewhere are fetched when the job runs.
 * @throws EngineError `storage/full` or `storage/failed`; nothing is left behind then.
 */
export async function placeMedia(
  call: Call,
  jobId: string,
  spec: JobSpec<string>,
): Promise<Checked<JobSpec<JobInput>>> {
  const found = await mapMediaAsync(spec, (address) => place(call, address));
  const fields: WrongField[] = [...mediaOf(found)].flatMap(([field, placed]) =>
    "error" in placed ? [{ field: wirePath(field), error: placed.error }] : [],
  );
  if (fields.length > 0) return { ok: false, fields };
  const { media } = call.deps;
  try {
    const value = await mapMediaAsync(found, async (placed, field): Promise<JobInput> => {
      if ("input" in placed) return placed.input;
      if ("own" in placed) {
        const { open, type } = placed.own;
        return { file: (await media.put(open(), { type, owner: jobId })).id };
      }
      throw new EngineError("internal/bug", `${field} has no place.`);
    });
    return { ok: true, value };
  } catch (error) {
    await removeMedia(media, jobId);
    throw error;
  }
}

async function place(call: Call, address: string): Promise<Placed> {
  const { deps } = call;
  if (/^data:/i.test(address)) {
    const blob = decodeDataUrl(address);
    return blob
      ? { own: { open: () => blob, type: blob.type } }
      : { error: "must be a data: URL with bytes in it" };
  }
  const { path, here } = apiPath(call, address);
  const uploaded = idIn(path, /^\/files\/([^/]+)$/);
  if (uploaded !== undefined) {
    const file = await deps.media.get(uploaded);
    if (file && maySee(call.key, file.tenant)) return { input: { file: uploaded } };
    if (here) return { error: "names an uploaded file that is gone; upload it again" };
  }
  const finished = idIn(path, /^\/jobs\/([^/]+)\/output$/);
  if (finished !== undefined) {
    const row = await deps.store.get(finished);
    const token = new URL(address, call.url.href).searchParams.get("token");
    const allowed = row && (maySee(call.key, row.owner) || mayByToken(deps, row, token));
    const output = allowed ? row.output : undefined;
    const file = output && (await deps.media.get(output.file));
    if (file) return { own: { open: () => file.stream(), type: file.type } };
    if (here)
      return { error: "names a job without a result: it is not completed, it failed, or it was removed" };
  }
  // A page may name its own files by path; other clients have no origin that a path could belong to.
  const whole = parseUrl(address, deps.access === "own-page" ? call.url.origin : undefined);
  if (whole) return { input: { url: whole.href } };
  return { error: "must be an address of this API or a whole URL" };
}

function idIn(path: string | undefined, pattern: RegExp): string | undefined {
  const id = path === undefined ? undefined : pattern.exec(path)?.[1]?.toLowerCase();
  return id !== undefined && isUuid(id) ? id : undefined;
}

/**
 * The path below the base when an address may be one of this API's. Here: under whatever name this machine goes by;
 * elsewhere it may be another gateway of the same storage, of which the id tells.
 */
function apiPath({ url, base, deps }: Call, address: string): { path?: string; here: boolean } {
  const target = parseUrl(address, url.href);
  if (!target?.pathname.startsWith(`${deps.basePath}/`)) return { here: false };
  const own = [url.origin, new URL(base).origin].includes(target.origin);
  const sameMachine =
    isLoopbackHost(target.hostname) && isLoopbackHost(url.hostname) && target.port === url.port;
  return { path: target.pathname.slice(deps.basePath.length), here: own || sameMachine };
}
