import { beforeEach, describe, expect, test } from "vitest";
import { createApi, finishJob, refusal, TINY, type Api } from "./harness.ts";
import { createResultLinks } from "../../src/gateway/sign-links.ts";
import type { NewKey } from "../../src/rest/keys.ts";

let api: Api;
let nowMs: number;

async function setUp(always?: number) {
  nowMs = 1_000_000_000;
  api = await createApi({ links: createResultLinks(always), now: () => nowMs });
}
beforeEach(() => setUp());

/** A caller with a key of its own. */
async function caller(tenant: NewKey["tenant"]) {
  const { key, listing } = await api.keys.create({ tenant });
  const headers = { Authorization: `Bearer ${key}` };
  const call = (path: string, init: RequestInit = {}) =>
    api.call(path, { ...init, headers: { ...headers, ...init.headers } });
  return { call, headers, prefix: listing.prefix, submit: () => api.submit({}, headers) };
}

const listed = async (call: Api["call"]) =>
  ((await (await call("/jobs")).json()) as { jobs: { id: string }[] }).jobs.map(({ id }) => id);

describe("tenants", () => {
  test("a key sees, changes and removes its own jobs only; an administrator's those of all", async () => {
    const [ada, bob, admin] = [await caller("own"), await caller("own"), await caller(undefined)];
    const [hers, his] = [await ada.submit(), await bob.submit()];
    await finishJob(api, hers, "hers");
    expect(await listed(ada.call)).toEqual([hers]);
    expect(await listed(bob.call)).toEqual([his]);
    expect(await listed(admin.call)).toEqual([his, hers]);
    for (const [path, method] of [
      [`/jobs/${hers}`, "GET"],
      [`/jobs/${hers}?wait=1`, "GET"],
      [`/jobs/${hers}/output`, "GET"],
      [`/jobs/${hers}/events`, "GET"],
      [`/jobs/${hers}`, "DELETE"],
    ] as const) {
      expect(await refusal(await bob.call(path, { method })), path).toMatchObject({ code: "job/not-found" });
    }
    expect(await (await ada.call(`/jobs/${hers}/output`)).text()).toBe("hers");
    expect((await admin.call(`/jobs/${his}`, { method: "DELETE" })).status).toBe(200);
  });

  test("an uploaded file and a result serve the one whose they are, also as input", async () => {
    const [ada, bob] = [await caller("own"), await caller("own")];
    const upload = await ada.call("/files", { method: "POST", body: "a voice" });
    const { url } = (await upload.json()) as { url: string };
    expect(await refusal(await bob.call(url))).toMatchObject({ code: "route/not-found" });
    expect(await (await ada.call(url)).text()).toBe("a voice");
    const done = await ada.submit();
    await finishJob(api, done, "hers");
    const { output } = (await (await ada.call(`/jobs/${done}`)).json()) as { output: string };
    const submit = (of: typeof ada, audio: string) =>
      of.call("/lipsync-image", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ formState: { ...TINY, audio } }),
      });
    expect((await refusal(await submit(bob, url))).fields).toEqual(["formState.audio"]);
    expect((await refusal(await submit(bob, output.split("?")[0]!))).fields).toEqual(["formState.audio"]);
    expect((await submit(ada, url)).status).toBe(200);
    expect((await submit(ada, output.split("?")[0]!)).status).toBe(200);
    // Whoever was given the whole address may read the result, and so use it.
    expect((await submit(bob, output)).status).toBe(200);
  });

  test("a key made with another shares its jobs, before and after the other is revoked", async () => {
    const ada = await caller("own");
    const job = await ada.submit();
    const next = await caller({ of: ada.prefix });
    await api.keys.revoke(ada.prefix);
    expect(await listed(next.call)).toEqual([job]);
    await expect(api.keys.create({ tenant: { of: "nobody" } })).rejects.toMatchObject({
      code: "input/field",
    });
  });

  test("the same Idempotency-Key of two tenants makes two jobs", async () => {
    const [ada, bob] = [await caller("own"), await caller("own")];
    const headers = { "Idempotency-Key": "one" };
    const first = await api.submit({}, { ...headers, ...ada.headers });
    expect(await api.submit({}, { ...headers, ...ada.headers })).toBe(first);
    expect(await api.submit({}, { ...headers, ...bob.headers })).not.toBe(first);
  });
});

describe("links that expire", () => {
  const outputOf = async (path: string) =>
    ((await (await api.call(path)).json()) as { output: string }).output;
  const open = (url: string) => api.call(url, { headers: { Authorization: "none" } });

  test("work without a key until they expire, and for nothing else", async () => {
    const [id, other] = [await api.submit(), await api.submit()];
    await finishJob(api, id, "a film");
    await finishJob(api, other, "another");
    const link = await outputOf(`/jobs/${id}?link=60`);
    expect(link).toMatch(/\?expires=\d+&signature=[\w-]{43}$/);
    expect(await (await open(link)).text()).toBe("a film");
    for (const changed of [
      link.replace(/expires=\d+/, "expires=99999999999"),
      link.replace(id, other),
      link.replace(/signature=./, "signature=_"),
      link.replace(/&signature=.*/, ""),
    ]) {
      expect(await refusal(await open(changed)), changed).toMatchObject({ status: 403, code: "auth/link" });
    }
    nowMs += 59_000;
    expect((await open(link)).status).toBe(200);
    nowMs += 2000;
    expect(await refusal(await open(link))).toMatchObject({ code: "auth/link" });
    // The lasting address is there for whoever does not ask.
    expect((await open(await outputOf(`/jobs/${id}`))).status).toBe(200);
  });

  test("where all are to expire, the lasting token opens nothing", async () => {
    await setUp(60);
    const id = await api.submit();
    await finishJob(api, id, "a film");
    expect(await outputOf(`/jobs/${id}`)).toContain("signature=");
    const { outputToken } = (await api.storage.store.get(id))!;
    expect((await open(`/jobs/${id}/output?token=${outputToken}`)).status).toBe(401);
  });

  test("are refused where nobody signs them, and for a time that is none", async () => {
    const id = await api.submit();
    for (const seconds of ["0", "x", "9999999"]) {
      expect((await refusal(await api.call(`/jobs/${id}?link=${seconds}`))).fields).toEqual(["link"]);
    }
    api = await createApi();
    const plain = await api.submit();
    expect((await refusal(await api.call(`/jobs/${plain}?link=60`))).fields).toEqual(["link"]);
  });
});
