// The host's page: gives the embedded one a picture and a voice, and gets a video back. It never talks to the API.
const given = new URLSearchParams(location.hash.slice(1));
const frameUrl = new URL(given.get("frame") ?? "http://localhost:4102/frame.html");
// The key works from pages of the frame's origin alone. The part behind # is never sent to a server.
frameUrl.hash = new URLSearchParams({
  key: given.get("key") ?? "",
  api: given.get("api") ?? "http://127.0.0.1:8787/api/v1",
}).toString();

const frame = /** @type {HTMLIFrameElement} */ (document.querySelector("#dudak"));
const button = /** @type {HTMLButtonElement} */ (document.querySelector("#go"));
const film = /** @type {HTMLVideoElement} */ (document.querySelector("#film"));
const news = /** @type {HTMLElement} */ (document.querySelector("#news"));
frame.src = frameUrl.href;

/** @param {string} name */
const load = async (name) => (await fetch(name)).blob();

button.onclick = async () => {
  const [image, audio] = await Promise.all([load("portrait.jpg"), load("hello.mp3")]);
  // The origin is named, so that nobody else gets the picture should the frame have been led elsewhere.
  frame.contentWindow?.postMessage(
    { type: "dudak-render", image, audio, formState: { prompt: "calm" } },
    frameUrl.origin,
  );
};

addEventListener("message", ({ source, origin, data }) => {
  if (source !== frame.contentWindow || origin !== frameUrl.origin) return;
  if (data.type === "dudak-progress") news.textContent = `${data.stage} ${Math.round(data.progress * 100)} %`;
  if (data.type === "dudak-error") news.textContent = `${data.message} [${data.code}]`;
  if (data.type === "dudak-result") {
    news.textContent = ["Done.", ...data.warnings].join(" ");
    film.src = URL.createObjectURL(data.film);
    film.hidden = false;
  }
});
