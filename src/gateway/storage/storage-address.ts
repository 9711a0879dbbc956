import { fileURLToPath } from "node:url";
import { usageError } from "../../headless/usage-error.ts";

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
    throw usageError("usage/storage", { given: text });
  }
  if (url.username !== "" || url.password !== "") {
    throw usageError("usage/storage-keys");
  }
  const unknown = [...url.searchParams.keys()].find((name) => name !== "endpoint" && name !== "region");
  if (unknown !== undefined) throw usageError("usage/storage-part", { name: unknown });
  const endpoint = url.searchParams.get("endpoint") ?? undefined;
  if (endpoint !== undefined && !/^https?:\/\/[^/@]+\/?$/.test(endpoint)) {
    throw usageError("usage/storage-endpoint", { given: endpoint });
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
