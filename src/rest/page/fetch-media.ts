import { EngineError } from "../../job/errors.ts";
import type { FetchedMedia } from "../../queue/inputs.ts";

/**
 * Fetches a medium from within a page. The page's content security policy decides what can be reached;
 * Dudak's own allows its own origin only.
 * @throws EngineError `input/fetch`.
 */
export async function fetchMediaInPage(url: string, signal: AbortSignal): Promise<FetchedMedia> {
  let response: Response;
  try {
    response = await fetch(url, { signal });
  } catch (error) {
    if (signal.aborted) throw new EngineError("job/cancelled", "The job was cancelled.", { cause: error });
    throw new EngineError(
      "input/fetch",
      `${url} could not be fetched: it did not answer, or this page may not reach it. Upload the file with POST /files or send it as a data: URL.`,
      { cause: error },
    );
  }
  const type = (response.headers.get("Content-Type") ?? "").split(";", 1)[0]!.trim().toLowerCase();
  if (!response.ok || !response.body) {
    throw new EngineError("input/fetch", `${url} answered ${String(response.status)}. Check the address.`);
  }
  if (type === "text/html") {
    throw new EngineError(
      "input/fetch",
      `${url} answered with a web page. Use the address of the file itself.`,
    );
  }
  return { type: type || "application/octet-stream", body: response.body };
}
