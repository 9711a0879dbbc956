import { fileURLToPath } from "node:url";
import { UsageError } from "../../headless/exit-codes.ts";

/** Where a cluster keeps media and results. */
export type StorageAddress =
  | { readonly kind: "folder"; readonly path: string }
  | {
      readonly kind: "s3";
      readonly bucket: string;
      /** In front of every object's name: empty, or ends with a slash. */
      readonly prefix: string;
      /** Address of an S3-compatible server; absent: AWS. */
      readonly endpoint?: string;
      readonly region: string;
    };

/**
 * Reads `s3://bucket/prefix?endpoint=…&region=…` or `file:///folder`.
 * @throws UsageError when it is neither, or holds a secret.
 */
export function parseStorageAddress(text: string): StorageAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "file:") return { kind: "folder", path: fileURLToPath(url) };
  if (url?.protocol !== "s3:" || url.hostname === "") {
    throw new UsageError(`--storage must be s3://BUCKET or file:///FOLDER, not "${text}".`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new UsageError(
      "The keys of S3 do not belong into --storage. Put them into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or into a file that AWS_SHARED_CREDENTIALS_FILE names.",
    );
  }
  const unknown = [...url.searchParams.keys()].find((name) => name !== "endpoint" && name !== "region");
  if (unknown !== undefined)
    throw new UsageError(`--storage knows no "${unknown}"; it takes endpoint and region.`);
  const endpoint = url.searchParams.get("endpoint") ?? undefined;
  if (endpoint !== undefined && !/^https?:\/\/[^/@]+\/?$/.test(endpoint)) {
    throw new UsageError(`The endpoint in --storage must be like https://HOST:PORT, not "${endpoint}".`);
  }
  const prefix = decodeURIComponent(url.pathname.replace(/^\/+|\/+$/g, ""));
  return {
    kind: "s3",
    bucket: url.hostname,
    prefix: prefix === "" ? "" : `${prefix}/`,
    ...(endpoint === undefined ? {} : { endpoint }),
    region: url.searchParams.get("region") ?? process.env["AWS_REGION"] ?? "us-east-1",
  };
}
