import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  S3Client,
  type GetObjectCommandOutput,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { Readable } from "node:stream";
import { toldError } from "../../headless/told-error.ts";
import { EngineError } from "../../job/errors.ts";
import { chunksOf, type ByteStore } from "../../queue/store/media-store.ts";
import { tellSilence, type Patience } from "../patience.ts";
import type { StorageAddress } from "./storage-address.ts";

/** Bytes of one part of an upload; 10,000 parts are the most that S3 takes. */
const PART_BYTES = 8 * 1024 ** 2;
const CONNECT_MS = 10_000;
/** Milliseconds for which a question about an object, or for one, may be without an answer. */
const ANSWER_MS = 60_000;

/** Milliseconds that the bucket's first answer has at least: credentials may have to be fetched from elsewhere first. */
const FIRST_ANSWER_MS = 5000;

type S3Address = StorageAddress & { readonly kind: "s3" };

/**
 * Asks whether the bucket is there.
 * @throws EngineError `storage/failed` when it is not or may not be used, `storage/unavailable` when nothing answers.
 */
async function reach(client: S3Client, { bucket: Bucket, endpoint, region }: S3Address, patience: Patience) {
  const patienceMs = Math.max(FIRST_ANSWER_MS, patience.patienceMs);
  const address = endpoint ?? `${Bucket} (${region})`;
  const heard = tellSilence({ ...patience, patienceMs }, () => ({
    ...{ service: "S3", option: "--storage", address, reason: "no answer" },
  }));
  const abortSignal = AbortSignal.timeout(patienceMs);
  try {
    await client.send(new HeadBucketCommand({ Bucket }), { abortSignal });
  } catch (error) {
    const failure = s3Error(error, Bucket);
    if (failure.code !== "storage/unavailable") throw failure;
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = abortSignal.aborted ? "no answer" : message || (code ?? "no answer");
    throw toldError(failure.code, error, "host/no-s3", { address, reason });
  } finally {
    heard();
  }
}

/**
 * Bytes as objects of an S3-compatible bucket, streamed both ways: an upload holds two parts in memory.
 * @throws EngineError as {@link reach}.
 */
export async function openS3Bytes(
  address: S3Address,
  patience: Patience,
  answerMs = ANSWER_MS,
): Promise<ByteStore> {
  const { bucket: Bucket, prefix, endpoint, region } = address;
  // What the client says of Node 20 is for whoever chooses its version, which the package holds.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const client = new S3Client({
    region,
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    // Many servers that speak S3 know no checksums in trailers.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: { connectionTimeout: CONNECT_MS },
  });
  const keyOf = (id: string) => prefix + encodeURIComponent(id);
  /** What is sent, with its answer within {@link ANSWER_MS}; what the answer holds may take longer. */
  const sent = async <T>(
    send: (options: { readonly abortSignal: AbortSignal }) => Promise<T>,
  ): Promise<T> => {
    const control = new AbortController();
    const late = setTimeout(() => control.abort(), answerMs);
    try {
      return await send({ abortSignal: control.signal });
    } catch (error) {
      throw s3Error(error, Bucket);
    } finally {
      clearTimeout(late);
    }
  };
  await reach(client, address, patience);
  return {
    async write(id, stream, signal) {
      let size = 0;
      let broken: unknown;
      const counted = async function* () {
        try {
          for await (const chunk of chunksOf(stream)) {
            size += chunk.byteLength;
            yield chunk;
          }
        } catch (error) {
          broken = error;
          throw error;
        }
      };
      const Body = Readable.from(counted(), { objectMode: false });
      const params = { Bucket, Key: keyOf(id), Body };
      const upload = new Upload({ client, params, partSize: PART_BYTES, queueSize: 2 });
      const abort = () => void upload.abort().catch(() => undefined);
      signal?.addEventListener("abort", abort, { once: true });
      try {
        signal?.throwIfAborted();
        await upload.done();
        return size;
      } catch (error) {
        Body.destroy();
        throw broken ?? s3Error(error, Bucket);
      } finally {
        signal?.removeEventListener("abort", abort);
      }
    },
    async open(id) {
      const Key = keyOf(id);
      const head = await sent((options) =>
        client.send(new HeadObjectCommand({ Bucket, Key }), options).catch((error: unknown) => {
          if ((error as { name?: string }).name === "NotFound") return undefined;
          throw error;
        }),
      );
      if (!head) return undefined;
      const size = head.ContentLength ?? 0;
      const read = (start: number, end: number) =>
        sent((options) =>
          client.send(
            new GetObjectCommand({ Bucket, Key, Range: `bytes=${String(start)}-${String(end - 1)}` }),
            options,
          ),
        );
      return {
        size,
        stream: (start = 0, end = size) => lazily(end > start ? () => read(start, end) : undefined),
        async blob(type) {
          if (size === 0) return new Blob([], { type });
          const { Body } = await read(0, size);
          const bytes = await Body!.transformToByteArray().catch((error: unknown) => {
            throw s3Error(error, Bucket);
          });
          return new Blob([new Uint8Array(bytes)], { type });
        },
      };
    },
    async delete(id) {
      await sent((options) => client.send(new DeleteObjectCommand({ Bucket, Key: keyOf(id) }), options));
    },
    async list() {
      const found: { id: string; modifiedAt: number }[] = [];
      for await (const page of paginateListObjectsV2({ client }, { Bucket, Prefix: prefix })) {
        for (const { Key = "", LastModified } of page.Contents ?? []) {
          const id = decodeURIComponent(Key.slice(prefix.length));
          found.push({ id, modifiedAt: LastModified?.getTime() ?? Date.now() });
        }
      }
      return found;
    },
  };
}

/** A stream whose request is sent when it is read. */
function lazily(read: (() => Promise<GetObjectCommandOutput>) | undefined) {
  let reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        if (!read) {
          controller.close();
          return;
        }
        reader ??= (
          (await read()).Body!.transformToWebStream() as ReadableStream<Uint8Array<ArrayBuffer>>
        ).getReader();
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader?.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** What went wrong with S3, as an error of ours. */
function s3Error(error: unknown, bucket: string): EngineError {
  if (error instanceof EngineError) return error;
  const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  if (status === 0 || status >= 500 || status === 429) {
    if (name === "CredentialsProviderError") {
      return new EngineError(
        "storage/failed",
        "There are no credentials for S3. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a file or role as AWS has it.",
        { cause: error },
      );
    }
    return new EngineError(
      "storage/unavailable",
      "The storage of media does not answer for the moment. Try again in a few seconds.",
      { cause: error },
    );
  }
  const why =
    status === 404 ? "there is no such bucket" : status === 403 ? "access is refused" : `${name}: ${message}`;
  return new EngineError(
    "storage/failed",
    `The bucket ${bucket} could not be used: ${why}. Check --storage.`,
    {
      cause: error,
    },
  );
}
