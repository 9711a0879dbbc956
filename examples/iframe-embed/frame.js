// The embedded page: takes orders from the page around it and does them through the REST API, with its key.
// Which pages may embed it, its server says (Content-Security-Policy: frame-ancestors).
const given = new URLSearchParams(location.hash.slice(1));
const api = given.get("api") ?? "";
const news = /** @type {HTMLElement} */ (document.querySelector("#news"));

/** A refusal of the API: a sentence and a code of its closed list. */
class Refusal extends Error {
  /**
   * @param {string} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/**
 * Calls the API.
 * @param {string} url
 * @param {RequestInit} [init]
 */
async function call(url, init = {}) {
  const response = await fetch(url, {
    ...init,
    headers: { ...init.headers, Authorization: `Bearer ${given.get("key") ?? ""}` },
  });
  if (response.ok) return response;
  const { error, errorCode } = await response.json();
  throw new Refusal(errorCode, error);
}

/**
 * Hands a file over to the API.
 * @param {Blob} file
 * @returns {Promise<string>} the address to name it by.
 */
async function upload(file) {
  const response = await call(`${api}/files`, { method: "POST", body: file });
  return (await response.json()).url;
}

/**
 * @param {{ image: Blob, audio: Blob, formState?: object }} order
 * @param {(news: object) => void} tell
 */
async function render({ image, audio, formState }, tell) {
  const [imageUrl, audioUrl] = await Promise.all([upload(image), upload(audio)]);
  const submitted = await call(`${api}/lipsync-image`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ formState: { ...formState, image: imageUrl, audio: audioUrl } }),
  });
  const { id } = await submitted.json();
  for (;;) {
    // Answers as soon as something changes, or after ten seconds.
    const job = await (await call(`${api}/jobs/${id}?wait=10`)).json();
    if (job.status === "failed") throw new Refusal(job.errorCode, job.error);
    if (job.status === "completed") {
      const film = await (await call(job.output)).blob();
      tell({ type: "dudak-result", film, warnings: job.warnings });
      return;
    }
    tell({ type: "dudak-progress", stage: job.stage, progress: job.progress });
  }
}

addEventListener("message", async ({ source, origin, data }) => {
  if (source !== parent || data?.type !== "dudak-render") return;
  news.textContent = `Working for ${origin} …`;
  /** @param {object} message */
  const tell = (message) => {
    parent.postMessage(message, origin);
  };
  try {
    await render(data, tell);
  } catch (error) {
    const code = error instanceof Refusal ? error.code : "input/fetch";
    const message = error instanceof Refusal ? error.message : `The API at ${api} did not answer.`;
    tell({ type: "dudak-error", code, message });
  }
  news.textContent = "Ready.";
});
