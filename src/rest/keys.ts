import { EngineError } from "../job/errors.ts";
import { sha256Hex } from "../core/sha256.ts";
import type { RecordTable } from "../queue/store/record-table.ts";

/** A key as it is stored: never the key itself. */
export interface KeyRecord {
  /** The part before the secret, `sk_` and eight letters; finds the key and names it in lists. */
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the whole key, hex. */
  readonly hash: string;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly revokedAt?: number;
  /** The key works only from pages of this origin. */
  readonly origin?: string;
  /**
   * Whose jobs and files the key sees, as the prefix of the tenant's first key. Without it the key sees everything:
   * an administrator's, one of a browser, or one of a release that knew no tenants.
   */
  readonly tenant?: string;
}

/** When a key was last used, apart from its record so that noting it can never undo a revocation. */
export interface KeyUse {
  readonly id: string;
  /** Epoch ms, to within a minute. */
  readonly lastUsedAt: number;
}

/** A key as lists show it. */
export interface KeyListing extends Omit<KeyRecord, "hash" | "id"> {
  readonly prefix: string;
  readonly lastUsedAt?: number;
}

/** What a key is made with. */
export interface NewKey {
  readonly name?: string | undefined;
  readonly origin?: string | undefined;
  /** `own`: a new tenant. `{ of }`: that of another key, by its prefix or name. Absent: the key sees everything. */
  readonly tenant?: "own" | { readonly of: string } | undefined;
}

/** The API keys of an installation. */
export interface KeyStore {
  /**
   * Makes a key. `key` is shown once and cannot be read again.
   * @throws EngineError `input/field` when the name is too long, the origin is none, or there is no such tenant.
   */
  create(options?: NewKey): Promise<{ key: string; listing: KeyListing }>;
  /** Newest first, revoked ones included. */
  list(): Promise<readonly KeyListing[]>;
  /** Revokes a key by its prefix or its name; false when there is none, or several of that name. */
  revoke(prefixOrName: string): Promise<boolean>;
  /**
   * Checks a key that a client sent from a page of `origin` (undefined: from no page).
   * @throws EngineError `auth/unknown` or `auth/origin`.
   */
  verify(key: string, origin: string | undefined): Promise<KeyListing>;
}

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const KEY_FORM = /^(sk_[0-9A-Za-z]{8})_[0-9A-Za-z]{32}$/;
const USE_STEP_MS = 60_000;

/** A key store over two tables, which may be one store of rows with different ids. */
export function createKeyStore(
  records: RecordTable<KeyRecord>,
  uses: RecordTable<KeyUse>,
  now: () => number = Date.now,
): KeyStore {
  const listed = ({ id, hash: _hash, ...rest }: KeyRecord, use: KeyUse | undefined): KeyListing => ({
    ...rest,
    prefix: id,
    ...(use ? { lastUsedAt: use.lastUsedAt } : {}),
  });
  const listing = async (record: KeyRecord) => listed(record, await uses.get(useId(record.id)));
  /** The one usable key of this prefix or name. */
  const only = async (prefixOrName: string): Promise<KeyRecord | undefined> => {
    const matches = (await records.all()).filter(
      ({ id, name, revokedAt }) => revokedAt === undefined && (id === prefixOrName || name === prefixOrName),
    );
    return matches.length === 1 ? matches[0] : undefined;
  };
  return {
    async create({ name = "", origin, tenant } = {}) {
      if (name.length > 100) throw new EngineError("input/field", "A key's name has at most 100 characters.");
      const bound = origin === undefined ? undefined : originOf(origin);
      const id = `sk_${randomLetters(8)}`;
      const key = `${id}_${randomLetters(32)}`;
      const createdAt = now();
      const of = tenant === "own" ? id : tenant && tenantOf(await only(tenant.of), tenant.of);
      const record: KeyRecord = {
        id,
        name: name.trim() || `key of ${new Date(createdAt).toISOString().slice(0, 10)}`,
        hash: await sha256Hex(key),
        createdAt,
        ...(bound ? { origin: bound } : {}),
        ...(of === undefined ? {} : { tenant: of }),
      };
      await records.put(record);
      return { key, listing: await listing(record) };
    },
    async list() {
      const all = (await records.all()).filter((record) => record.id.startsWith("sk_"));
      return Promise.all(all.sort((a, b) => b.createdAt - a.createdAt).map(listing));
    },
    async revoke(prefixOrName) {
      const record = await only(prefixOrName);
      return (
        record !== undefined &&
        (await records.update(record.id, (row) => ({ ...row, revokedAt: now() }))) !== undefined
      );
    },
    async verify(key, origin) {
      const id = KEY_FORM.exec(key)?.[1];
      const [record, before] =
        id === undefined ? [] : await Promise.all([records.get(id), uses.get(useId(id))]);
      // Hash and compare also when there is no such key, so that the time tells nothing.
      const same = equalInConstantTime(await sha256Hex(key), record?.hash ?? "0".repeat(64));
      if (!record || !same || record.revokedAt !== undefined) {
        throw new EngineError(
          "auth/unknown",
          "This API key is unknown here or was revoked. The gateway's keys are made with `dudak keys create`, those of the studio's pages on its API page.",
        );
      }
      if (record.origin !== undefined && record.origin !== origin) {
        throw new EngineError("auth/origin", `This API key works only from pages of ${record.origin}.`);
      }
      if (before && now() - before.lastUsedAt < USE_STEP_MS) return listed(record, before);
      const use = { id: useId(record.id), lastUsedAt: now() };
      await uses.put(use);
      return listed(record, use);
    },
  };
}

function tenantOf(record: KeyRecord | undefined, asked: string): string {
  if (record?.tenant !== undefined) return record.tenant;
  throw new EngineError(
    "input/field",
    record
      ? `The key "${asked}" sees every tenant's jobs; there is no tenant to share.`
      : `There is no usable key "${asked}", or several of that name; see dudak keys list.`,
  );
}

const useId = (keyId: string) => `use:${keyId}`;

function originOf(text: string): string {
  try {
    const { origin } = new URL(text);
    if (origin !== "null") return origin;
  } catch {
    // Told below.
  }
  throw new EngineError("input/field", `"${text}" is not an origin. Give one like https://example.com.`);
}

/** Letters and digits, each equally likely. */
function randomLetters(count: number): string {
  let letters = "";
  while (letters.length < count) {
    for (const byte of crypto.getRandomValues(new Uint8Array(count * 2))) {
      // 248 = 4 × 62: bytes above it would favour the first letters.
      if (byte < 248 && letters.length < count) letters += ALPHABET[byte % 62]!;
    }
  }
  return letters;
}

/** Whether two texts are the same, in a time that depends on their lengths only. */
export function equalInConstantTime(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    difference |= (a.charCodeAt(i) || 0) ^ (b.charCodeAt(i) || 0);
  }
  return difference === 0;
}
