import { createLipSync, EngineError, type LipSyncJob } from "dudak";

const find = <T extends Element>(selector: string) => document.querySelector<T>(selector)!;
const form = find<HTMLFormElement>("#form");
const cancel = find<HTMLButtonElement>("#cancel");
const progress = find<HTMLProgressElement>("#progress");
const news = find<HTMLOutputElement>("#news");
const film = find<HTMLVideoElement>("#film");

// One engine for the page; its workers and models load with the first job.
const lipSync = createLipSync();

/** The chosen file, or the sample when none was chosen. */
function medium(field: string, sample: string): Blob | string {
  const file = new FormData(form).get(field);
  return file instanceof File && file.size > 0 ? file : sample;
}

/** Shows how far a job is, until it ends. */
async function follow(job: LipSyncJob): Promise<void> {
  for await (const { stage, progress: share, secondsLeft } of job) {
    progress.value = share;
    news.value = secondsLeft === undefined ? stage : `${stage}, ${Math.ceil(secondsLeft).toString()} s left`;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const job = lipSync.image({
    image: medium("image", "/portrait.jpg"),
    audio: medium("audio", "/hello.mp3"),
    prompt: "calm",
  });
  cancel.disabled = false;
  cancel.onclick = () => {
    job.cancel();
  };
  void follow(job);
  job
    .then(
      ({ output, warnings, report }) => {
        film.src = URL.createObjectURL(output);
        film.hidden = false;
        news.value = [`${report.frames.toString()} frames.`, ...warnings.map(({ message }) => message)].join(
          " ",
        );
      },
      (error: unknown) => {
        // Every error has a code of a closed list, and a sentence that says what to do.
        news.value = error instanceof EngineError ? `${error.message} [${error.code}]` : String(error);
      },
    )
    .then(() => (cancel.disabled = true));
});
