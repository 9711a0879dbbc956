/** A voice that is being recorded. */
export interface Recording {
  /** Ends it. */
  end(): Promise<Blob>;
}

/** What to do where there is no microphone, by the name of what the browser throws. */
const ADVICE: Readonly<Record<string, string>> = {
  NotAllowedError:
    "The microphone is not allowed. Allow it in the browser's address bar and press Talk again.",
  NotFoundError: "No microphone was found. Connect one and press Talk again.",
  NotReadableError: "The microphone is in use elsewhere. Close the other program and press Talk again.",
};

async function openMicrophone(): Promise<MediaStream> {
  if (!isSecureContext) {
    throw new Error(
      "Browsers give the microphone to pages on https or at localhost only. Open this one there.",
    );
  }
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch (error) {
    const { name, message } = error as DOMException;
    throw new Error(ADVICE[name] ?? message, { cause: error });
  }
}

/** Asks for the microphone and records. @throws Error that says what to do when there is none. */
export async function recordVoice(): Promise<Recording> {
  const stream = await openMicrophone();
  const recorder = new MediaRecorder(stream);
  const parts: Blob[] = [];
  recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
  recorder.start();
  return {
    end: () =>
      new Promise((resolve) => {
        recorder.addEventListener("stop", () => {
          for (const track of stream.getTracks()) track.stop();
          resolve(new Blob(parts, { type: recorder.mimeType }));
        });
        recorder.stop();
      }),
  };
}
