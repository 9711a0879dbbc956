import { msg } from "@lit/localize";

/** The sentences of the API's page, loaded with it. */
export const a = {
  apiTitle: () => msg("API", { id: "apiTitle" }),
  apiLead: () =>
    msg(
      "The same requests as the hosted service. Change the base URL and your client runs here, on your machine, at no charge.",
      { id: "apiLead" },
    ),
  baseUrl: () => msg("Base URL", { id: "baseUrl" }),
  thisPage: () => msg("This page", { id: "thisPage" }),
  gateway: () => msg("Local gateway", { id: "gateway" }),
  gwNote: () => msg("Programs outside the browser need the gateway, and a key of its own:", { id: "gwNote" }),
  keys: () => msg("Keys", { id: "keys" }),
  kName: () => msg("Name", { id: "kName" }),
  kPrefix: () => msg("Begins with", { id: "kPrefix" }),
  kUsed: () => msg("Last used", { id: "kUsed" }),
  kNever: () => msg("never", { id: "kNever" }),
  kNew: () => msg("Create key", { id: "kNew" }),
  kOnce: () => msg("Copy it now. It is shown once; only its fingerprint is kept.", { id: "kOnce" }),
  copy: () => msg("Copy", { id: "copy" }),
  copied: () => msg("Copied", { id: "copied" }),
  revoke: () => msg("Revoke", { id: "revoke" }),
  tryIt: () => msg("Try it", { id: "tryIt" }),
  send: () => msg("Send", { id: "send" }),
  answer: () => msg("Answer", { id: "answer" }),
  sendNote: () => msg("Runs on this device", { id: "sendNote" }),
  required: () => msg("required", { id: "required" }),
  noKeys: () => msg("No keys yet. This page needs none.", { id: "noKeys" }),
  kHere: () =>
    msg("Keys made here open the API of this page. The gateway has its own: dudak keys create.", {
      id: "kHere",
    }),
  result: () => msg("Open the result", { id: "result" }),
  reference: () => msg("API reference", { id: "reference" }),
  snippetLanguage: () => msg("Request as code", { id: "snippetLanguage" }),
};
